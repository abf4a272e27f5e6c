"""What leaves the pages, or is kept, is English byte for byte, in whatever language the researcher reads the pages."""

import io
import re
import zipfile

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from studies.design.protocol import write_protocol
from studies.exports.downloads import DOWNLOADS
from studies.models import Study
from studies.planning.kept_plan import KeptPlan, make_kept_plan
from tests.studies.answered import with_everything

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_reports")]

PLAN = "goal=equivalence&margin=0.1&observers=3&images=80"


@pytest.fixture
def study() -> Study:
    """Return a closed study, of which everything can be taken away."""
    return with_everything("yes_no", title="Étude · study 1.5", may_be_reopened=True)


def answer_in(language: str, study: Study, page: str, *arguments: object) -> HttpResponse:
    """Return the answer to a researcher whose browser wants a language; nothing of it stays in the database."""
    client = Client()
    client.force_login(study.owner)
    with transaction.atomic():
        response = client.get(reverse(page, args=[study.pk, *arguments]), headers={"Accept-Language": language})
        content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
        transaction.set_rollback(True)
    assert response.status_code == 200
    return HttpResponse(content, headers=dict(response.headers))


def members(content: bytes) -> dict[str, bytes]:
    """Return the files of an archive by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def without_moment(text: bytes) -> bytes:
    """Return a file without the moment when it was made."""
    return re.sub(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?", b"", text)


@pytest.mark.parametrize("name", DOWNLOADS)
def test_a_download_is_the_same_in_either_language(study: Study, name: str) -> None:
    english, french = (answer_in(language, study, "studies:study-download", name) for language in ("en", "fr"))

    assert french.headers.get("Content-Disposition") == english.headers["Content-Disposition"]
    if name.endswith(".zip"):
        one, other = members(french.content), members(english.content)
        assert one.keys() == other.keys()
        for member in one:
            same = {name: without_moment(text) for name, text in (("fr", one[member]), ("en", other[member]))}
            # The sums of the members change with the moments in them.
            assert same["fr"] == same["en"] or "sha256" in member.lower() or "manifest" in member.lower(), member
    else:
        assert without_moment(french.content) == without_moment(english.content)


@pytest.mark.parametrize("page", ["studies:study-observers", "studies:study-preregistration"])
def test_what_a_study_gives_away_beside_its_report_is_the_same(study: Study, page: str) -> None:
    assert without_moment(answer_in("fr", study, page).content) == without_moment(answer_in("en", study, page).content)


def test_the_reports_page_has_its_frame_in_french_and_the_report_in_english(study: Study) -> None:
    pages = {language: answer_in(language, study, "studies:study-report").content.decode() for language in ("en", "fr")}
    bodies = {language: page.split('<div lang="en">')[1] for language, page in pages.items()}

    assert bodies["fr"] == bodies["en"]
    assert "Le rapport et ses téléchargements sont en anglais" in pages["fr"].split('<div lang="en">')[0]
    assert "Sensitivity" in bodies["fr"]


def test_a_protocol_is_the_same_in_whatever_language_it_is_opened(study: Study) -> None:
    protocols = []
    for language in (settings.LANGUAGE_CODE, "fr"):
        with translation.override(language):
            protocols.append(write_protocol(study, stimuli=[]))

    assert protocols[0] == protocols[1]


def test_a_plan_is_kept_in_english() -> None:
    plans = []
    for language in (settings.LANGUAGE_CODE, "fr"):
        with translation.override(language):
            kept = make_kept_plan(PLAN)
            plans.append((kept["in_words"], kept["figures"], KeptPlan.read(kept).text))

    assert plans[0] == plans[1]
    assert "undetectable within" in plans[1][2]
