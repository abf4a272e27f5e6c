"""Putting a closed study away, and taking it back: nothing of it is lost, its answers and figures stay as they are."""

from django.contrib.auth.models import User

from studies.design.lifecycle.step import simple_step
from studies.models.study import Study
from studies.models.study_state import ARCHIVE, RESTORE


def archive_study(*, study: Study, by: User, reason: str = "") -> Study:
    """Take a closed study out of the list."""
    return simple_step(study, ARCHIVE, by=by, reason=reason)


def restore_study(*, study: Study, by: User, reason: str = "") -> Study:
    """Take an archived study back into the list, as the closed one that it was."""
    return simple_step(study, RESTORE, by=by, reason=reason)
