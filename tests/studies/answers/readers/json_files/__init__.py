"""Tests of `studies.answers.readers`."""
