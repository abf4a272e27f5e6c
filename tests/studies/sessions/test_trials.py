"""The observer's protocol: all trials at the start, the server owns the cursor, one answer a trial."""

import hashlib

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from studies.design.invitations import invite_observers
from studies.design.lifecycle import close_study
from studies.errors import StudyError
from studies.models import Answer, AuditEvent, Observer, Session, Study, Trial
from studies.sessions import trials
from studies.sessions.ending import withdraw
from studies.sessions.prepared_query import PreparedQuery, Row
from studies.sessions.start import start_session
from studies.sessions.trials import position_of, record_answer, stimulus_to_serve
from tests.studies.factories import answer_trials, make_open_study, make_pair_set, make_session, make_study

pytestmark = pytest.mark.django_db


def current(session: Session) -> Trial:
    trial = position_of(session).trial
    assert trial is not None
    return trial


def test_a_session_starts_with_all_its_trials_in_a_fixed_order() -> None:
    study = make_open_study(n_perturbed=3, n_clean=2)

    session = make_session(study)

    trials = list(session.trials.all())
    assert [trial.position for trial in trials] == [1, 2, 3, 4, 5]
    assert {trial.stimulus for trial in trials} == set(study.stimuli.all())
    assert session.consent_sha256 == hashlib.sha256(study.consent_text.encode()).hexdigest()


def test_consenting_twice_makes_one_session() -> None:
    study = make_open_study()
    observer = Observer.objects.get(study=study)

    assert start_session(observer=observer) == start_session(observer=observer)
    assert Trial.objects.count() == study.n_images


def test_observers_see_the_same_images_in_orders_of_their_own() -> None:
    study = make_open_study(observers=2, n_perturbed=10, n_clean=10)

    first, second = (
        [trial.stimulus_id for trial in start_session(observer=observer).trials.all()]
        for observer in Observer.objects.filter(study=study)
    )

    assert sorted(first) == sorted(second)
    assert first != second


def test_the_order_follows_from_the_studys_seed_and_the_observers_label() -> None:
    orders = []
    pair_set = make_pair_set(n=12)
    for _ in range(2):
        study = make_open_study(pair_set=pair_set, n_perturbed=5, n_clean=5, seed=11)
        orders.append([trial.stimulus.number for trial in make_session(study).trials.all()])

    assert orders[0] == orders[1]


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_a_study_that_is_not_open_starts_no_session(state: str) -> None:
    study = make_study()
    if state == "closed":
        study = make_open_study()
        close_study(study=study, by=study.owner)
    else:
        invite_observers(study=study, labels=["A"], by=study.owner)

    with pytest.raises(StudyError, match="not open"):
        start_session(observer=Observer.objects.get(study=study))


def test_an_answer_moves_the_cursor_by_one() -> None:
    session = make_session()
    trial = current(session)

    assert record_answer(session=session, trial_token=trial.token, response="perturbed", rt_ms=812)

    assert current(session).position == 2
    assert (trial.answer.response, trial.answer.rt_ms) == ("perturbed", 812)


def test_a_repeated_answer_changes_nothing_and_counts_as_stored() -> None:
    session = make_session()
    trial = current(session)
    record_answer(session=session, trial_token=trial.token, response="perturbed")

    assert record_answer(session=session, trial_token=trial.token, response="clean")

    assert Answer.objects.get().response == "perturbed"
    assert current(session).position == 2


def test_the_database_itself_refuses_a_second_answer() -> None:
    session = make_session()
    trial = current(session)
    record_answer(session=session, trial_token=trial.token, response="perturbed")

    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(trial=trial, response="clean", answered_at=trial.answer.answered_at)


def test_a_trial_ahead_of_the_cursor_cannot_be_answered() -> None:
    session = make_session()
    ahead = session.trials.get(position=2)

    assert not record_answer(session=session, trial_token=ahead.token, response="clean")

    assert not Answer.objects.exists()


class Stale:
    """Tells once what was the case before, as PostgreSQL does to whoever has waited for a row."""

    def __init__(self, now: PreparedQuery, token: str) -> None:
        self._now, self._before = now, [now.first(token)]

    def first(self, token: str) -> Row | None:
        return self._before.pop() if self._before else self._now.first(token)


