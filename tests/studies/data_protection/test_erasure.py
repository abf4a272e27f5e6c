"""One person's data, erased or detached: nothing of them is left anywhere, and all others stay as they are."""

import datetime as dt
from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.db import DatabaseError
from django.utils import timezone

from studies.data_protection.erasure import LONGEST_REASON, detach, erase_person, withdraw_later
from studies.data_protection.tally import ErasedPeople
from studies.design.lifecycle import close_study, note_results_seen
from studies.errors import StudyError
from studies.models import Answer, AuditEvent, Observer, Session, Study, StudyRole, Trial
from studies.permissions import NotPermittedError
from studies.report.build import build_report
from studies.report.sections.study.observers_flow import flow_steps
from tests.studies.data_protection.people import (
    FINISHED,
    INVITED,
    TOLD,
    UNFINISHED,
    WITHDRAWN,
    WRITTEN,
    finish,
    make_study_with_people,
    person,
)
from tests.studies.factories import make_open_study, make_pair_set, make_researcher, make_study_in

pytestmark = pytest.mark.django_db

EVERYBODY = (FINISHED, UNFINISHED, WITHDRAWN, INVITED)


def everything_stored() -> str:
    """Return all rows of all tables as one text."""
    return "\n".join(repr(row) for model in apps.get_models() for row in model._default_manager.values())


@pytest.mark.parametrize("label", EVERYBODY)
def test_nothing_of_an_erased_person_is_left_in_any_table(label: str) -> None:
    study = make_study_with_people()
    erased = person(study, label)
    session = getattr(erased, "session", None)
    of_them = [label, erased.token, *(session.trials.values_list("token", flat=True) if session else ())]
    assert all(text in everything_stored() for text in of_them)

    erase_person(observer=erased, by=study.owner, reason="asked for it")

    assert not [text for text in of_them if text in everything_stored()]
    for model in (Session, Trial, Answer):
        assert not model._default_manager.filter(**{f"{_way_up(model)}pk": erased.pk}).exists()


def _way_up(model: type[Any]) -> str:
    return {Session: "observer__", Trial: "session__observer__", Answer: "trial__session__observer__"}[model]


@pytest.mark.parametrize("label", EVERYBODY)
def test_all_others_stay_as_they_are(label: str) -> None:
    study = make_study_with_people()
    others = Observer.objects.exclude(label=label)

    def rows() -> list[Any]:
        answers = Answer.objects.filter(trial__session__observer__in=others.values("pk"))
        sessions = Session.objects.filter(observer__in=others.values("pk"))
        return [list(one.order_by("pk").values()) for one in (others, sessions, answers)]

    before = rows()
    erase_person(observer=person(study, label), by=study.owner, reason="asked for it")
    assert rows() == before


@pytest.mark.parametrize(
    ("label", "state"),
    [(FINISHED, "finished"), (UNFINISHED, "started"), (WITHDRAWN, "withdrawn"), (INVITED, "invited")],
)
def test_who_when_and_why_is_written_down_and_not_of_whom(label: str, state: str) -> None:
    study = make_study_with_people()
    erase_person(observer=person(study, label), by=study.owner, reason=" asked for it ")

    event = AuditEvent.objects.get(action="erased")
    assert event.by == study.owner.username
    assert event.details == {"reason": "asked for it", "gone": {state: 1}, "results_seen": False}
    invited = AuditEvent.objects.get(action="invited").details["observers"]
    assert label not in invited


def test_where_it_cannot_be_written_down_nothing_is_erased() -> None:
    study = make_study_with_people()
    with mock.patch.object(AuditEvent.objects, "create", side_effect=DatabaseError), pytest.raises(DatabaseError):
        erase_person(observer=person(study, FINISHED), by=study.owner, reason="asked for it")
    assert Answer.objects.filter(trial__session__observer__label=FINISHED).count() == study.n_trials


@pytest.mark.parametrize("reason", ["", "  ", "x" * (LONGEST_REASON + 1)])
def test_a_reason_is_needed(reason: str) -> None:
    study = make_study_with_people()
    with pytest.raises(StudyError, match="Say why"):
        erase_person(observer=person(study, FINISHED), by=study.owner, reason=reason)


