"""Whoever comes by an open link: let in as a new observer, led back to their own session, or turned away.

Nothing is stored before the consent. With it, one transaction makes the observer under a random label, keeps the
recruiter's id apart, takes the place and begins the session.
"""

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.core import signing
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from perception.core.write_queue import write_transaction
from studies.errors import StudyError
from studies.models.observer import Observer
from studies.models.recruitment.open_link import OpenLink
from studies.models.recruitment.outside_id import LONGEST_ID, OutsideId
from studies.models.recruitment.recruiter import CONVENTIONS
from studies.models.recruitment.turned_away import MOST_TOLD_APART, NOBODY, TurnedAway
from studies.models.study import Study
from studies.sessions.read_anew.rows import locked_study
from studies.sessions.recruitment.abandonment import release_abandoned
from studies.sessions.recruitment.places import has_free_place, take_place
from studies.sessions.start import begin_session
from studies.tokens import new_token

LABEL_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that nobody mistakes for one another when they are read out."""
LABEL_LENGTH = 8
_ARRIVAL = "open link"
_LONGEST_STAY = 24 * 60 * 60
"""Seconds for which a welcome page that was opened can be consented on."""


class ArrivalProblem(Enum):
    """Why an address does not say who comes."""

    NO_ID = "no id"
    PREVIEW = "preview"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the address of somebody who comes by an open link says.

    Attributes
    ----------
    outside_id
        By which the recruiter knows the person; empty where the link asks for none.
    parameters
        What else the recruiter says, by the names of the parameters.
    problem
        Why nobody can begin with this address.
    """

    outside_id: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    problem: ArrivalProblem | None = None


class TurnedAwayError(StudyError):
    """Somebody was not let in."""

    def __init__(self, reason: TurnedAway.Reason) -> None:
        """Keep the reason."""
        super().__init__(str(reason.label))
        self.reason = reason


def read_arrival(link: OpenLink, given: Mapping[str, str]) -> Arrival:
    """Return what an address says of who comes.

    Parameters
    ----------
    given
        The parameters of the address. What is longer than an id can be, or was not filled in by the recruiter, is no
        id.
    """
    if not link.asks_id:
        return Arrival()
    convention = CONVENTIONS.get(link.recruiter)
    values = {
        name: given.get(name, "").replace("\0", "").strip() for name in (link.person_parameter, *link.kept_parameters)
    }
    if convention and convention.preview_value and convention.preview_value in values.values():
        return Arrival(problem=ArrivalProblem.PREVIEW)
    placeholders = convention.placeholders if convention else ()
    outside_id = values.pop(link.person_parameter)
    if not outside_id or len(outside_id) > LONGEST_ID or outside_id in placeholders:
        return Arrival(problem=ArrivalProblem.NO_ID)
    return Arrival(outside_id, {name: value[:LONGEST_ID] for name, value in values.items() if value})


def observer_of(link: OpenLink, arrival: Arrival) -> Observer | None:
    """Return the observer as whom somebody has begun before; None where nobody has, or no id is asked for."""
    if not arrival.outside_id:
        return None
    return Observer.objects.filter(
        study=link.study_id, outside_id__recruiter=link.recruiter, outside_id__value=arrival.outside_id
    ).first()


def why_turned_away(link: OpenLink, arrival: Arrival) -> TurnedAway.Reason | None:
    """Return why somebody who has not begun could not begin now; None where they could."""
    if took_part_earlier(link, arrival):
        return TurnedAway.Reason.EARLIER
    return None if has_free_place(link) else TurnedAway.Reason.FULL


def took_part_earlier(link: OpenLink, arrival: Arrival) -> bool:
    """Whether somebody with this id of this recruiter has begun one of the studies that the link names."""
    if not arrival.outside_id:
        return False
    earlier = link.earlier_studies.values("pk")
    return OutsideId.objects.filter(study__in=earlier, recruiter=link.recruiter, value=arrival.outside_id).exists()


