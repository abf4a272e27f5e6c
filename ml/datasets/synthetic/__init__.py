"""Lesions that this program draws, so that a demo and the tests need nobody's images."""

from .lesion import KINDS, draw_lesion

__all__ = ["KINDS", "draw_lesion"]
