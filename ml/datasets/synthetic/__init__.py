"""Lesions that this program draws, so that a demo and the tests need nobody's images."""

from ml.datasets.synthetic.archive import synthetic_archive
from ml.datasets.synthetic.lesion import KINDS, draw_lesion

__all__ = ["KINDS", "draw_lesion", "synthetic_archive"]
