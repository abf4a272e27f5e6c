"""The commands for accounts."""
