"""The state that Keras keeps for the whole process, set anew for each piece of work."""

from ml.networks.backend import keras


def start_afresh(seed: int) -> None:
    """Forget earlier networks and seed every generator, so that the same work repeats bit for bit on one backend."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
