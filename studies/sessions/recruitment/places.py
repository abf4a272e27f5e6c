"""Places of an open link: taken by whoever begins, left by whoever ends early. To be called in a transaction."""

from django.utils import timezone

from studies.models.observer import Observer
from studies.models.recruitment.open_link import OpenLink
from studies.models.recruitment.place import Place
from studies.models.study import Study


def take_place(*, link: OpenLink, group: str, observer: Observer) -> Place | None:
    """Give an observer the first free place of a link, with the order of trials that was drawn for it.

    Parameters
    ----------
    link
        The caller's transaction holds the study's row, so that nobody else takes the same place.
    group
        Of the observer; empty where the study has no groups.

    Returns
    -------
    Place or None
        None where all are taken.
    """
    free = Place.objects.filter(link=link, group=group, observer__isnull=True, sequence__isnull=False)
    place = free.order_by("number").first()
    if place is None:
        return None
    place.observer = observer
    place.save(update_fields=["observer"])
    observer.plan = place.sequence
    observer.save(update_fields=["plan"])
    return place


def leave_place(observer: Observer) -> None:
    """Free the place of an observer whose answers will not be analysed; nothing changes if they have none."""
    Place.objects.filter(observer=observer).update(observer=None)


def places_are_left(study: Study) -> bool:
    """Whether somebody could still begin by one of a study's open links (one query)."""
    links = OpenLink.objects.filter(study=study, revoked_at__isnull=True)
    not_over = links.exclude(deadline__lte=timezone.now())
    return Place.objects.filter(link__in=not_over, observer__isnull=True).exists()


def has_free_place(link: OpenLink) -> bool:
    """Whether somebody could begin by this link, in any group (one query)."""
    return Place.objects.filter(link=link, observer__isnull=True).exists()
