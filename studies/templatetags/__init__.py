"""Template tags of the study side."""
