"""Five hundred people come by three open links, and three in ten of them leave: the design stays balanced."""

import datetime as dt
import random
from collections import Counter
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from studies.data_protection.tally import ErasedPeople
from studies.models import Answer, Observer, OpenLink, Session, Study, Trial, Truth, TurnedAway
from studies.models.observer_state import ObserverState, in_state, usable
from studies.report.facts import ObserverFlow
from studies.sessions.recruitment.abandonment import release_abandoned_everywhere
from studies.sessions.recruitment.arrival import TurnedAwayError
from studies.sessions.steps import answer_questionnaire
from tests.studies.factories import (
    answer_trials,
    arrive_by,
    begin_trials,
    make_open_link,
    make_open_study,
    make_pair_set,
    make_pair_set_of_strength,
)

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

ARRIVALS = 500
PLACES = 100
LEAVE = 0.3
AT_ONCE = 12
"""How many are at work at a time; those who leave count among them until their time is over."""
ALLOWED = dt.timedelta(minutes=30)
GROUPS = "dermatologists\ngeneral practitioners\nlay people"


def crowded_study(**fields: Any) -> Study:
    pair_set = make_pair_set(n=40, size=4)
    if "group_question" not in fields:
        fields["groups"] = GROUPS
    return make_open_study(
        observers=0,
        pair_set=pair_set,
        further_pair_sets=[make_pair_set_of_strength(pair_set, 9)],
        n_perturbed=2,
        n_clean=2,
        abandoned_after_minutes=30,
        closes_when_finished=False,
        **fields,
    )


def go_silent(session: Session) -> None:
    """Move a session so far into the past that it counts as abandoned."""
    long_ago = ALLOWED * 2
    Session.objects.filter(pk=session.pk).update(
        consented_at=F("consented_at") - long_ago,
        questionnaire_at=F("questionnaire_at") - long_ago,
        instructed_at=F("instructed_at") - long_ago,
    )
    Trial.objects.filter(session=session, served_at__isnull=False).update(served_at=F("served_at") - long_ago)
    Answer.objects.filter(trial__session=session).update(answered_at=F("answered_at") - long_ago)


class GroupFullError(Exception):
    """The places of the group that somebody told are taken: their session has ended."""


def recruit(study: Study, links: list[OpenLink], draw: random.Random) -> tuple[int, int]:
    """Let people come until all have, and those turned away come again.

    Return how many never got in, and how many were told in their session that their group is full.
    """
    n_full = 0
    waiting = [(links[number % len(links)], f"person {number}") for number in range(ARRIVALS)]
    draw.shuffle(waiting)
    at_work: list[Session] = []
    while True:
        turned_away = []
        for link, person in waiting:
            try:
                at_work.append(begin(arrive_by(link, person), draw))
            except TurnedAwayError:
                turned_away.append((link, person))
            except GroupFullError:
                n_full += 1
            if len(at_work) == AT_ONCE:
                _end(study, at_work.pop(draw.randrange(AT_ONCE)), draw)
        for session in at_work:
            _end(study, session, draw)
        at_work.clear()
        if len(turned_away) == len(waiting) or not turned_away:
            release_abandoned_everywhere(timezone.now())
            return len(turned_away), n_full
        waiting = turned_away


def begin(observer: Observer, draw: random.Random) -> Session:
    """Consent, tell the group where the study asks for it, and come to the first trial."""
    if observer.study.group_question:
        told = answer_questionnaire(
            session=observer.session, given={"q1": str(draw.randrange(len(observer.study.group_names)))}
        )
        assert not told.errors
        if Session.objects.get(observer=observer).is_over:
            raise GroupFullError
    return begin_trials(observer)


def _end(study: Study, session: Session, draw: random.Random) -> None:
    if draw.random() < LEAVE:
        answer_trials(session, count=draw.randrange(study.n_trials))
        go_silent(session)
    else:
        answer_trials(session)


