"""The command line: `cli` reads what was typed, `answering` delivers, one module a command answers.

Nothing is imported here, so that help does not wait for the model.
"""