def test_collaborators_may_and_monitors_and_outsiders_may_not() -> None:
    study = make_study_with_people()
    for role, label in ((StudyRole.Role.MONITOR, FINISHED), (None, INVITED)):
        somebody = make_researcher()
        if role:
            StudyRole.objects.create(study=study, user=somebody, role=role)
        with pytest.raises(NotPermittedError):
            erase_person(observer=person(study, label), by=somebody, reason="r")
    colleague = make_researcher()
    StudyRole.objects.create(study=study, user=colleague, role=StudyRole.Role.COLLABORATOR)
    erase_person(observer=person(study, FINISHED), by=colleague, reason="r")


def test_simulated_observers_are_nobody() -> None:
    observer = make_open_study(simulated=True).observers.get()
    with pytest.raises(StudyError, match="stands for no person"):
        erase_person(observer=observer, by=observer.study.owner, reason="r")


def test_the_report_counts_who_is_gone_and_where_they_had_come_to() -> None:
    study = make_study_with_people(pair_set=make_pair_set(n=8, size=4))
    finish(Observer.objects.create(study=study, label="Aspen", plan=person(study, FINISHED).plan))
    before = _flow(study)
    for label in EVERYBODY:
        erase_person(observer=person(study, label), by=study.owner, reason="asked for it")

    steps = _flow(study)

    assert [(name, count) for name, count, _ in steps] == [(name, count) for name, count, _ in before[:-1]] + [
        ("Analysed", 1)
    ]
    assert dict(steps[2][2]) == {"were erased later by the lab": "1"}
    report = build_report(Study.objects.get(pk=study.pk))
    assert report.flow.as_dict()["erased"] == 1
    assert report.history.as_dict()["erased"]["gone"] == dict.fromkeys(
        ("finished", "started", "withdrawn", "invited"), 1
    )


def test_the_report_says_who_was_erased_once_results_had_been_seen() -> None:
    """Whoever knows the results could erase those who stand against them."""
    study = make_study_with_people(pair_set=make_pair_set(n=8, size=4), later_withdrawal="erases")
    for label in ("Aspen", "Birch"):
        finish(Observer.objects.create(study=study, label=label, plan=person(study, FINISHED).plan))
    erase_person(observer=person(study, "Birch"), by=study.owner, reason="asked for it")
    study = close_study(study=study, by=study.owner)
    note_results_seen(study=study, by=study.owner)
    erase_person(observer=person(study, FINISHED), by=study.owner, reason="asked for it")
    withdraw_later(observer=person(study, "Aspen"))

    finished = flow_steps(build_report(Study.objects.get(pk=study.pk)))[2]

    assert finished.count == 3
    assert [(left.name, left.text, left.note) for left in finished.left] == [
        ("withdrew later", "1", "1 of them after results had been seen"),
        ("were erased later by the lab", "2", "1 of them after results had been seen"),
    ]


def _flow(study: Study) -> list[tuple[str, int, list[tuple[str, str]]]]:
    study = Study.objects.get(pk=study.pk)
    if study.state == Study.State.OPEN:
        study = close_study(study=study, by=study.owner)
    steps = flow_steps(build_report(study))
    return [(step.name, step.count, [(left.name, left.text) for left in step.left]) for step in steps]


def test_a_study_whose_people_are_all_gone_is_not_taken_for_one_of_simulated_observers() -> None:
    study = make_study_with_people()
    for label in EVERYBODY:
        erase_person(observer=person(study, label), by=study.owner, reason="asked for it")
    study = close_study(study=study, by=study.owner)
    report = build_report(study)
    assert not report.simulated
    assert (report.flow.invited, report.flow.consented, report.flow.finished, report.flow.erased) == (4, 3, 0, 1)


def test_a_pilots_observer_is_erased_from_the_pilot_and_still_counted_there() -> None:
    study = make_study_in("pilot")
    pilot_observer = Observer.objects.get(study__pilot_of=study)
    finish(pilot_observer)
    erase_person(observer=pilot_observer, by=study.owner, reason="asked for it")

    assert ErasedPeople.of(study).is_empty
    of_pilots = ErasedPeople.of(study, of_pilots=True)
    assert (of_pilots.n_begun, of_pilots.n_finished) == (1, 1)


