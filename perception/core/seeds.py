"""The range of a seed: a whole number from 0 to what the generator, the column or the reader that gets it can take."""

LARGEST_TRAINING_SEED = 2**32 - 1
"""Of trainings: Keras seeds NumPy's old generator, which takes 32 bits."""
LARGEST_STUDY_SEED = 2**53 - 1
"""Of studies and simulations: every reader of JSON reads it exactly, also one that has floating-point numbers only."""
LARGEST_SPLIT_SEED = 2**63 - 1
"""Of a dataset's split: what the database's column takes."""


def is_seed(number: int, *, largest: int) -> bool:
    """Say whether a number is a seed, given the largest there is where it is used."""
    return 0 <= number <= largest
