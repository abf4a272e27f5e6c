"""Groups of observers, said by hand: with the invitation, or changed before somebody has begun."""

from collections import Counter
from typing import cast

import pytest
from django.core.management import call_command

from studies.design.drafts.readiness import findings_about
from studies.design.invitations import invite_observers
from studies.design.lifecycle import change_study, open_study
from studies.design.progress import GroupProgress, progress_of_groups
from studies.design.recruitment.groups import change_group
from studies.errors import StudyError
from studies.models import AuditEvent, Observer
from studies.models.observer import TrialSequence
from studies.sessions.ending import withdraw
from tests.studies.factories import (
    answer_trials,
    arrive_by,
    begin_trials,
    make_open_link,
    make_open_study,
    make_pair_set,
    make_study,
)

pytestmark = pytest.mark.django_db

GROUPS = "dermatologists\ngeneral practitioners"


def sequence_of(observer: Observer) -> TrialSequence:
    return cast("TrialSequence", Observer.objects.get(pk=observer.pk).plan)


def subsets_by_group() -> dict[str, Counter[int]]:
    subsets: dict[str, Counter[int]] = {}
    for observer in Observer.objects.all():
        subsets.setdefault(observer.group, Counter())[sequence_of(observer)["subset"]] += 1
    return subsets


def test_each_of_those_invited_gets_a_group_as_the_study_writes_it() -> None:
    study = make_study(groups=GROUPS)
    invite_observers(
        study=study, labels=["A", "B", "C"], groups=["Dermatologists", "", " general  practitioners"], by=study.owner
    )
    found = dict(Observer.objects.values_list("label", "group"))
    assert found == {"A": "dermatologists", "B": "", "C": "general practitioners"}


@pytest.mark.parametrize(("groups", "said"), [(GROUPS, "no group “nurses”"), ("", "no groups")])
def test_a_group_that_the_study_has_not_invites_nobody(groups: str, said: str) -> None:
    study = make_study(groups=groups)
    with pytest.raises(StudyError, match=said):
        invite_observers(study=study, labels=["A", "B"], groups=["", "nurses"], by=study.owner)
    assert not Observer.objects.exists()


def test_each_group_has_each_set_of_images_equally_often() -> None:
    pair_set = make_pair_set(n=15, size=4)
    study = make_open_study(observers=0, pair_set=pair_set, n_subsets=3, groups=GROUPS)
    for n, group in enumerate(["dermatologists", "general practitioners"] * 3):
        labels = [f"{n}/{i}" for i in range(2)]
        invite_observers(study=study, labels=labels, groups=[group] * 2, by=study.owner)
    assert {group: sorted(counts.values()) for group, counts in subsets_by_group().items()} == {
        "dermatologists": [2, 2, 2],
        "general practitioners": [2, 2, 2],
    }


def test_what_somebody_left_goes_to_the_next_of_the_same_group() -> None:
    study = make_open_study(observers=0, groups=GROUPS, closes_when_finished=False)
    (leaver,) = invite_observers(study=study, labels=["A"], groups=["dermatologists"], by=study.owner)
    withdraw(session=begin_trials(leaver))
    (other,) = invite_observers(study=study, labels=["B"], groups=["general practitioners"], by=study.owner)
    (heir,) = invite_observers(study=study, labels=["C"], groups=["dermatologists"], by=study.owner)
    assert sequence_of(other)["seed"] != sequence_of(leaver)["seed"]
    assert sequence_of(heir) == sequence_of(leaver)


def test_a_group_is_changed_until_somebody_begins_and_the_log_says_so() -> None:
    study = make_open_study(observers=2, groups=GROUPS)
    begun, waiting = Observer.objects.order_by("pk")
    answer_trials(begin_trials(begun), count=1)
    assert change_group(study=study, labels=[waiting.label, waiting.label], group="Dermatologists", by=study.owner)
    waiting.refresh_from_db()
    assert waiting.group == "dermatologists"
    assert waiting.plan is not None
    event = AuditEvent.objects.get(action=AuditEvent.Action.GROUP_CHANGED)
    assert event.details == {"group": "dermatologists", "before": {waiting.label: ""}}
    with pytest.raises(StudyError, match="has begun"):
        change_group(study=study, labels=[begun.label], group="dermatologists", by=study.owner)
    with pytest.raises(StudyError, match="Nobody in this study"):
        change_group(study=study, labels=["nobody"], group="dermatologists", by=study.owner)


def test_nothing_is_changed_where_one_of_several_cannot_be() -> None:
    study = make_open_study(observers=1, groups=GROUPS)
    came = arrive_by(make_open_link(study, group="dermatologists"))
    (waiting,) = Observer.objects.exclude(pk=came.pk)
    with pytest.raises(StudyError, match="has begun"):
        change_group(study=study, labels=[waiting.label, came.label], group="general practitioners", by=study.owner)
    waiting.refresh_from_db()
    assert waiting.group == ""
    assert not AuditEvent.objects.filter(action=AuditEvent.Action.GROUP_CHANGED).exists()


def test_a_changed_group_leaves_both_groups_balanced() -> None:
    pair_set = make_pair_set(n=10, size=4)
    study = make_open_study(observers=0, pair_set=pair_set, n_subsets=2, groups=GROUPS)
    invite_observers(study=study, labels=["A", "B"], groups=["dermatologists"] * 2, by=study.owner)
    invite_observers(study=study, labels=["C"], groups=["general practitioners"], by=study.owner)
    change_group(study=study, labels=["A"], group="general practitioners", by=study.owner)
    assert sorted(subsets_by_group()["general practitioners"].values()) == [1, 1]


def test_progress_is_told_by_group() -> None:
    study = make_open_study(observers=1, groups=GROUPS, closes_when_finished=False)
    (done,) = invite_observers(study=study, labels=["A"], groups=["dermatologists"], by=study.owner)
    answer_trials(begin_trials(done))
    assert list(progress_of_groups(study, Observer.objects.all()).values()) == [
        GroupProgress("dermatologists", 1, 1),
        GroupProgress("general practitioners", 0, 0),
        GroupProgress("", 1, 0),
    ]
    assert progress_of_groups(make_study(), Observer.objects.all()) == {}


def test_the_commands_say_the_group() -> None:
    study = make_study(groups=GROUPS)
    call_command("invite_observers", str(study.pk), "A", "B", group="dermatologists")
    call_command("change_group", str(study.pk), "general practitioners", "B")
    assert dict(Observer.objects.values_list("label", "group")) == {
        "A": "dermatologists",
        "B": "general practitioners",
    }


def test_a_study_is_not_opened_with_somebody_of_a_group_that_it_has_no_more() -> None:
    study = make_study(groups=GROUPS)
    invite_observers(study=study, labels=["A", "B"], groups=["dermatologists", ""], by=study.owner)
    change_study(study=study, by=study.owner, groups="surgeons\nnurses")
    study.refresh_from_db()
    assert [finding.option for finding in findings_about(study, base_url="https://x.test") if finding.stops] == [
        "groups"
    ]
    with pytest.raises(StudyError, match="In no group of the study any more: A"):
        open_study(study=study, by=study.owner)
    change_group(study=study, labels=["A"], group="nurses", by=study.owner)
    assert open_study(study=study, by=study.owner).state == "open"


def test_a_study_is_not_opened_with_a_link_of_a_group_that_it_has_no_more() -> None:
    study = make_study(groups=GROUPS)
    make_open_link(study, group="dermatologists")
    change_study(study=study, by=study.owner, groups="surgeons\nnurses")
    with pytest.raises(StudyError, match="Open links whose places are of no group"):
        open_study(study=study, by=study.owner)
