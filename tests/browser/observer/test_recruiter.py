"""A recruiter sends forty people to twenty places, some twice, some who leave: codes are right, and nobody is twice.

The same on SQLite and on PostgreSQL. Most people come without JavaScript; two come in Chromium.
"""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.observer.observing import expect_position, press
from tests.browser.observer.recruiter import Recruiter, recruiting
from tests.browser.observer.visitor_without_javascript import Visitor
from tests.browser.visitors import Visitors
from tests.postgresql import require_postgresql
from tests.processes import Server, make_data_folder, manage, serving
from tools.postgresql import postgresql_server

PLACES = 20
TRIALS = 4
DONE, FULL, OUT = "DONE20", "FULL20", "OUT20"
WINDOW = {"window_width": "1000", "window_height": "800"}
SMALL_WINDOW = {"window_width": "400", "window_height": "300"}

MAKE = """
from django.contrib.auth.models import User
from tests.studies.factories import make_open_link, make_open_study, make_pair_set
owner = User.objects.create_user("researcher", password="a long password")
study = make_open_study(
    owner=owner, pair_set=make_pair_set(n=12, size=32), n_perturbed=2, n_clean=2, n_subsets=2, observers=0,
    title="Recruited", abandoned_after_minutes=30, closes_when_finished=False,
    checks_window="end", least_window_width=800, least_window_height=600,
)
link = make_open_link(
    study, name="Recruiter", places=%(places)d, recruiter="prolific", completion_code="%(done)s", full_code="%(full)s",
    screen_out_code="%(out)s", completion_url="%(back)s", full_url="%(back)s", screen_out_url="%(back)s",
)
from studies.design.recruitment.open_links import open_link_url
print(open_link_url(link, "SERVER"))
"""
GO_SILENT = """
import datetime as dt
from django.db.models import F
from studies.models import Answer, Session, Trial
hour = dt.timedelta(hours=1)
those = Session.objects.filter(observer__outside_id__value__in=%(people)r)
those.update(consented_at=F("consented_at") - hour, instructed_at=F("instructed_at") - hour)
Trial.objects.filter(session__in=those, served_at__isnull=False).update(served_at=F("served_at") - hour)
Answer.objects.filter(trial__session__in=those).update(answered_at=F("answered_at") - hour)
"""
REJECT = """
from studies.design.recruitment.sessions import reject_sessions
from studies.models import Study
study = Study.objects.get()
reject_sessions(study=study, people=%(people)r, reason="too_fast", by=study.owner)
"""
LOOK = """
import json
from collections import Counter
from studies.answers.rows import rows_of
from studies.exports.answers import answers_csv
from studies.exports.observers import sessions_csv
from studies.models import Observer, OutsideId, Place, Study, TurnedAway
from studies.models.observer_state import state_of, usable
study = Study.objects.get()
counted = Observer.objects.filter(usable()).select_related("session")
rows = rows_of(study, simulated=False)
print(json.dumps({
    "states": dict(Counter(state_of(observer).value for observer in Observer.objects.select_related("session"))),
    "ids": list(OutsideId.objects.values_list("value", flat=True)),
    "counted_ids": list(counted.values_list("outside_id__value", flat=True)),
    "seeds": len({observer.plan["seed"] for observer in counted}),
    "subsets": dict(Counter(str(observer.plan["subset"]) for observer in counted)),
    "taken": Place.objects.filter(observer__isnull=False).count(),
    "turned_away": dict(Counter(TurnedAway.objects.values_list("reason", flat=True))),
    "answers": len(rows),
    "truths": dict(Counter(row.truth for row in rows)),
    "exports": sessions_csv(study) + json.dumps(study.protocol) + " ".join(str(row) for row in rows),
}))
"""


class Place:
    """Where the study is served, and how its database is asked."""

    def __init__(self, server: Server, recruiter: Recruiter, environment: dict[str, str]) -> None:
        """Keep all three."""
        self.server, self.recruiter, self.environment = server, recruiter, environment

    def run(self, script: str) -> str:
        """Run a script where the server's database is, and return what it printed."""
        return manage(self.server.data_dir, "shell", "--verbosity", "0", "--command", script, **self.environment)

    def look(self) -> dict[str, Any]:
        """Return what is stored."""
        found: dict[str, Any] = json.loads(self.run(LOOK).strip().splitlines()[-1])
        return found


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Serve a study with an open link, on either database."""
    with ExitStack() as stack:
        environment: dict[str, str] = {}
        if request.param == "postgresql":
            require_postgresql()
            environment["DATABASE_URL"] = stack.enter_context(postgresql_server()).url
        recruiter = stack.enter_context(recruiting())
        data_dir = tmp_path / "data"
        make_data_folder(data_dir)
        if environment:
            (data_dir / "db.sqlite3").unlink(missing_ok=True)
            manage(data_dir, "migrate", "--verbosity", "0", **environment)
        server = stack.enter_context(serving(data_dir, "--workers", "2", "--no-worker", **environment))
        place = Place(server, recruiter, environment)
        back = f"{recruiter.url}/back?cc={{code}}&id={{id}}"
        made = place.run(MAKE % {"places": PLACES, "done": DONE, "full": FULL, "out": OUT, "back": back})
        recruiter.study_link = made.strip().splitlines()[-1].replace("SERVER", server.url)
        yield place


def begin(place: Place, person: str) -> Visitor:
    """Come by the recruiter's link, consent, and leave the instructions."""
    visitor = Visitor()
    visitor.open(place.recruiter.link_for(person))
    visitor.send('name="visit"', **WINDOW)
    if visitor.url.endswith("/instructions/"):  # unless their twin has left them already
        visitor.send('class="primary"')
    return visitor


