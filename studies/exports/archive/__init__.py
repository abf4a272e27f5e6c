"""The whole study as one file, and the check that it is whole and that its figures follow from its answers."""
