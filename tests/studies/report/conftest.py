"""Studies that were answered: made once for all tests of reports, which read them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoDbBlocker

from studies.models import Study
from studies.trial_types import TRIAL_TYPES
from tests.shared_rows import rows_of
from tests.studies.answered import simulated_study, with_everything
from tests.studies.factories import make_researcher


@dataclass(frozen=True)
class AnsweredStudies:
    """One study of each trial type as `simulated_study` makes it, and one as `with_everything` does.

    What a test changes of them is undone after it, but for files. Their owner is there for the tests that take one:
    a command without `--by` is for the only user there is.
    """

    owner: int
    plain: Mapping[str, int]
    full: Mapping[str, int]

    def simulated(self, trial_type: str) -> Study:
        """Return the study of 6 + 4 trials and three simulated observers."""
        return self._taken(self.plain[trial_type])

    def with_everything(self, trial_type: str) -> Study:
        """Return the study with practice, catch trials, a second question, and the attack's own evaluation."""
        return self._taken(self.full[trial_type])

    def _taken(self, study: int) -> Study:
        User.objects.filter(pk=self.owner).update(is_active=True)
        return Study.objects.get(pk=study)


def make_answered_studies() -> AnsweredStudies:
    """Make them all."""
    owner = make_researcher()
    studies = AnsweredStudies(
        owner=owner.pk,
        plain={trial_type: simulated_study(trial_type, owner=owner).pk for trial_type in TRIAL_TYPES},
        full={trial_type: with_everything(trial_type, owner=owner).pk for trial_type in TRIAL_TYPES},
    )
    User.objects.filter(pk=owner.pk).update(is_active=False)
    return studies


@pytest.fixture(scope="package")
def answered(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[AnsweredStudies]:
    """Return the studies that the tests of this folder share."""
    with rows_of(make_answered_studies, django_db_blocker) as studies:
        yield studies
