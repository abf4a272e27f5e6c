"""When something was last heard of a session, asked of many in the database."""

from django.db.models import F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from studies.models.answer import Answer
from studies.models.trial import Trial

PAGES_LEFT = ("screened_at", "questionnaire_at", "asked_at", "instructed_at")
"""When pages of a session were left that come before the trials."""


def last_seen(*, session: str = "") -> Greatest:
    """Return what is the moment of the last sign: the consent, a page left, a trial shown, or an answer.

    Parameters
    ----------
    session
        How the rows that are asked for reach the session, such as `session` of an observer; empty for sessions. Of
        an observer who has not begun there is no moment.
    """
    path = f"{session}__" if session else ""
    begun = F(f"{path}consented_at")
    own = OuterRef(f"{path}pk")
    answered = Answer.objects.filter(trial__session=own).order_by().values("trial__session")
    served = Trial.objects.filter(session=own).order_by().values("session")
    signs = (
        *(F(f"{path}{moment}") for moment in PAGES_LEFT),
        Subquery(answered.annotate(last=Max("answered_at")).values("last")),
        Subquery(served.annotate(last=Max("served_at")).values("last")),
    )
    return Greatest(begun, *(Coalesce(sign, begun) for sign in signs))
