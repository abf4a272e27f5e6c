"""What a researcher writes, a line for each, and the standard texts."""
