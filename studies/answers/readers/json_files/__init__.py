"""Answers as JSON, in the shapes in which programs write it."""
