"""The list of personal links, and whom a researcher has selected: by check boxes, or all that the filter lets pass."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from perception.core.lists.pages import Column, ListPage, list_page
from studies.design.invitations import invitation_url
from studies.design.progress import count_by_state, progress_of_groups
from studies.design.recruitment.link_file import LEADS_ON
from studies.design.recruitment.personal_links import people_with_links
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, state_of
from studies.models.study import Study
from studies.researcher.lists.observers import IN_ORDER_OF_INVITATION, IN_ORDER_OF_LIFE, ObserverFilter

EVERYBODY = "everybody"
SELECTED = "selected"
SOME = "some"
"""In addresses: that some are meant, so that whoever checked no box does not get them all."""
COLUMNS = (
    Column("label", gettext_lazy("Observer"), Lower("label")),
    Column("state", gettext_lazy("State"), IN_ORDER_OF_LIFE),
    Column("deadline", gettext_lazy("Begin by"), "deadline"),
    Column("invited", gettext_lazy("Invited on"), "invited_at"),
    Column("link", gettext_lazy("Link"), None),
)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One person's link: `url` is empty where it leads on no more."""

    observer: Observer
    state: ObserverState
    url: str


@dataclass(frozen=True, slots=True)
class LinksTable:
    """One page of the list.

    Attributes
    ----------
    rows, listing
        Its rows, and heads and pages.
    filter
        What was chosen.
    counts
        How many of all are in each state.
    """

    rows: tuple[LinkRow, ...]
    listing: ListPage[Observer]
    filter: ObserverFilter
    counts: Mapping[ObserverState, int]

    @property
    def n_people(self) -> int:
        """How many there are, whatever was chosen."""
        return sum(self.counts.values())

    @property
    def n_leading_on(self) -> int:
        """How many links lead on, whatever was chosen."""
        return sum(self.counts[state] for state in LEADS_ON)


def links_table(study: Study, address: QueryDict, *, base_url: str) -> LinksTable:
    """Return the page of the list that an address asks for (three queries, with groups four).

    Parameters
    ----------
    address
        What a reader chose: `search`, `state`, `group`, `sort`, `page`.
    base_url
        What links begin with.
    """
    people = people_with_links(study)
    counts = count_by_state(people)
    chosen = ObserverFilter(address, counts=counts, groups=progress_of_groups(study, people))
    listing = list_page(people.filter(chosen.condition), COLUMNS, address, sort=IN_ORDER_OF_INVITATION)
    rows = []
    for observer in listing.page:
        state = state_of(observer)
        rows.append(LinkRow(observer, state, invitation_url(observer, base_url) if state in LEADS_ON else ""))
    return LinksTable(tuple(rows), listing, chosen, counts)


def selected_people(study: Study, sent: QueryDict) -> list[Observer]:
    """Return whom a form means: those whose boxes are checked, or all of the list as it was filtered, or all there are.

    Parameters
    ----------
    sent
        `some` where not all are meant: with `selected`, numbers of observers, or with `everybody` and the list's
        `search`, `state` and `group`.
    """
    people = people_with_links(study)
    if SOME not in sent:
        return list(people)
    if EVERYBODY in sent:
        chosen = ObserverFilter(sent, counts=count_by_state(people), groups=progress_of_groups(study, people))
        return list(people.filter(chosen.condition))
    numbers = set(sent.getlist(SELECTED))
    return [observer for observer in people if str(observer.pk) in numbers]
