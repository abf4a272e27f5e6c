"""The writing of estimates as template filters; what each does stands with its function.

Estimates that the database keeps come as JSON: they are read here, and nowhere in the templates.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django import template

from perception.analysis.estimates.estimate import Estimate
from perception.core import formatting

register = template.Library()


def of_estimate(write: Callable[[Estimate], str]) -> Callable[[Estimate | Mapping[str, Any]], str]:
    """Return the writing of an estimate as a filter that takes its stored JSON too."""

    def written(value: Estimate | Mapping[str, Any]) -> str:
        return write(value if isinstance(value, Estimate) else Estimate.from_dict(value))

    return written


for write in (
    formatting.percent,
    formatting.points,
    formatting.seconds,
    formatting.ratio,
    formatting.levels,
    formatting.percent_alone,
    formatting.coefficient,
    formatting.level,
):
    register.filter(write.__name__, of_estimate(write))
register.filter("share", formatting.share)
register.filter("p_value", formatting.p_value)
