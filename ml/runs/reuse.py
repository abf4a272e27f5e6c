"""What the very same work made before: whoever makes several things does not make one again."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from django.db import models
from django.utils.translation import gettext

from ml.errors import MlError
from ml.models import Run
from ml.runs.lifecycle import perform
from ml.runs.lookup import find_named
from ml.runs.work import Work
from perception.core.progress import Progress

Made = TypeVar("Made", bound=models.Model)
ShowProgress = Callable[[str], AbstractContextManager[Progress]]
"""Given a title, shows the progress of one long step while a block runs."""


def find_reusable(model: type[Made], work: Work[models.Model]) -> Made | None:
    """Return the row of the work's name if the same was asked of the run that made it; None if there is none."""
    made = find_named(model, _name(work))
    run = None if made is None else _run_of(made)
    return None if run is None or work.differences_from(run) else made


def name_is_taken(model: type[models.Model], work: Work[models.Model]) -> bool:
    """Say whether something else has the work's name."""
    return find_named(model, _name(work)) is not None and find_reusable(model, work) is None


def find_or_make(
    model: type[Made], work: Work[Made], title: str, show_progress: ShowProgress, *, made_otherwise: bool = False
) -> Made:
    """Return the row of the work's name; do the work if there is none.

    Parameters
    ----------
    title
        Of the work, for its progress.
    made_otherwise
        Whether a row will do that other options made.

    Raises
    ------
    MlError
        There is one that was made otherwise, or the work failed.
    """
    made = find_named(model, _name(work))
    if made is None:
        with show_progress(title) as progress:
            return perform(work, progress=progress)
    run = _run_of(made)
    if not made_otherwise and run is not None and (other := work.differences_from(run)):
        told = ", ".join(
            gettext("%(option)s %(there)s, not %(here)s") % {"option": option, "there": repr(there), "here": repr(here)}
            for option, (there, here) in other.items()
        )
        raise MlError(
            gettext(
                "There is a %(verbose_name)s %(work)s already that was made otherwise (%(told)s). Give another "
                "--name, or ask for the same."
            )
            % {"verbose_name": gettext(str(model._meta.verbose_name)), "work": repr(_name(work)), "told": told}
        )
    return made


def _name(work: Work[models.Model]) -> str:
    return str(work.as_options()["name"])


def _run_of(made: models.Model) -> Run | None:
    run: Run | None = getattr(made, "run", None)
    return run
