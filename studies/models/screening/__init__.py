"""The checks of a screening: which there are, what a study sets of them, and what came of them."""