def count_turned_away(link: OpenLink, arrival: Arrival, reason: TurnedAway.Reason) -> None:
    """Count somebody who was turned away: with an id once, without one each time."""
    digest = _digest(link, arrival.outside_id) if arrival.outside_id else NOBODY
    with write_transaction():
        rows = TurnedAway.objects.filter(link=link)
        if rows.filter(reason=reason, digest=digest).exists():
            if digest != NOBODY:
                return
        elif digest != NOBODY and rows.count() >= MOST_TOLD_APART:
            digest = NOBODY
        _, is_new = rows.get_or_create(link=link, reason=reason, digest=digest)
        if not is_new:
            rows.filter(reason=reason, digest=digest).update(count=F("count") + 1)


def _digest(link: OpenLink, told: str) -> str:
    return salted_hmac(f"{_ARRIVAL}.{link.pk}", told, algorithm="sha256").hexdigest()


def new_visit(link: OpenLink) -> str:
    """Return what a welcome page carries, so that its consent, sent twice, begins one session."""
    return signing.dumps(new_token(), salt=f"{_ARRIVAL}.{link.token}")


def arrive(
    *, link: OpenLink, arrival: Arrival, visit: str, language: str, display: dict[str, Any] | None = None
) -> Observer:
    """Let somebody who consents begin, or return the observer that they are already.

    Parameters
    ----------
    visit
        As `new_visit` has made it for the page.
    language, display
        As for `start_session`.

    Raises
    ------
    TurnedAwayError
        They took part in an earlier study, or all places are taken. It is counted.
    StudyError
        The study is not open, the link is over, the address does not say who comes, or the page was opened too long
        ago.
    """
    now = timezone.now()
    try:
        token: str = signing.loads(visit, salt=f"{_ARRIVAL}.{link.token}", max_age=_LONGEST_STAY)
    except signing.BadSignature as error:
        raise StudyError(gettext("This page was opened too long ago. Open the link again.")) from error
    if arrival.problem is not None:
        raise StudyError(gettext("The address does not say who comes."))
    with write_transaction():
        reason = _let_in(link, arrival, token, now, language=language, display=display)
    if isinstance(reason, Observer):
        return reason
    count_turned_away(link, arrival, reason)
    raise TurnedAwayError(reason)


def _let_in(
    link: OpenLink, arrival: Arrival, token: str, now: dt.datetime, *, language: str, display: dict[str, Any] | None
) -> Observer | TurnedAway.Reason:
    study = locked_study(link.study_id)
    link = OpenLink.objects.get(pk=link.pk)
    known = observer_of(link, arrival) or Observer.objects.filter(study=study, token=token).first()
    if known is not None:
        return known
    if study.state != Study.State.OPEN or link.is_over(now):
        raise StudyError(gettext("This study is not open."))
    release_abandoned(study, now)
    if (reason := why_turned_away(link, arrival)) is not None:
        return reason
    observer = Observer.objects.create(
        study=study, label=_new_label(study), token=token, group=link.group, open_link=link
    )
    if not study.tells_groups_by_question:  # else the place is taken when the group is told
        take_place(link=link, group=link.group, observer=observer)
    if arrival.outside_id:
        OutsideId.objects.create(
            observer=observer,
            study=study,
            recruiter=link.recruiter,
            value=arrival.outside_id,
            parameters=dict(arrival.parameters),
        )
        # Whoever found all places taken, and came again by this link or another, is counted among the observers alone.
        links = OpenLink.objects.filter(study=study, recruiter=link.recruiter)
        digests = [_digest(one, arrival.outside_id) for one in links]
        TurnedAway.objects.filter(link__in=links, digest__in=digests).delete()
    begin_session(observer=observer, study=study, language=language, display=display)
    return observer


def _new_label(study: Study) -> str:
    """Return a random label that nobody in the study has."""
    while True:
        label = "".join(secrets.choice(LABEL_ALPHABET) for _ in range(LABEL_LENGTH))
        if not Observer.objects.filter(study=study, label=label).exists():
            return label
