"""A draft whose numbers follow from a plan, which is kept with it."""

from django.contrib.auth.models import User
from django.db import transaction

from perception.analysis.json_values import JsonObject
from studies.design.lifecycle import create_study, keep_plan
from studies.models.study import Study
from studies.planning.kept_plan import KeptPlan


def create_planned_study(*, by: User, plan: JsonObject | None, **options: object) -> Study:
    """Make a draft with the numbers of a plan, and keep the plan with it.

    Parameters
    ----------
    plan
        As `studies.planning.kept_plan.make_kept_plan` returns it; its numbers go before those among the options. None:
        the options alone.
    by, options
        As for `create_study`.

    Raises
    ------
    ValidationError
        By option, with what to change.
    """
    if plan is None:
        return create_study(by=by, **options)
    with transaction.atomic():
        study = create_study(by=by, **options | KeptPlan.read(plan).options)
        return keep_plan(study=study, by=by, plan=plan)
