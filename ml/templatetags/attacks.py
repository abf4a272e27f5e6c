"""The names of attacks as a template filter."""

from django import template

from ml.attacks import attack_title

register = template.Library()

register.filter("attack_title", attack_title)
