"""What somebody may do with a study, for templates."""

from django import template
from django.template.context import RequestContext

from studies.models.study import Study
from studies.researcher.access import pages_open_to

register = template.Library()


@register.simple_tag(takes_context=True)
def pages_of_mine(context: RequestContext, study: Study) -> frozenset[str]:
    """Return the names of the study's pages that the signed-in researcher may open."""
    return pages_open_to(context["user"], study)
