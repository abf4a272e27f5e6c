"""A file of a study as a browser saves it: named after the study."""

from django.http import HttpResponse
from django.utils.text import slugify

from studies.models.study import Study

LONGEST_TITLE = 60  # letters of the study's title in a file's name


def saved_as(study: Study, name: str) -> str:
    """Return what a file of a study is called where it is saved, in letters that every system takes."""
    return f"{slugify(study.title)[:LONGEST_TITLE] or 'study'}-{name}"


def send_text(study: Study, name: str, text: str, *, content_type: str) -> HttpResponse:
    """Send a text as a file."""
    disposition = f'attachment; filename="{saved_as(study, name)}"'
    return HttpResponse(text, content_type=content_type, headers={"Content-Disposition": disposition})
