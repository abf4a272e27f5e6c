"""Decided before and around sessions: images, sequences, protocol, invitations, opening; knows the truth."""