def test_the_same_answer_sent_twice_at_once_is_a_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session()
    trial = current(session)
    stale = Stale(trials._LOCKED, session.observer.token)
    first = record_answer(session=session, trial_token=trial.token, response="clean")
    monkeypatch.setattr(trials, "_LOCKED", stale)

    second = record_answer(session=session, trial_token=trial.token, response="perturbed")

    assert first is not None
    assert second is not None
    assert second.trial == first.trial
    assert Answer.objects.get().response == "clean"


def test_a_trial_of_another_session_cannot_be_answered() -> None:
    study = make_open_study(observers=2)
    mine, other = (start_session(observer=observer) for observer in Observer.objects.filter(study=study))

    assert not record_answer(session=mine, trial_token=current(other).token, response="clean")

    assert not Answer.objects.exists()


@pytest.mark.parametrize("response", ["", "maybe", "PERTURBED", "clean\0"])
def test_a_response_that_is_neither_choice_is_refused(response: str) -> None:
    session = make_session()

    with pytest.raises(StudyError, match="Choose one"):
        record_answer(session=session, trial_token=current(session).token, response=response)

    assert not Answer.objects.exists()


def test_only_the_current_and_the_next_image_are_served() -> None:
    session = make_session()
    answer_trials(session, count=1)
    tokens = [trial.token for trial in session.trials.all()]

    served = [stimulus_to_serve(session=session, trial_token=token) is not None for token in tokens]

    assert served == [False, True, True, False, False]


def test_the_last_answer_finishes_the_session_and_closes_the_study_when_all_are_done() -> None:
    study = make_open_study(observers=2)
    first, second = (start_session(observer=observer) for observer in Observer.objects.filter(study=study))

    answer_trials(first)
    study.refresh_from_db()
    assert study.state == Study.State.OPEN

    answer_trials(second)
    study.refresh_from_db()
    assert study.state == Study.State.CLOSED
    assert AuditEvent.objects.filter(action="closed", by="(the program)").count() == 1


def test_a_study_that_is_to_stay_open_stays_open() -> None:
    study = make_open_study(closes_when_finished=False)

    answer_trials(make_session(study))

    study.refresh_from_db()
    assert study.state == Study.State.OPEN


def test_a_closed_study_takes_no_answer() -> None:
    session = make_session()
    study = session.observer.study
    close_study(study=study, by=study.owner)

    with pytest.raises(StudyError, match="no more answers"):
        record_answer(session=session, trial_token=current(session).token, response="clean")


def test_withdrawing_deletes_the_answers_and_ends_the_session() -> None:
    session = make_session()
    answer_trials(session, count=2)

    withdraw(session=session)

    session.refresh_from_db()
    assert session.withdrawn_at is not None
    assert not Answer.objects.exists()


@pytest.mark.parametrize("closes", [True, False])
def test_withdrawing_reads_the_study_once_more_only_to_close_it(closes: bool) -> None:
    session = make_session(make_open_study(closes_when_finished=closes))

    with CaptureQueriesContext(connection) as asked:
        withdraw(session=session)

    # To lock it, its key is enough.
    statements = [query["sql"] or "" for query in asked]
    alone = [statement for statement in statements if '"title"' in statement and 'FROM "studies_study"' in statement]
    assert len(alone) == closes
    assert Study.objects.get().state == (Study.State.CLOSED if closes else Study.State.OPEN)


def test_a_finished_session_cannot_be_withdrawn() -> None:
    session = make_session()
    answer_trials(session)

    withdraw(session=session)

    session.refresh_from_db()
    assert session.withdrawn_at is None
    assert Answer.objects.count() == 5


def test_a_failing_audit_event_takes_the_last_answer_back(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session()
    answer_trials(session, count=4)

    def fail(**_: object) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr("studies.audit.record", fail)
    with pytest.raises(RuntimeError, match="no audit"):
        answer_trials(session, count=1)

    session.refresh_from_db()
    assert session.finished_at is None
    assert Answer.objects.count() == 4
    assert User.objects.count() == 1
