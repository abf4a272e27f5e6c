"""Whole experiments by one command, from images to report; knows everything below."""
