"""The measures of visibility of a pair, as a template filter."""

from django import template

from ml.evaluation.text.visibility import caption

register = template.Library()

register.filter("visibility_caption", caption)
