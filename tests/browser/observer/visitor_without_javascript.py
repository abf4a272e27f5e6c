"""Somebody whose browser runs no JavaScript: follows links and sends forms, as HTML says."""

import html
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin

from tests.processes import PATIENCE

FORM = re.compile(r"<form[^>]*method=\"post\"(?P<tag>[^>]*)>(?P<inside>.*?)</form>", re.DOTALL)
FIELD = re.compile(r"<(?:input|button)\b[^>]*>")
CODE = re.compile(r"id=\"return-code\">([^<]+)<")
WAY = re.compile(r"id=\"return-link\" href=\"([^\"]+)\"")


@dataclass
class Visitor:
    """Where somebody is, and what the page says."""

    url: str = ""
    page: str = ""

    def open(self, url: str) -> None:
        """Go to an address, wherever it leads."""
        self._send(urllib.request.Request(url))  # noqa: S310 - http, our own

    def send(self, marker: str, **said: str) -> None:
        """Send the form that contains a marker, with its hidden fields and what is said."""
        found = next((form for form in FORM.finditer(self.page) if marker in form["inside"] or marker in form[0]), None)
        assert found, f"no form with {marker!r} on {self.url}"
        action = re.search(r"action=\"([^\"]*)\"", found[0].split(">", 1)[0])
        fields = dict(_hidden(found["inside"])) | said
        target = urljoin(self.url, html.unescape(action[1])) if action and action[1] else self.url
        self._send(urllib.request.Request(target, data=urlencode(fields).encode()))  # noqa: S310 - http, our own

    @property
    def code(self) -> str:
        """The recruiter's code on the page; empty where there is none."""
        found = CODE.search(self.page)
        return html.unescape(found[1]) if found else ""

    def return_to_recruiter(self) -> None:
        """Follow the button that leads back."""
        found = WAY.search(self.page)
        assert found, f"no way back on {self.url}"
        self.open(html.unescape(found[1]))

    def _send(self, request: urllib.request.Request) -> None:
        request.add_header("Accept", "text/html")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - http, our own
                self.url, self.page = answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                self.url, self.page = error.url, error.read().decode()


def _hidden(inside: str) -> list[tuple[str, str]]:
    found = []
    for tag in FIELD.findall(inside):
        told = dict(re.findall(r"(\w+)=\"([^\"]*)\"", tag))
        if told.get("type") == "hidden" and "name" in told:
            found.append((told["name"], html.unescape(told.get("value", ""))))
    return found
