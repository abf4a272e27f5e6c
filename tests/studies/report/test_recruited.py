"""The flow of observers of a study with open links: whatever became of whom, it adds up, and so does its table."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studies.data_protection.erasure import erase_person
from studies.design.lifecycle import close_study
from studies.exports.archive.findings_text import findings_text
from studies.exports.archive.verification import verify_archive
from studies.exports.preregistration import preregistration_text
from studies.models import Observer, Session, Study
from studies.models.observer_state import ObserverState
from studies.models.recruitment.turned_away import TurnedAway
from studies.models.session import Rejection
from studies.report.build import Report, build_report
from studies.report.methods.list_answers import drawn_and_invited
from studies.report.sections.elements import Section, Table
from studies.report.sections.study.observers_flow import flow_section, flow_steps
from tests.studies.exports.archives import archive_bytes, members_in, saved
from tests.studies.factories import answer_trials, arrive_by, make_open_link, make_open_study, make_pair_set

pytestmark = pytest.mark.django_db

MOMENTS: dict[ObserverState, dict[str, object]] = {
    ObserverState.STARTED: {},
    ObserverState.SCREENED_OUT: {"screened_out_by": "device"},
    ObserverState.TIMED_OUT: {},
    ObserverState.WITHDRAWN: {},
    ObserverState.REJECTED: {"rejection": Rejection.TOO_FAST},
    ObserverState.RETURNED: {},
    ObserverState.FINISHED: {},
}
"""What stands beside the time at which a session ended so."""
PLACES = 12


def recruited(**fields: Any) -> Study:
    """Return an open study with two links, two people invited in person, and three whom a link turned away."""
    study = make_open_study(
        observers=2,
        n_perturbed=2,
        n_clean=2,
        pair_set=make_pair_set(n=6, size=4),
        closes_when_finished=False,
        **fields,
    )
    first = make_open_link(study, name="Prolific UK", places=PLACES, recruiter="prolific")
    make_open_link(study, name="A poster", places=PLACES)
    for number, reason in enumerate(("full", "full", "earlier")):
        TurnedAway.objects.create(link=first, reason=reason, digest=f"{number:064d}")
    return study


def come(study: Study, states: list[tuple[bool, ObserverState]]) -> list[Observer]:
    """Let people come by one link or the other, and end as they do."""
    links = list(study.open_links.order_by("pk"))
    observers = []
    for number, (by_first, state) in enumerate(states):
        observer = arrive_by(links[0], f"id {number}") if by_first else arrive_by(links[1])
        if state == ObserverState.FINISHED:
            answer_trials(observer.session)
        elif state != ObserverState.STARTED:
            moment = {f"{state.value}_at": timezone.now()}
            Session.objects.filter(observer=observer).update(**moment, **MOMENTS[state])
        observers.append(observer)
    return observers


def reported(study: Study) -> Report:
    return build_report(close_study(study=Study.objects.get(pk=study.pk), by=study.owner))


def table_of(section: Section) -> Table:
    return next(table for table in section.tables if table.label == "How the observers were found")


states = st.lists(st.tuples(st.booleans(), st.sampled_from(sorted(MOMENTS))), max_size=10)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states, st.integers(0, 3))
def test_whoever_came_is_counted_once_at_every_step(came: list[tuple[bool, ObserverState]], n_erased: int) -> None:
    study = recruited()
    for observer in come(study, came)[:n_erased]:
        erase_person(observer=observer, by=study.owner, reason="asked for it")
    report = reported(study)

    steps = flow_steps(report)
    for step, following in itertools.pairwise(steps):
        assert step.count - sum(int(left.text) for left in step.left) == following.count, step.name
    assert [step.count for step in steps[:3]] == [len(came) + 5, len(came) + 2, len(came)]

    rows = {row[0]: [int(number) for number in row[-4:]] for row in table_of(flow_section(report)).rows}
    there = came[n_erased:]
    for name, by_first in (("Prolific UK (Prolific)", True), ("A poster (no recruiter)", False)):
        finished = [state for first, state in there if first is by_first and state == ObserverState.FINISHED]
        began = [state for first, state in there if first is by_first]
        assert rows[name] == [PLACES, len(began), len(finished), 3 if by_first else 0]
    assert report.recruitment.as_dict()["turned_away"] == {"full": 2, "earlier": 1}


def test_the_flow_says_who_was_turned_away_and_rejected_and_why() -> None:
    study = recruited()
    _, other, gone, _ = come(study, [(True, ObserverState.REJECTED)] * 3 + [(False, ObserverState.RETURNED)])
    Session.objects.filter(observer=other).update(rejection=Rejection.TWICE)
    erase_person(observer=gone, by=study.owner, reason="asked for it")
    report = reported(study)
    found, _, began = flow_steps(report)[:3]
    assert {left.name: left.text for left in found.left} == {
        "turned away: all places were taken": "2",
        "turned away: had taken part in an earlier study": "1",
    }
    left = {one.name: (one.text, one.note) for one in began.left}
    assert left["rejected"] == (
        "3",
        "1 answered faster than anybody can look; 1 took part twice; 1 for a reason that was erased with their data",
    )
    assert left["gave the task back"] == ("1", "")
    assert any("not in the table of links" in note for note in flow_section(report).notes)


def test_the_methods_tell_by_whom_observers_were_found_and_that_places_were_passed_on() -> None:
    study = recruited(abandoned_after_minutes=25)
    text = preregistration_text(Study.objects.get(pk=study.pk))
    report = reported(study)
    for told in (drawn_and_invited(report), text):
        assert "by open links with 24 places: Prolific (12), no recruiter (12)" in told
        assert "left their place to the next person" in told
        assert "After 25 minutes without a sign" in told


def test_a_study_without_open_links_says_what_it_said() -> None:
    study = make_open_study(observers=1, n_perturbed=2, n_clean=2, pair_set=make_pair_set(n=6, size=4))
    report = reported(study)
    assert [step.name for step in flow_steps(report)] == ["Invited", "Began", "Finished", "Analysed"]
    assert not any(table.label == "How the observers were found" for table in flow_section(report).tables)
    assert "recruitment" not in report.as_dict()
    assert drawn_and_invited(report).endswith("Observers: by personal invitation.")


def test_groups_have_lines_of_their_own() -> None:
    study = make_open_study(
        observers=0, n_perturbed=2, n_clean=2, pair_set=make_pair_set(n=6, size=4), groups="doctors\nnurses"
    )
    for group in ("doctors", "nurses"):
        arrive_by(make_open_link(study, name=f"For {group}", group=group))
    table = table_of(flow_section(reported(study)))
    assert [row[0] for row in table.rows] == [
        "For doctors (no recruiter, doctors)",
        "For nurses (no recruiter, nurses)",
    ]
    assert table.foot == (("All", "6", "2", "0", "0"),)


def test_the_archive_of_such_a_study_verifies_and_holds_no_id_and_no_address(tmp_path: Path) -> None:
    study = recruited()
    come(study, [(True, ObserverState.FINISHED), (False, ObserverState.FINISHED), (True, ObserverState.REJECTED)])
    study = close_study(study=Study.objects.get(pk=study.pk), by=study.owner)
    data = archive_bytes(study)

    findings = verify_archive(saved(data, tmp_path))

    assert findings.agrees, findings_text(findings, brief=True)
    assert "recruitment" in findings.taken_over
    held = b"".join(members_in(data).values())
    assert b"Prolific UK" in held
    assert b"id 0" not in held
    assert not any(link.token.encode() in held for link in study.open_links.all())
