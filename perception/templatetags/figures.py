"""The writing of estimates as template filters; what each does stands with its function."""

from django import template

from perception.core import formatting

register = template.Library()

for write in (
    formatting.percent,
    formatting.points,
    formatting.seconds,
    formatting.ratio,
    formatting.levels,
    formatting.percent_alone,
    formatting.share,
    formatting.coefficient,
    formatting.p_value,
    formatting.level,
):
    register.filter(write.__name__, write)
