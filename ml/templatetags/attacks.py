"""The names of attacks, and their entries in catalogues, as template filters."""

from django import template

from ml.attacks import attack_title, techniques_text

register = template.Library()

register.filter("attack_title", attack_title)
register.filter("techniques", techniques_text)