def answer(visitor: Visitor, count: int = TRIALS) -> Visitor:
    """Answer so many trials."""
    for number in range(count):
        visitor.send('name="response"', response="clean" if number % 2 else "perturbed")
    return visitor


def finish(place: Place, person: str) -> Visitor:
    """Come, answer all, and go back to the recruiter with the code."""
    visitor = answer(begin(place, person))
    assert visitor.code == DONE, visitor.page
    visitor.return_to_recruiter()
    return visitor


def screened_out(place: Place, person: str) -> Visitor:
    """Come with a window that is too small, and go back with the code for that."""
    visitor = Visitor()
    visitor.open(place.recruiter.link_for(person))
    visitor.send('name="visit"', **SMALL_WINDOW)
    assert visitor.code == OUT, visitor.page
    visitor.return_to_recruiter()
    return visitor


def turned_away(place: Place, person: str) -> Visitor:
    """Come when all places are taken, and go back with the code for that."""
    visitor = Visitor()
    visitor.open(place.recruiter.link_for(person))
    assert visitor.code == FULL, visitor.page
    visitor.return_to_recruiter()
    return visitor


def test_forty_people_for_twenty_places(place: Place, browser: Browser) -> None:
    people = [f"5f0c{number:04d}" for number in range(40)]
    finishing, leaving, withdrawing, rejected = people[:14], people[14:17], people[17], people[18]
    in_browser, early, later, last, unfit = people[19], people[20:25], people[25:30], people[30:38], people[38:]

    with ThreadPoolExecutor(5) as at_once:
        begun = dict(zip(people[:19], at_once.map(lambda person: begin(place, person), people[:19]), strict=True))
        list(at_once.map(lambda person: answer(begun[person]).return_to_recruiter(), [*finishing, rejected]))
    for number, person in enumerate(leaving):
        answer(begun[person], number)
    leaver = begun[withdrawing]
    leaver.open(re.sub(r"/trial/.*", "/withdraw/", leaver.url))
    leaver.send('class="danger"')
    assert DONE not in leaver.page

    # A window that is too small leaves the place, free by now, to the next.
    for person in unfit:
        screened_out(place, person)

    # One in Chromium, who goes back from the recruiter's page and finds the same code again.
    visitors = Visitors(browser, site=place.server.url)
    page = visitors.open()
    page.goto(f"{place.recruiter.url}/task?id={in_browser}")
    page.get_by_role("link", name="Take part").click()
    page.get_by_role("button", name="I consent").click()
    page.get_by_role("button", name="Begin").click()
    for position in range(1, TRIALS + 1):
        expect_position(page, position)
        press(page, "c")
    expect(page.locator("#return-code")).to_have_text(DONE)
    page.locator("#return-link").click()
    expect(page.locator("#paid")).to_have_text(f"Code {DONE} is noted")
    page.go_back()
    expect(page.locator("#return-code")).to_have_text(DONE)

    # All places but that of whoever withdrew are taken: one gets it, two at once with one id are one person.
    with ThreadPoolExecutor(2) as at_once:
        twins = list(at_once.map(lambda _: begin(place, early[0]), range(2)))
    assert twins[0].url == twins[1].url
    answer(twins[0]).return_to_recruiter()
    for person in early[1:]:
        turned_away(place, person)

    # Who comes again finds their own end.
    again = Visitor()
    again.open(place.recruiter.link_for(finishing[0], "another visit"))
    assert again.code == DONE

    # Those who left are late, and one is rejected: four places go to the next, and the fifth finds none.
    place.run(GO_SILENT % {"people": leaving})
    place.run(REJECT % {"people": [rejected]})
    with ThreadPoolExecutor(4) as at_once:
        list(at_once.map(lambda person: finish(place, person), later[:4]))
    for person in [later[4], *last, early[1]]:
        turned_away(place, person)
    late = Visitor()
    late.open(place.recruiter.link_for(leaving[0]))
    assert "The time is over" in late.page
    assert DONE not in late.page

    found = place.look()
    assert found["states"] == {"finished": PLACES, "timed_out": 3, "withdrawn": 1, "rejected": 1, "screened_out": 2}
    assert found["taken"] == PLACES
    assert sorted(found["counted_ids"]) == sorted([*finishing, in_browser, early[0], *later[:4]])
    assert len(found["ids"]) == len(set(found["ids"])) == PLACES + 7
    assert found["seeds"] == PLACES
    assert found["subsets"] == {"0": PLACES // 2, "1": PLACES // 2}
    assert found["answers"] == PLACES * TRIALS
    assert found["truths"] == {"perturbed": PLACES * TRIALS // 2, "clean": PLACES * TRIALS // 2}
    assert found["turned_away"] == {"full": len([*early[1:], later[4], *last])}
    codes = dict(place.recruiter.returned)
    assert {person for person, code in codes.items() if code == DONE} == {*found["counted_ids"], rejected}
    assert {person for person, code in codes.items() if code == OUT} == set(unfit)
    assert {person for person, code in codes.items() if code == FULL} == {*early[1:], later[4], *last}
    assert not [person for person in people if person in found["exports"]]
    assert not [person for person in people if person in place.server.log.read_text(encoding="utf-8")]
    visitors.forgive("request to another host")
    assert visitors.faults == []
    visitors.leave()
