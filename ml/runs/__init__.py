"""Long work: its row, lock, checkpoint, provenance and what is left of it; knows models and storage."""
