"""Keras, imported once and without its backend's start-up lines."""

from ml.networks.quiet_start import quiet_standard_error

with quiet_standard_error():
    import keras

__all__ = ["keras"]
