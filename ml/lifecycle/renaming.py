"""Renaming a dataset, a classifier, an attack or a pair set, while nothing calls it by its name for good."""

from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from ml.errors import MlError
from ml.lifecycle.dependents import MAKING, REFERRED_AS, naming_dependents_of, runs_that_will_make
from ml.lifecycle.rows import hold_names, locked, pair_sets_of
from ml.models import Run
from ml.models.owned import Owned
from ml.runs.checks import check_name
from ml.runs.status import ON_THE_WAY


def rename(*, row: Owned, name: str, by: User | None) -> None:
    """Give a row another name; `by=None` is a command, whose user may do everything.

    Drafts of studies, and what was made of the row, go on with it. Runs that have ended are told with the new name, so
    that their pages lead to it still. What was written down when it was made keeps the earlier name.

    Raises
    ------
    MlError
        The name is empty, too long or taken, or a run on its way will give it; the protocol of a study that has opened
        names the row, or a run needs it; or it is somebody else's, or was deleted meanwhile.
    """
    name = name.strip()
    try:
        with transaction.atomic():
            row = locked(row, by=by)
            earlier = str(row)
            if name == earlier:
                return
            check_name(type(row), name)
            hold_names(pair_sets_of(row).values_list("pk", flat=True))
            if why := why_name_stays(row, seen_by=by):
                raise MlError(why)
            if runs := runs_that_will_make(type(row), name):
                raise MlError(
                    gettext("Run %(run)d is to give the name “%(name)s”: choose another, or cancel the run.")
                    % {"run": runs[0].pk, "name": name}
                )
            named: QuerySet[Any] = type(row).objects.filter(pk=row.pk)
            named.update(name=name)
            _tell_in_runs(row, earlier=earlier, name=name)
    except IntegrityError as error:
        raise MlError(gettext("The name “%(name)s” was given meanwhile: choose another.") % {"name": name}) from error


def why_name_stays(row: Owned, *, seen_by: User | None) -> str:
    """Return why a row cannot be renamed; nothing where it can."""
    naming = naming_dependents_of(row, seen_by=seen_by)
    if not naming:
        return ""
    return gettext("Its name stays, because others call it by that name. %(what)s.") % {
        "what": "; ".join(dependents.in_words for dependents in naming)
    }


def _tell_in_runs(row: Owned, *, earlier: str, name: str) -> None:
    """Let the runs that made or used a row call it by its new name.

    A run that ended before the row was there spoke of another that had the name then.
    """
    options, kind = REFERRED_AS[type(row)], str(row._meta.verbose_name)
    ended = Run.objects.exclude(state__in=ON_THE_WAY).filter(finished_at__gte=getattr(row, "created_at", None))
    made = Q(kind__in=MAKING[type(row)], options__name=earlier)
    used = reduce(or_, (Q(**{f"options__{option}": earlier}) for option in options))
    for run in ended.filter(used | made | Q(result__name=earlier)):
        run.options |= {option: name for option in options if run.options.get(option) == earlier}
        if run.kind in MAKING[type(row)] and run.options.get("name") == earlier:
            run.options["name"] = name
        if run.result and run.result.get("kind") == kind and run.result.get("name") == earlier:
            run.result["name"] = name
        run.save(update_fields=["options", "result"])
