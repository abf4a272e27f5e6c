"""What helps with a study before it opens: where to start, how long a session takes, what is still lacking."""
