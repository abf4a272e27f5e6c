"""Open links with their places and groups, and what a researcher says of sessions that came by them."""
