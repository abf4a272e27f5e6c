"""Simulated observers who take a study as people do; knows the truth, which people do not."""
