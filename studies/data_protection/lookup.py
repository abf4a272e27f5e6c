"""Who is meant: a person in a study or one of its pilots, by label, link, or the link's token."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from studies.errors import StudyError
from studies.models.observer import Observer
from studies.models.study import Study

IS_PERSON = Q(is_simulated=False, detached_at=None)
"""Which observers stand for somebody of whom something is stored: neither simulated, nor detached from the answers."""


def people_of(study: Study) -> QuerySet[Observer]:
    """Return the people of whom a study or its pilots keep something: neither simulated, nor detached from answers."""
    return (
        Observer.objects.filter(IS_PERSON, Q(study=study) | Q(study__pilot_of=study))
        .select_related("study__pilot_of", "session")
        .defer("study__protocol", "study__pilot_of__protocol")
        .order_by("study__pilot_of_id", "pk")
    )


def person_from(text: str, study: Study) -> Observer:
    """Return the person that a label, a link or the token in it names.

    Raises
    ------
    StudyError
        Nobody is called so; or somebody in the study and somebody in a pilot are.
    """
    text = text.strip()
    people = people_of(study)
    if found := people.filter(token=token_in(text)).first():
        return found
    with_label = list(people.filter(label=text)[:2])
    if len(with_label) == 1:
        return with_label[0]
    if with_label:
        raise StudyError(
            gettext("Several people are called “%(label)s”, in the study and its pilots: give the link.")
            % {"label": text}
        )
    raise StudyError(
        gettext(
            "Of nobody with the label or link “%(label)s” anything is stored in “%(study)s”: they were never invited "
            "to it, or their data are gone."
        )
        % {"label": _shown(text), "study": study.title}
    )


def token_in(text: str) -> str:
    """Return the token in a link, whatever page of the observer it leads to; a text that is no link as it is."""
    _, found, rest = text.partition("/o/")
    return rest.partition("/")[0].partition("?")[0] if found else text


def _shown(text: str) -> str:
    """Return a label as it is; of a link nothing, since it is a secret."""
    return "…" if "/o/" in text else text[:60]
