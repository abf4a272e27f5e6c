"""The names of attacks, what they are in words, and their entries in catalogues, as template filters."""

from django import template
from django.utils.translation import gettext

from ml.attacks.wording import attack_title, attack_words, target_words, techniques_text

register = template.Library()


@register.filter("attack_title")
def translated_title(kind: str) -> str:
    """Return what a kind of attack is called, in the language of the page."""
    return gettext(attack_title(kind))


register.filter("attack_words", attack_words)
register.filter("target_words", target_words)
register.filter("techniques", techniques_text)
