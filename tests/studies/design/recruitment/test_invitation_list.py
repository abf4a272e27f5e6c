"""Lists of people to invite: looked through before anybody is invited, and bad lines lose no good ones."""

import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from studies.design import invitations
from studies.design.invitations import invite_observers
from studies.design.recruitment import invitation_list
from studies.design.recruitment.invitation_list import InvitationList, Listed, invite_listed, read_invitation_list
from studies.errors import StudyError
from studies.models import Observer, Study
from tests.studies.factories import make_open_study, make_study

pytestmark = pytest.mark.django_db


def test_a_list_says_who_is_new_who_is_there_and_which_lines_are_bad() -> None:
    study = make_study(groups="Dermatologists\nGeneral practitioners")
    invite_observers(study=study, labels=["Old"], by=study.owner)
    text = "label;group\nA;dermatologists\n;Dermatologists\nB;nurses\nOld;\nA;\nC;\n" + "x" * 70 + ";"
    found = read_invitation_list(study, text)
    assert found.new == (Listed("A", "Dermatologists"), Listed("C", ""))
    assert found.there == ("Old",)
    assert [problem.line for problem in found.problems] == [3, 4, 6, 8]
    said = "\n".join(map(str, found.problems))
    for part in ("line 3: it has no label", "nurses", "stands in line 2 already", "longer than 60"):
        assert part in said


def test_the_people_of_a_list_are_invited_with_group_and_deadline_each_with_an_order_of_trials() -> None:
    study = make_open_study(observers=0, groups="One\nTwo", closes_when_finished=False)
    deadline = timezone.now() + dt.timedelta(days=3)
    found = read_invitation_list(study, "A,two\nB,one")
    invite_listed(study=study, listed=found.new, deadline=deadline, by=study.owner)
    people = list(Observer.objects.filter(study=study).order_by("pk"))
    assert [(one.label, one.group, one.deadline) for one in people] == [("A", "Two", deadline), ("B", "One", deadline)]
    assert all(one.plan for one in people)


def test_a_long_list_is_made_in_parts_and_sent_again_passes_over_who_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MOST_AT_ONCE", 5)
    monkeypatch.setattr(invitation_list, "MOST_AT_ONCE", 5)
    study = make_open_study(observers=0, n_subsets=2, n_perturbed=1, n_clean=1, closes_when_finished=False)
    text = "\n".join(f"Observer {number}" for number in range(12))
    assert len(invite_listed(study=study, listed=read_invitation_list(study, text).new, by=study.owner)) == 12
    again = read_invitation_list(study, text + "\nNew")
    assert (len(again.there), again.new) == (12, (Listed("New", ""),))
    subsets = [observer.plan["subset"] for observer in Observer.objects.filter(study=study) if observer.plan]
    assert subsets.count(0) == subsets.count(1) == 6


def test_a_list_that_is_too_long_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitation_list, "MOST_LISTED", 2)
    with pytest.raises(StudyError, match="At most 2"):
        read_invitation_list(make_study(), "A\nB\nC")


def test_a_deadline_in_the_past_invites_nobody() -> None:
    study = make_study()
    with pytest.raises(StudyError, match="past"):
        invite_listed(study=study, listed=[Listed("A", "")], deadline=timezone.now(), by=study.owner)
    assert not Observer.objects.exists()


LABELS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=60)


@given(st.lists(LABELS, unique=True, max_size=8))
def test_what_a_list_says_reads_the_same_when_it_is_confirmed(labels: list[str]) -> None:
    first = InvitationList(tuple(Listed(label, "") for label in labels), (), ())
    assert read_invitation_list(Study.objects.first() or make_study(), first.as_text).new == first.new
