"""Pairs that another program perturbed: found, held against one another, brought in by the same steps, measured."""
