"""The side of a split in the reader's language, as a template filter."""

from django import template
from django.utils.translation import gettext

from ml.models.image import Image

register = template.Library()


@register.filter
def side_of_split(split: str) -> str:
    """Return “train” or “test” as it stands before the word “images”."""
    return gettext("train") if split == Image.Split.TRAIN else gettext("test")
