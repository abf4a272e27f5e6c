"""Faults that an observer's browser meets: a bad connection, two tabs, impatient hands."""
