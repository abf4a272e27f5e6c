"""The writing of a time that passed as a template filter."""

from django import template

from perception.core.formatting import duration

register = template.Library()

register.filter("duration", duration)
