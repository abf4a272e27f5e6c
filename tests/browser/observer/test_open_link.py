"""Every page that an open link shows, in both languages, on three widths, light and dark; the way in by keyboard."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.observer.observing import expect_position, press
from tests.browser.observer.test_every_state import look
from tests.browser.visitors import Visitors
from tests.processes import Server, make_data_folder, manage, serving

MAKE = """
import json
from django.contrib.auth.models import User
from django.utils import timezone
from studies.design.recruitment.open_links import revoke_open_link
from studies.models import Session
from tests.studies.factories import arrive_by, begin_trials, make_open_link, make_open_study, make_pair_set
owner = User.objects.create_user("researcher", password="a long password")
study = make_open_study(
    owner=owner, pair_set=make_pair_set(n=12, size=64), n_perturbed=2, n_clean=2, observers=0, title="A study",
    abandoned_after_minutes=60, closes_when_finished=False,
)
codes = {"completion_code": "DONE", "screen_out_code": "OUT", "full_code": "FULL"}
def link(name, **fields):
    return make_open_link(study, name=name, **{"places": 5, "recruiter": "prolific", **codes, **fields})
free, full, over = link("free"), link("full", places=1), link("over")
task = link("task", recruiter="mturk")
arrive_by(full, "first")
revoke_open_link(link=over, by=owner)
late, out = arrive_by(free, "late"), arrive_by(free, "out")
Session.objects.filter(observer=late).update(timed_out_at=timezone.now())
Session.objects.filter(observer=out).update(screened_out_at=timezone.now(), screened_out_by="touch")
earlier = make_open_link(
    make_open_study(owner=owner, pair_set=study.pair_set, n_perturbed=2, n_clean=2, observers=0, title="Another"),
    name="named", recruiter="prolific", earlier_studies=[study], **codes,
)
print(json.dumps({
    **{name: one.token for name, one in dict(free=free, full=full, over=over, earlier=earlier, task=task).items()},
    "late": late.token, "out": out.token,
}))
"""


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, str]]]:
    """Serve studies with open links, and return their tokens."""
    data_dir: Path = tmp_path_factory.mktemp("linked") / "data"
    make_data_folder(data_dir)
    made = manage(data_dir, "shell", "--verbosity", "0", "--command", MAKE)
    with serving(data_dir, "--workers", "1", "--no-worker") as server:
        yield server, json.loads(made.strip().splitlines()[-1])


@pytest.fixture
def person(browser: Any, linked: tuple[Server, dict[str, str]]) -> Iterator[Page]:
    """Open a page on that server; some of its pages answer with an error status, as they should."""
    visitors = Visitors(browser, site=linked[0].url)
    yield visitors.open()
    visitors.leave()
    assert [fault for fault in visitors.faults if "status of 403" not in fault] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_of_a_link_can_be_read_by_everybody(
    person: Page, linked: tuple[Server, dict[str, str]], language: str
) -> None:
    token = linked[1]
    person.set_extra_http_headers({"Accept-Language": language})
    addresses = [
        f"/r/{token['free']}/?PROLIFIC_PID=new",
        f"/r/{token['free']}/data/",
        f"/r/{token['free']}/",
        f"/r/{token['task']}/?assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE",
        f"/r/{token['full']}/?PROLIFIC_PID=new",
        f"/r/{token['over']}/?PROLIFIC_PID=new",
        f"/r/{token['earlier']}/?PROLIFIC_PID=late",
        f"/o/{token['late']}/trial/",
        f"/o/{token['out']}/trial/",
    ]
    for address in addresses:
        person.goto(address)
        look(person)


def test_somebody_comes_in_by_keyboard_and_gets_the_code(person: Page, linked: tuple[Server, dict[str, str]]) -> None:
    person.goto(f"/r/{linked[1]['free']}/?PROLIFIC_PID=by-keyboard")
    consent = person.get_by_role("button", name="I consent")
    while not consent.evaluate("button => button === document.activeElement"):
        person.keyboard.press("Tab")
    person.keyboard.press("Enter")
    person.get_by_role("button", name="Begin").focus()
    person.keyboard.press("Enter")
    person.locator("#stage").wait_for()
    assert "by-keyboard" not in person.content()
    for position in range(1, 5):
        expect_position(person, position)
        press(person, "c")
    expect(person.locator("#return-code")).to_have_text("DONE")
    look(person)
    while not person.locator("#return-link").evaluate("link => link === document.activeElement"):
        person.keyboard.press("Tab")


def test_the_language_is_changed_on_the_way_in(person: Page, linked: tuple[Server, dict[str, str]]) -> None:
    person.set_extra_http_headers({"Accept-Language": "en"})
    person.goto(f"/r/{linked[1]['free']}/?PROLIFIC_PID=french")
    person.get_by_role("button", name="Français").click()
    expect(person.get_by_role("button", name="Je consens")).to_be_visible()
    assert person.url.endswith("?PROLIFIC_PID=french")
    person.get_by_role("button", name="Je consens").click()
    expect(person.locator("html")).to_have_attribute("lang", "fr")
