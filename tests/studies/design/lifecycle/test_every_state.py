"""Every action in every state: what the table allows is done by service, page and command, and nothing else is."""

import io
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from studies.design.invitations import invite_observers
from studies.design.lifecycle import change_study
from studies.design.lifecycle.consequences import CONFIRMED, consequences_of
from studies.design.lifecycle.performing import perform
from studies.errors import StudyError
from studies.models import AuditEvent, Study
from studies.models.study_state import ACTIONS, CHANGE, INVITE, TRANSITIONS, Reason, StudyAction, StudyState
from tests.studies.factories import make_study_in
from tests.studies.worker import do_queued_work

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

REASON = "an alarm in the house"
every_state = pytest.mark.parametrize("state", StudyState.values)


def took_place(study: Study, do: Callable[[], object]) -> bool:
    """Whether something changes what is stored; it is taken back then."""

    def stored() -> object:
        return (
            list(Study.with_pilots.order_by("pk").values()),
            AuditEvent.objects.count(),
            sorted(study.observers.values_list("label", flat=True)),
        )

    before = stored()
    with transaction.atomic():
        do()
        changed = stored() != before
        transaction.set_rollback(True)
    return changed


def by_service(study: Study, action: StudyAction) -> bool:
    """Whether the service does it; what it refuses is a sentence."""

    def do() -> None:
        if action == CHANGE:
            change_study(study=study, by=study.owner, title="Another")
        elif action == INVITE:
            invite_observers(study=study, labels=["Late"], by=study.owner)
        else:
            perform(action, study=study, by=study.owner, reason=REASON)

    return took_place(study, lambda: refused_in_words(do, action, StudyError))


def by_page(study: Study, action: StudyAction) -> bool:
    """Whether a POST to its page does it; what it refuses is said on the study's page."""
    client = Client()
    client.force_login(study.owner)
    data: dict[str, Any] = {"reason": REASON, "labels": "Late"}
    name = {"change": "edit"}.get(action.name, action.name)

    def do() -> None:
        if action == CHANGE:  # forms of many fields: that the first is shown is enough
            shown = client.get(reverse("studies:study-step", args=[study.pk, "asked"])).status_code == 200
            if shown:
                change_study(study=study, by=study.owner, title="Another")
            return
        reply = client.post(reverse(f"studies:study-{name}", args=[study.pk]), data)
        assert reply.status_code in {302, 422}
        do_queued_work()

    return took_place(study, do)


def by_command(study: Study, action: StudyAction) -> bool:
    """Whether a command does it; what it refuses is an error of the command."""

    def do() -> None:
        out, by = io.StringIO(), ("--by", study.owner.username)
        if action == INVITE:
            call_command("invite_observers", str(study.pk), "Late", *by, stdout=out)
        else:
            call_command("study_lifecycle", str(study.pk), action.name, "--reason", REASON, *by, stdout=out)

    return took_place(study, lambda: refused_in_words(do, action, CommandError))


def refused_in_words(do: Callable[[], object], action: StudyAction, error: type[Exception]) -> None:
    """Do something; where it is refused, be told in which states it is possible."""
    refused = ""
    with suppress(error):
        try:
            do()
        except error as raised:
            refused = str(raised)
            raise
    assert not refused or f"only a study that is {allowed_in(action)}" in refused


def allowed_in(action: StudyAction) -> str:
    words = {"draft": "a draft", "pilot": "in its pilot"}
    return " or ".join(words.get(state, str(state)) for state in action.states_in_order)


@every_state
def test_what_the_table_allows_is_done_and_nothing_else(state: str) -> None:
    study = make_study_in(state)
    for action in ACTIONS:
        expected = action.is_possible(state)
        assert by_service(study, action) == expected, action.name
        assert by_page(study, action) == expected, action.name
        if action != CHANGE:  # no command changes a draft
            assert by_command(study, action) == expected, action.name


@every_state
def test_the_page_of_a_study_offers_what_is_possible(state: str, client: Client) -> None:
    study = make_study_in(state)
    client.force_login(study.owner)

    page = client.get(reverse("studies:study-detail", args=[study.pk])).content.decode()

    links = [f"./{action.name}/" for action in CONFIRMED] + [
        reverse(f"studies:study-{action.name}", args=[study.pk]) for action in CONFIRMED
    ]
    offered = {link.strip("/").split("/")[-1] for link in links if f'href="{link}"' in page}
    possible = {action.name for action in CONFIRMED if action.is_possible(state)}
    assert offered == possible - {"unblind"}  # which is offered where the results would be
    assert ('action="' + reverse("studies:study-invite", args=[study.pk]) in page) == INVITE.is_possible(state)
    assert (reverse("studies:study-edit", args=[study.pk]) in page) == CHANGE.is_possible(state)


@pytest.mark.parametrize("action", CONFIRMED, ids=lambda action: action.name)
def test_each_has_a_page_that_says_what_follows_and_changes_nothing(action: StudyAction, client: Client) -> None:
    study = make_study_in(action.states_in_order[0])
    client.force_login(study.owner)
    before, events = Study.with_pilots.count(), AuditEvent.objects.count()
    address = reverse(f"studies:study-{action.name}", args=[study.pk])

    page = client.get(address)

    follows = consequences_of(study, action)
    text = page.content.decode()
    assert page.status_code == 200
    assert all(sentence in text for sentence in (*follows.happens, *follows.for_good))
    assert "What cannot be undone" in text or not follows.for_good
    if action.reason is Reason.REQUIRED:
        assert client.post(address, {"reason": "  "}).status_code == 422
    assert (Study.with_pilots.count(), AuditEvent.objects.count()) == (before, events)
    assert Study.objects.get().state == study.state


@pytest.mark.parametrize("action", TRANSITIONS, ids=lambda action: action.name)
def test_each_leads_where_the_table_says_and_is_written_down(action: StudyAction) -> None:
    study = make_study_in(action.states_in_order[0])
    by = study.owner

    perform(action, study=study, by=by, reason=REASON)

    study.refresh_from_db()
    assert study.state == action.leads_to
    event = AuditEvent.objects.filter(study_uid=study.uid, action=action.event).latest("pk")
    assert event.by == by.username
    assert event.reason == ("" if action.reason is Reason.NOT_ASKED else REASON)


@pytest.mark.parametrize("action", [action for action in CONFIRMED if action.reason is Reason.REQUIRED])
def test_what_matters_is_not_done_without_a_reason(action: StudyAction) -> None:
    study = make_study_in(action.states_in_order[0])

    for reason, message in (("", "Say why"), (" \n", "Say why"), ("x" * 501, "at most 500")):
        with pytest.raises(StudyError, match=message):
            perform(action, study=study, by=study.owner, reason=reason)

    assert Study.objects.get().state == study.state


def test_the_command_says_what_would_follow_and_does_nothing() -> None:
    study, out = make_study_in("open"), io.StringIO()

    call_command("study_lifecycle", study.title, "close", "--explain", stdout=out)

    assert "What cannot be undone:" in out.getvalue()
    assert Study.objects.get().state == StudyState.OPEN


def test_the_drawing_in_the_documentation_is_the_table() -> None:
    page = (Path(settings.BASE_DIR) / "docs/lifecycle.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^ +(\w+) --> (\w+): (.+)$", page, re.MULTILINE))

    table = {(str(state), str(action.leads_to), action.label) for action in TRANSITIONS for state in action.states}
    assert drawn == table
