"""Gradients at an image: of what a classifier reads, and of how visible a change is."""
