"""Answers from files of several formats: one reader a format, and one way from their rows to the analysis."""
