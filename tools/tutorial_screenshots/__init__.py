"""The tutorial's walks from an empty server to an open study, as data: tests walk them, and so do its screenshots.

What a person does stands in `walks.py`, once. `docs/tutorial.md` tells the same in words, and a test holds that it
names every button, link and field that is used, and no other.
"""
