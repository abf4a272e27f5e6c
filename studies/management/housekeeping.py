"""What has had its time, deleted in one go: personal data of studies, sign-ins, their failures, uploads nobody took up.

`manage.py delete_expired` does it, and the workers once a day (`ml.workers.duties`).
"""

import datetime as dt
import logging
from dataclasses import dataclass

from django.contrib.sessions.models import Session as SignIn
from django.utils import timezone
from django_tasks import task

from ml.models import Run
from ml.runs.status import ON_THE_WAY
from ml.uploads.receiving import n_left_over, sweep_uploads
from perception.site.failed_sign_ins import forget_failures, n_ended_failures
from studies.data_protection.expiry import delete_expired_people, expired_people
from studies.data_protection.kept_reports import remove_files_without_report
from studies.data_protection.outside_ids import delete_expired_outside_ids, expired_outside_ids
from studies.errors import StudyError
from studies.models.study import Study
from studies.sessions.recruitment.abandonment import release_abandoned_everywhere

logger = logging.getLogger(__name__)

DELETION_EVERY = dt.timedelta(days=1)
RELEASE_EVERY = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Expired:
    """One kind of thing whose time is over: what it is, in words, and how many there are of it."""

    what: str
    count: int


def expired(now: dt.datetime) -> list[Expired]:
    """Return what would be deleted now; only what there is."""
    found = [
        *(
            Expired(
                f"people of {_named(one.study)}, kept until {one.since:%d %B %Y}",
                one.count,
            )
            for one in expired_people(now)
        ),
        *(
            Expired(f"recruiters' ids of {_named(one.study)}, kept until {one.since:%d %B %Y}", one.count)
            for one in expired_outside_ids(now)
        ),
        Expired("sign-ins that have ended", _ended_sign_ins(now)),
        Expired("failed sign-ins whose pause is over", n_ended_failures()),
        Expired("uploads that nobody took up", n_left_over()),
    ]
    return [one for one in found if one.count]


def delete_expired(now: dt.datetime) -> list[Expired]:
    """Delete what has had its time; return what that was. Asked again, there is nothing left.

    Raises
    ------
    StudyError
        The people of some studies could not be deleted. All else was, whichever study came first.
    """
    done = expired(now)
    failed = []
    for one in list(expired_people(now)):
        try:
            delete_expired_people(study=one.study, now=now)
        except Exception:  # whatever it is, it keeps nobody else's data
            logger.exception("The people of study %d could not be deleted, whose time is over.", one.study.pk)
            failed.append(_named(one.study))
    for ids in list(expired_outside_ids(now)):
        delete_expired_outside_ids(study=ids.study, now=now)
    SignIn.objects.filter(expire_date__lt=now).delete()
    forget_failures()
    sweep_uploads()
    making = Run.objects.filter(kind=Run.Kind.MAKE_REPORT, state__in=ON_THE_WAY)
    remove_files_without_report(but=set(making.values_list("options__study", flat=True)))
    if failed:
        raise StudyError(
            f"The people of {', '.join(failed)} could not be deleted, whose time is over; the log says why. All else "
            "that has had its time is deleted. Ask again once it is mended."
        )
    return done


@task()
def delete_expired_daily() -> None:
    """Delete what has had its time."""
    for one in delete_expired(timezone.now()):
        logger.info("Deleted, because its time is over: %d %s.", one.count, one.what)


@task()
def release_places_regularly() -> None:
    """Free the places of abandoned sessions.

    Whoever arrives frees them as well; this is for the pages that show how far a study is, and for its closing.
    """
    if released := release_abandoned_everywhere(timezone.now()):
        logger.info("Freed the places of %d abandoned sessions.", released)


def _named(study: Study) -> str:
    return f"“{study.title}”{' (pilot)' if study.is_pilot else ''}"


def _ended_sign_ins(now: dt.datetime) -> int:
    return SignIn.objects.filter(expire_date__lt=now).count()
