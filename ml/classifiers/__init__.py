"""Train a classifier, or take in one that somebody else trained; knows images, runs, networks and datasets."""
