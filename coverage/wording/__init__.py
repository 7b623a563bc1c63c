"""How is it said? Every sentence and table in words, in the reader's language."""
