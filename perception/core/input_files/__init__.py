"""Files that people hand over: bytes to text to rows to a table; errors name the line. Knows no app, no question."""
