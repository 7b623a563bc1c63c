"""What do all stand on? Errors, months, settings, tables, texts, declarations and the languages."""
