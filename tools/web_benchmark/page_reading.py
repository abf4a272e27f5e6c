"""What a browser takes from the observers' pages: the form that goes on, the images, the style sheets and scripts.

By expressions rather than by a parser: the pages are the project's own, and the load generator has to be cheap.
"""

import html
import json
import re
from dataclasses import dataclass
from typing import TypedDict

_FORM = re.compile(r'<form\b(?P<attributes>[^>]*\bmethod="post"[^>]*)>(?P<inside>.*?)</form>', re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_STEP = re.compile(r'<script id="step" type="application/json">(.*?)</script>', re.DOTALL)


class UpcomingTrial(TypedDict):
    """What a script is told of the trial after the current one: what it can fetch ahead."""

    image_urls: list[str]


class Step(TypedDict):
    """What a script is told of the current trial, as far as the benchmark reads it."""

    url: str
    reload: bool
    finished: bool
    answer_url: str
    image_urls: list[str]
    next: UpcomingTrial | None


@dataclass(frozen=True, slots=True)
class Form:
    """A form to be sent by POST."""

    action: str
    """Where to; empty for the page's own address."""
    fields: dict[str, str]
    """Its hidden fields, as they are where no script has filled them."""
    is_trial: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page, taken apart."""

    form: Form | None
    """What goes on from here: that of the trial, or else the last of the page."""
    images: list[str]
    """Addresses of the stimuli."""
    step: Step | None
    """What the page tells its script."""
    is_end: bool
    """Whether it is the end of the session."""


def read_page(body: bytes) -> Page:
    """Take a page apart."""
    text = body.decode()
    forms = [_form(found["attributes"], found["inside"]) for found in _FORM.finditer(text)]
    step = _STEP.search(text)
    # Other forms, such as the choice of a language, stand above the one that goes on.
    forms.sort(key=lambda form: form.is_trial)
    return Page(
        form=forms[-1] if forms else None,
        images=[at["src"] for at in _elements(text, "img") if at.get("id", "").startswith("stimulus")],
        step=json.loads(step[1]) if step else None,
        is_end='id="session-complete"' in text,
    )


def files_of(body: bytes) -> list[str]:
    """Return the addresses of the style sheets, scripts and icons that a page names."""
    text = body.decode()
    named = [at.get("href", "") for at in _elements(text, "link")] + [
        at.get("src", "") for at in _elements(text, "script")
    ]
    return [address for address in named if address.startswith("/")]


def _form(attributes: str, inside: str) -> Form:
    at = _attributes(attributes)
    hidden = [field for field in _elements(inside, "input") if field.get("type") == "hidden"]
    return Form(
        action=at.get("action", ""),
        fields={field["name"]: field.get("value", "") for field in hidden},
        is_trial=at.get("id") == "trial-form",
    )


def _elements(text: str, tag: str) -> list[dict[str, str]]:
    return [_attributes(found) for found in re.findall(rf"<{tag}\b([^>]*)>", text)]


def _attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(text)}
