"""The names of attacks, what they are in words, and their entries in catalogues, as template filters."""

from django import template

from ml.attacks import attack_title, techniques_text
from ml.attacks.wording import attack_words, target_words

register = template.Library()

register.filter("attack_title", attack_title)
register.filter("attack_words", attack_words)
register.filter("target_words", target_words)
register.filter("techniques", techniques_text)
