"""Whoever comes by an open link: let in, given a place, and that place given to somebody else when they leave."""
