"""Degradation category rating: mean grades with intervals, screening of observers, what follows for the claim."""
