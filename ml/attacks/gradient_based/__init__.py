"""Attacks that ask the classifier for its gradient at each image, and learn nothing beforehand; one module each."""
