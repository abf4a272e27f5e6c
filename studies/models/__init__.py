"""The state of the study side. One model a module."""
