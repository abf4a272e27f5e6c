"""Columns that one task alone has: grades, and marked places."""
