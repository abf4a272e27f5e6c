"""Files that people hand over: bytes to text to rows to a table, errors with a place; knows no app and no question."""
