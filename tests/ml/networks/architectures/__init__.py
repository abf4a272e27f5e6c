"""Tests of the networks' architectures."""