def spread(counts: Counter[Any], n_possible: int) -> int:
    """Return by how many the most frequent and the least frequent of so many differ."""
    return max(counts.values(), default=0) - (min(counts.values(), default=0) if len(counts) == n_possible else 0)


@pytest.mark.parametrize("fields", [{"n_subsets": 3}, {"allocation": "pool"}], ids=["sets", "pool"])
def test_the_sessions_that_count_are_balanced_and_the_flow_adds_up(fields: dict[str, Any]) -> None:
    study = crowded_study(**fields)
    links = [
        make_open_link(study, name=group, group=group, places=PLACES, recruiter="prolific")
        for group in study.group_names
    ]
    turned_away, _ = recruit(study, links, random.Random(15))
    counted = Observer.objects.filter(usable(), study=study)

    # The quota is held, and filled, in each group.
    assert Counter(counted.values_list("group", flat=True)) == dict.fromkeys(study.group_names, PLACES)

    # Nobody's sequence is used twice, and every set of images, image, truth and strength is used equally often.
    plans = [plan for plan in counted.values_list("plan", flat=True) if plan is not None]
    assert len({plan["seed"] for plan in plans}) == len(plans)
    if "n_subsets" in fields:
        assert spread(Counter(plan["subset"] for plan in plans), study.n_subsets) <= 1
        for group in study.group_names:
            subsets = [plan["subset"] for plan in counted.filter(group=group).values_list("plan", flat=True) if plan]
            assert spread(Counter(subsets), study.n_subsets) <= 1
    else:
        assert sorted(plan["of_pool"] for plan in plans) == list(range(len(plans)))
    shown = Answer.objects.filter(trial__session__observer__in=counted).values_list("trial__stimulus", flat=True)
    truth_of = {
        truth.stimulus_id: truth for truth in Truth.objects.filter(stimulus__study=study).select_related("pair")
    }
    truths = [truth_of[stimulus] for stimulus in shown]
    assert Counter(truth.perturbed for truth in truths) == {True: 600, False: 600}
    strengths = Counter(truth.pair.pair_set_id for truth in truths if truth.perturbed)
    assert spread(strengths, 2) <= 1
    images = Counter(truth.pair.image_id for truth in truths)
    if "allocation" in fields:
        assert spread(images, 40) <= 1
    else:
        assert spread(images, 12) <= 4  # one set more or less has four images

    # Everybody who came is somewhere.
    flow = ObserverFlow.of(study, simulated=False, excluded=0, gone=ErasedPeople.of(study))
    assert flow.invited + turned_away == ARRIVALS
    assert turned_away == TurnedAway.objects.count()
    assert flow.consented == flow.finished + flow.timed_out == flow.invited
    assert flow.finished == len(study.group_names) * PLACES
    assert flow.timed_out == Observer.objects.filter(in_state(ObserverState.TIMED_OUT), study=study).count() > 0


def test_groups_told_in_the_questionnaire_are_filled_each_to_its_own_quota() -> None:
    question = "Specialty: " + " | ".join(GROUPS.splitlines()) + " *"
    study = crowded_study(n_subsets=3, questionnaire=question, group_question="Specialty")
    link = make_open_link(study, places=dict.fromkeys(study.group_names, PLACES), recruiter="prolific")
    turned_away, full = recruit(study, [link], random.Random(16))
    counted = Observer.objects.filter(usable(), study=study)
    assert Counter(counted.values_list("group", flat=True)) == dict.fromkeys(study.group_names, PLACES)
    for group in study.group_names:
        plans = [plan for plan in counted.filter(group=group).values_list("plan", flat=True) if plan is not None]
        assert len({plan["seed"] for plan in plans}) == PLACES
        assert spread(Counter(plan["subset"] for plan in plans), study.n_subsets) <= 1
    flow = ObserverFlow.of(study, simulated=False, excluded=0, gone=ErasedPeople.of(study))
    assert flow.invited + turned_away == ARRIVALS
    assert flow.screened_out == full > 0
    assert flow.consented == flow.finished + flow.timed_out + flow.screened_out == flow.invited
