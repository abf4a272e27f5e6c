"""The observer's pages: whatever a browser of an observer gets is made here; cannot reach the truth."""
