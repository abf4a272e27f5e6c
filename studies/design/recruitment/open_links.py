"""Links for everybody: made, changed and revoked, with the places that they have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from studies import audit
from studies.design.recruitment.counts import Recruitment
from studies.design.recruitment.place_drawing import PlaceSequences, change_with_places
from studies.errors import StudyError
from studies.models.audit_event import AuditEvent
from studies.models.recruitment.open_link import MOST_PLACES, OpenLink
from studies.models.recruitment.place import Place
from studies.models.recruitment.recruiter import CONVENTIONS
from studies.models.study import Study
from studies.models.study_state import INVITE, RUNNING, why_impossible


@dataclass(frozen=True, slots=True)
class LinkCounts:
    """A link with how many places it has, how many are taken and finished, and how many people it turned away."""

    link: OpenLink
    places: int
    taken: int
    finished: int
    turned_away: int


HANDING_ON = (
    '<a id="study" target="_blank" href="{address}">Begin</a>'
    '<script>document.getElementById("study").search = location.search</script>'
)
"""For the source of a recruiter's page: a link that hands on what the page's own address says."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts that are this machine: whoever tries a recruiter out there needs no encryption."""
ADDRESSES = ("completion_url", "screen_out_url", "full_url")


Places = int | Mapping[str, int]
"""How many places a link has: in all, or by group where observers tell theirs in the questionnaire."""


def make_open_link(*, study: Study, places: Places, by: User, **fields: Any) -> OpenLink:
    """Make a link for everybody, with places; where the study is open, draw the order of trials of each.

    Parameters
    ----------
    places
        How many, from 1 to `MOST_PLACES`; by group (a group may have none) where observers tell theirs in the
        questionnaire.
    fields
        Of `OpenLink`: `name`, and what is not as usual.

    Raises
    ------
    StudyError
        The study is over, or the number of places is impossible.
    ValidationError
        By field, what is wrong with it.
    """
    earlier = fields.pop("earlier_studies", ())

    def change(sequences: PlaceSequences) -> OpenLink:
        locked = _locked(study)
        number = (locked.open_links.aggregate(last=Max("number"))["last"] or 0) + 1
        link = OpenLink(study=locked, number=number, **fields)
        _check(link)
        link.save()
        link.earlier_studies.set(earlier)
        _set_places(locked, link, places, sequences)
        audit.record(
            study=locked, action=AuditEvent.Action.OPEN_LINK_MADE, by=by, details=_told(link) | _told_places(places)
        )
        return link

    return change_with_places(change)


def change_open_link(*, link: OpenLink, by: User, places: Places | None = None, **fields: Any) -> OpenLink:
    """Change what a link says, or how many places it has. Whoever holds a place keeps it.

    Parameters
    ----------
    places
        How many from now on; None leaves them. No fewer than are taken.
    fields
        Of `OpenLink`; who sends people and the group stay as they are once somebody has come by it.

    Raises
    ------
    StudyError
        The study is over, or fewer places are asked for than are taken.
    ValidationError
        By field, what is wrong with it.
    """
    earlier = fields.pop("earlier_studies", None)

    def change(sequences: PlaceSequences) -> OpenLink:
        study = _locked(link.study)
        locked = OpenLink.objects.select_for_update().get(pk=link.pk)
        changed = {name: value for name, value in fields.items() if getattr(locked, name) != value}
        fixed = {"recruiter", "id_parameter", "group"} & changed.keys()
        if fixed and locked.observers.exists():
            raise ValidationError(
                {name: gettext("Somebody has come by this link: make another one instead.") for name in fixed}
            )
        for name, value in changed.items():
            setattr(locked, name, value)
        _check(locked)
        locked.save()
        if earlier is not None:
            locked.earlier_studies.set(earlier)
        if "group" in changed:
            locked.places.update(group=locked.group, sequence=None)
        if places is not None or "group" in changed:
            _set_places(study, locked, locked.places.count() if places is None else places, sequences)
        details = _told(locked) | ({} if places is None else _told_places(places))
        audit.record(study=study, action=AuditEvent.Action.OPEN_LINK_CHANGED, by=by, details=details)
        return locked

    return change_with_places(change)


def revoke_open_link(*, link: OpenLink, by: User) -> OpenLink:
    """Let nobody begin by a link any more; whoever has begun can finish."""
    with transaction.atomic():
        study = Study.with_pilots.select_for_update().get(pk=link.study_id)
        link = OpenLink.objects.select_for_update().get(pk=link.pk)
        if link.revoked_at is None:
            link.revoked_at = timezone.now()
            link.save(update_fields=["revoked_at"])
            audit.record(study=study, action=AuditEvent.Action.OPEN_LINK_REVOKED, by=by, details=_told(link))
    return link


def open_link_url(link: OpenLink, base_url: str | None = None) -> str:
    """Return what to give to the recruiter: the address with what the recruiter fills in, or a script with it."""
    address = (base_url or settings.BASE_URL) + reverse("open-link:welcome", args=[link.token])
    if not link.asks_id:
        return address
    convention = CONVENTIONS.get(link.recruiter)
    if convention is not None and convention.by_script:
        return HANDING_ON.format(address=address)
    names = (link.person_parameter, *link.kept_parameters)
    if convention is None:
        return f"{address}?" + "&".join(f"{name}=…" for name in names)
    filled = dict(zip(convention.parameters, convention.placeholders, strict=True))
    filled[link.person_parameter] = convention.placeholders[0]
    # The recruiter looks for its placeholders as they are: nothing of them may be escaped.
    return f"{address}?" + "&".join(f"{name}={filled.get(name, '…')}" for name in names)


