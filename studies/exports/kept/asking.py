"""A report asked for: by whoever opens its page. What makes it is loaded by the worker alone."""

from django.contrib.auth.models import User
from django.db import transaction

from ml.errors import MlError
from ml.models import Run
from ml.runs.status import ON_THE_WAY
from ml.tasks import enqueue_checked
from studies.errors import StudyError
from studies.exports.kept.fingerprint import fingerprint_of
from studies.exports.kept.making import ReportMaking
from studies.models.study import Study


def ask_for_report(*, study: Study, by: User) -> Run:
    """Queue the making of a study's report, unless it is on its way or failed of the same data; return its run.

    To be called outside a transaction.

    Raises
    ------
    StudyError
        Its results may not be seen.
    """
    work = ReportMaking(study=str(study.uid), name=study.title, fingerprint=fingerprint_of(study))
    try:
        work.check()
        with transaction.atomic():
            Study.objects.select_for_update().defer("protocol").get(pk=study.pk)
            last = latest_making(study)
            if last is not None and (last.state in ON_THE_WAY or _is_vain(last, work)):
                return last
            return enqueue_checked(work, by=by)
    except MlError as error:
        raise StudyError(str(error)) from error


def ask_again(*, study: Study, by: User) -> Run:
    """Queue the making of a report that failed.

    Raises
    ------
    StudyError
        Its results may not be seen.
    """
    last = latest_making(study)
    if last is not None and last.state not in ON_THE_WAY:
        # So that it does not count as made in vain from the same data.
        Run.objects.filter(pk=last.pk).update(options={**last.options, "fingerprint": ""})
    return ask_for_report(study=study, by=by)


def latest_making(study: Study) -> Run | None:
    """Return the last run that was to make a study's report; None where there was none."""
    return Run.objects.filter(kind=Run.Kind.MAKE_REPORT, options__study=str(study.uid)).order_by("-pk").first()


def _is_vain(run: Run, work: ReportMaking) -> bool:
    """Whether a run failed that was asked for the very same, and so would fail again."""
    return run.state == Run.State.FAILED and run.options.get("fingerprint") == work.fingerprint
