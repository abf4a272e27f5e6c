"""Tests of `studies.answers_files`."""