def links_with_counts(study: Study) -> list[LinkCounts]:
    """Return a study's links in the order in which they were made (four queries)."""
    recruitment = Recruitment.of(study)
    return [
        LinkCounts(line.link, line.places, line.taken, line.finished, sum(recruitment.away(line.link.pk).values()))
        for line in recruitment.by_link
        if line.link is not None
    ]


def _locked(study: Study) -> Study:
    study = Study.with_pilots.select_for_update().get(pk=study.pk)
    if why := why_impossible(INVITE, title=study.title, state=study.state):
        raise StudyError(why)
    return study


def _check(link: OpenLink) -> None:
    """Raise what is wrong with the fields of a link, by field."""
    wrong: dict[str, str] = {}
    try:
        link.full_clean(exclude=["study", "number", "token"], validate_constraints=False)
    except ValidationError as error:
        wrong |= {name: " ".join(messages) for name, messages in error.message_dict.items()}
    told_later = link.study.tells_groups_by_question
    groups = () if told_later else link.study.group_names
    if groups and link.group not in groups:
        wrong["group"] = gettext("Say to which group whoever comes by this link belongs: %(groups)s.") % {
            "groups": ", ".join(groups)
        }
    if not groups and link.group:
        wrong["group"] = (
            gettext("Observers tell their group in the questionnaire: this link is for all groups.")
            if told_later
            else gettext("The study has no groups of observers.")
        )
    if link.asks_id and not link.person_parameter:
        wrong["id_parameter"] = gettext("Say which parameter of the address holds the person’s id.")
    for name in ADDRESSES:
        address = getattr(link, name)
        if address and (why := _why_no_address(address)):
            wrong[name] = why
    same = link.study.open_links.filter(name=link.name).exclude(pk=link.pk)
    if same.exists():
        wrong["name"] = gettext("The study has a link of this name already.")
    if wrong:
        raise ValidationError(wrong)


def _why_no_address(address: str) -> str:
    parts = urlsplit(address.strip())
    schemes = {"https", "http"} if parts.hostname in LOOPBACK else {"https"}
    if parts.scheme not in schemes or not parts.hostname:
        return gettext("An address begins with https:// and names a host.")
    return ""


def _set_places(study: Study, link: OpenLink, places: Places, sequences: PlaceSequences) -> None:
    """Bring a link to so many places: further ones behind the last, or fewer from the end, free ones alone."""
    by_group = _by_group(study, link, places)
    if min(by_group.values()) < 0 or not 1 <= sum(by_group.values()) <= MOST_PLACES:
        raise StudyError(gettext("A link has 1 to %(most)d places.") % {"most": MOST_PLACES})
    link.places.exclude(group__in=by_group).filter(observer__isnull=True).delete()
    for group, count in by_group.items():
        numbers = list(link.places.filter(group=group).values_list("number", flat=True))
        if count < len(numbers):
            _take_away(link, group, len(numbers) - count)
        first = max(numbers, default=0) + 1
        further = range(first, first + count - len(numbers))
        Place.objects.bulk_create(Place(link=link, group=group, number=number) for number in further)
    if study.state in RUNNING:
        sequences.store(study)


def _by_group(study: Study, link: OpenLink, places: Places) -> dict[str, int]:
    """Return how many places each group is to have; all are of the link's own group where it has one, or none.

    Raises
    ------
    StudyError
        The places are not told by the study's groups where they must be, or are where they must not.
    """
    if not study.tells_groups_by_question:
        if not isinstance(places, int):
            raise StudyError(gettext("Say how many places the link has in all: it is for one group."))
        return {link.group: places}
    names = study.group_names
    if isinstance(places, int) or not names or set(places) - set(names):
        raise StudyError(
            gettext("Say how many places each group has: %(groups)s.") % {"groups": ", ".join(names) or "–"}
        )
    return {name: places.get(name, 0) for name in names}


def _take_away(link: OpenLink, group: str, count: int) -> None:
    places = link.places.filter(group=group)
    free = list(places.filter(observer__isnull=True).order_by("-number").values_list("pk", flat=True)[:count])
    if len(free) < count:
        taken = places.filter(observer__isnull=False).count()
        raise StudyError(
            gettext("%(taken)d places of “%(name)s” are taken: it can have no fewer.")
            % {"taken": taken, "name": f"{link.name}, {group}" if group else link.name}
        )
    Place.objects.filter(pk__in=free).delete()


def places_by_group(study: Study) -> dict[int, list[tuple[str, int, int]]]:
    """Return of each link whose observers tell their group how many places a group has, and how many are taken.

    By the link's number in the database, in the order of the groups; empty where links are for one group (one query).
    """
    if not study.tells_groups_by_question:
        return {}
    rows = Place.objects.filter(link__study=study).order_by().values_list("link", "group")
    counted = {(link, group): (n, taken) for link, group, n, taken in rows.annotate(n=Count("pk"), t=Count("observer"))}
    return {
        link: [(group, *counted.get((link, group), (0, 0))) for group in study.group_names]
        for link in {link for link, _ in counted}
    }


def _told_places(places: Places) -> dict[str, object]:
    return {"places": places if isinstance(places, int) else dict(places)}


def _told(link: OpenLink) -> dict[str, object]:
    """Return what the log says of a link: no code, no address."""
    told: dict[str, object] = {"link": link.name, "recruiter": link.recruiter}
    return told | ({"group": link.group} if link.group else {})
