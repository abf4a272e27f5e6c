"""Studies that were open before plans were drawn go on after the migration."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from studies.models import Observer, Session
from studies.sessions.start import start_session
from tests.studies.factories import answer_trials, make_open_study, make_study

pytestmark = pytest.mark.django_db

migration = import_module("studies.migrations.0003_sessions_on_the_way")


def test_who_was_invited_gets_an_order_and_who_has_begun_goes_on() -> None:
    study = make_open_study(observers=2, n_perturbed=3, n_clean=2)
    begun, invited = Observer.objects.filter(study=study).order_by("pk")
    session = start_session(observer=begun)
    Session.objects.update(instructed_at=None, consented_at=timezone.now())
    Observer.objects.update(plan=None)
    draft = Observer.objects.create(study=make_study(), label="Of a draft")

    migration.carry_on(apps, None)

    draft.refresh_from_db()
    assert draft.plan is None
    session.refresh_from_db()
    assert session.instructed_at == session.consented_at
    answer_trials(start_session(observer=invited))
    answer_trials(session)
    assert Session.objects.filter(finished_at__isnull=False).count() == 2
    orders = [sorted(one.trials.values_list("stimulus__number", flat=True)) for one in Session.objects.order_by("pk")]
    assert orders == [[1, 2, 3, 4, 5]] * 2
