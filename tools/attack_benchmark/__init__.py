"""The attack `pgd` beside those of two other libraries, on one network (`make bench-attacks`)."""