def detached_study() -> tuple[Study, Session]:
    study = make_study_with_people(later_withdrawal="detaches")
    withdraw_later(observer=person(study, FINISHED))
    return study, Session.objects.get(observer__detached_at__isnull=False)


def test_detached_answers_stay_and_tell_nobody() -> None:
    study = make_study_with_people(later_withdrawal="detaches")
    observer = person(study, FINISHED)
    said = list(Answer.objects.filter(trial__session__observer=observer).values_list("response", "rt_ms"))
    secrets = [FINISHED, observer.token, TOLD, WRITTEN, "1531", "1.625", str(observer.session.seed)]
    begun = observer.session.consented_at

    withdraw_later(observer=observer)

    session = Session.objects.get(observer__detached_at__isnull=False)
    assert list(Answer.objects.filter(trial__session=session).values_list("response", "rt_ms")) == said
    rows = [
        *Observer.objects.filter(session=session).values(),
        *Session.objects.filter(pk=session.pk).values(),
        *Trial.objects.filter(session=session).values(),
        *Answer.objects.filter(trial__session=session).values(),
        *AuditEvent.objects.values(),
    ]
    assert not [secret for secret in secrets if secret in repr(rows)]
    assert (session.questionnaire, session.display, session.comments) == ([], {}, "")
    assert session.consented_at == study.opened_at != begun
    assert session.observer.label == "Anonymous 1"


def test_how_long_anything_took_stays_and_what_the_figures_rest_on() -> None:
    study = make_study_with_people(later_withdrawal="detaches")
    observer = person(study, FINISHED)
    before = _gaps(observer.session)
    close_study(study=study, by=study.owner)
    figures = build_report(Study.objects.get(pk=study.pk)).figures.as_dict()

    withdraw_later(observer=observer)

    session = Session.objects.get(observer__detached_at__isnull=False)
    assert _gaps(session) == before
    after = build_report(Study.objects.get(pk=study.pk)).figures.as_dict()
    assert repr(after).replace("Anonymous 1", FINISHED) == repr(figures)


def _gaps(session: Session) -> list[dt.timedelta]:
    session.refresh_from_db()
    trials = session.trials.order_by("position").select_related("answer")
    moments = [moment for trial in trials for moment in (trial.served_at, trial.answer.answered_at) if moment]
    return [moment - session.consented_at for moment in (*moments, session.finished_at) if moment]


def test_of_a_session_that_was_not_finished_no_answer_stays() -> None:
    study = make_study_with_people()
    observer = person(study, UNFINISHED)
    detach(observer, timezone.now())
    assert not Answer.objects.filter(trial__session__observer=observer.pk).exists()


def test_two_detached_people_have_two_labels_and_nothing_happens_to_them_again() -> None:
    study = make_study_with_people(later_withdrawal="detaches")
    finish(Observer.objects.create(study=study, label="Aspen", plan=person(study, FINISHED).plan))
    withdraw_later(observer=person(study, FINISHED))
    withdraw_later(observer=person(study, "Aspen"))
    assert set(Observer.objects.filter(detached_at__isnull=False).values_list("label", flat=True)) == {
        "Anonymous 1",
        "Anonymous 2",
    }
    again = Observer.objects.get(label="Anonymous 1")
    with pytest.raises(StudyError, match="does not let observers withdraw"):
        withdraw_later(observer=again)
    with pytest.raises(StudyError, match="stands for no person"):
        erase_person(observer=again, by=study.owner, reason="r")


@pytest.mark.parametrize(
    ("fields", "label"),
    [({}, FINISHED), ({"later_withdrawal": "erases"}, UNFINISHED), ({"later_withdrawal": "erases"}, INVITED)],
)
def test_later_withdrawal_is_refused_where_the_study_does_not_allow_it_or_the_end_is_not_reached(
    fields: dict[str, Any], label: str
) -> None:
    study = make_study_with_people(**fields)
    with pytest.raises(StudyError, match="does not let observers withdraw at this point"):
        withdraw_later(observer=person(study, label))


def test_whoever_is_gone_is_told_so() -> None:
    study = make_study_with_people(later_withdrawal="erases")
    observer = person(study, FINISHED)
    withdraw_later(observer=observer)
    with pytest.raises(StudyError, match="just been erased"):
        withdraw_later(observer=observer)
