"""How fast classifiers, attacks and pairs are made, and how much of it is in the networks (`make bench-ml`)."""
