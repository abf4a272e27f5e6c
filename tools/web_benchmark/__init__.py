"""How fast the production server serves observers, what it costs, and whether it keeps what it was given."""
