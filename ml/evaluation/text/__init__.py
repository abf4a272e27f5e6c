"""Evaluations as lines for the terminal and for Markdown; knows figures, not how they come about."""
