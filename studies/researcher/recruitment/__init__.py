"""The pages on which observers are found: open links, and what is said of sessions that came by them."""
