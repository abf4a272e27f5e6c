"""Answers stored by one statement of PostgreSQL, those of several observers together."""
