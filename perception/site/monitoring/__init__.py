"""What the program tells of itself to whoever watches it: whether it is well, and its measurements."""
