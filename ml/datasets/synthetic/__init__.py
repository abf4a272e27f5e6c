"""Lesions that this program draws, so that a demo and the tests need nobody's images."""

from .archive import synthetic_archive
from .lesion import KINDS, draw_lesion

__all__ = ["KINDS", "draw_lesion", "synthetic_archive"]
