"""What the very same work made before: a command that makes several things does not make it again."""

from typing import Any, TypeVar

from django.db import models

from ml.models import Run
from ml.runs.work import Work

Made = TypeVar("Made", bound=models.Model)


def find_reusable(model: type[Made], work: Work[Any]) -> Made | None:
    """Return the row of the work's name if the same was asked of the run that made it; None if there is none."""
    asked = work.as_options()
    there = model._default_manager.filter(name=asked["name"]).first()
    run: Run | None = getattr(there, "run", None)
    if there is None or run is None:
        return None
    return there if {name: value for name, value in run.options.items() if name != "uid"} == asked else None


def name_is_taken(model: type[models.Model], work: Work[Any]) -> bool:
    """Say whether something else has the work's name."""
    taken = model._default_manager.filter(name=work.as_options()["name"]).exists()
    return taken and find_reusable(model, work) is None
