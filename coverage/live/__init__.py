"""The model and its picture in a browser, without a server.

`payload` says what of a view a browser needs, `words` which sentences and forms of numbers, `files` which script and
style; the scripts themselves lie in `browser/`. The screens and the handout use the same.
"""
