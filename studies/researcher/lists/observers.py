"""The table of a study's observers: its columns, what a reader can choose of them, and one page of it.

It holds how far each is, and nothing of what anybody answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from perception.core.lists.pages import ROWS_A_PAGE, Column, ListPage, list_page
from perception.core.lists.search import SearchField, matching
from studies.design.invitations import invitation_url
from studies.design.progress import GroupProgress, ObserverProgress, count_by_state, progress_of_groups, with_progress
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, in_state
from studies.models.study import Study

IN_ORDER_OF_INVITATION = "invited"
NEEDS_LINK = frozenset({ObserverState.INVITED, ObserverState.STARTED})
"""The states in which the link still leads on."""

IN_ORDER_OF_LIFE = Case(
    *(When(in_state(state), then=Value(place)) for place, state in enumerate(ObserverState)),
    output_field=IntegerField(),
)
COLUMNS = (
    Column("label", gettext_lazy("Observer"), Lower("label")),
    Column("state", gettext_lazy("State"), IN_ORDER_OF_LIFE),
    Column("answered", gettext_lazy("Answered"), "answered", largest_first=True),
    Column("last", gettext_lazy("Last answer"), "last_answer_at", largest_first=True),
    Column("invited", gettext_lazy("Invited on"), "invited_at"),
)
GROUP = Column("group", gettext_lazy("Group"), "group")
LINK = Column("link", gettext_lazy("Link"), None)


class ObserverFilter(forms.Form):
    """What a reader chose; what the address says and the study has not is passed over."""

    search = SearchField(label=gettext_lazy("Label"))
    state = forms.ChoiceField(required=False, label=gettext_lazy("State"))
    group = forms.ChoiceField(required=False, label=gettext_lazy("Group"))

    def __init__(
        self, address: QueryDict, *, counts: Mapping[ObserverState, int], groups: Mapping[str, GroupProgress]
    ) -> None:
        """Offer the states in which observers are, with how many, and the one that is asked for; the groups, if any."""
        super().__init__(address)
        offered = [state for state in ObserverState if counts[state] or state == address.get("state")]
        state = self.fields["state"]
        if isinstance(state, forms.ChoiceField):
            state.choices = [("", gettext("any")), *((one, f"{one.label} ({counts[one]})") for one in offered)]
        group = self.fields["group"]
        if groups and isinstance(group, forms.ChoiceField):
            told = (progress for progress in groups.values() if progress.name)
            group.choices = [("", gettext("any")), *((one.name, f"{one.name} ({one.invited})") for one in told)]
        else:
            del self.fields["group"]
        self.is_valid()

    @property
    def condition(self) -> Q:
        """Which observers pass."""
        state, group = self.cleaned_data.get("state"), self.cleaned_data.get("group")
        condition = matching(self.cleaned_data.get("search", ""), "label")
        condition &= in_state(ObserverState(state)) if state else Q()
        return condition & (Q(group=group) if group else Q())

    @property
    def is_used(self) -> bool:
        """Whether anything was chosen."""
        return any(self.cleaned_data.values())


@dataclass(frozen=True, slots=True)
class ObserversTable:
    """One page of the table.

    Attributes
    ----------
    rows
        The observers of the page, each with their link where it still leads on and the reader may see it, else nothing.
    listing
        Heads and pages.
    filter
        What was chosen.
    counts
        How many of all observers are in each state.
    shows_links
        Whether there is a column of links.
    groups
        How far each group is, in the study's order; empty where it has none.
    tells_groups
        Whether there is a column of groups.
    """

    rows: tuple[tuple[ObserverProgress, str], ...]
    listing: ListPage[Observer]
    filter: ObserverFilter
    counts: Mapping[ObserverState, int]
    shows_links: bool
    groups: tuple[GroupProgress, ...] = ()
    tells_groups: bool = False

    @property
    def n_observers(self) -> int:
        """How many are invited, whatever was chosen."""
        return sum(self.counts.values())

    @property
    def is_filtered(self) -> bool:
        """Whether the table offers a filter: where it has several pages, or one is used."""
        return self.filter.is_used or self.n_observers > ROWS_A_PAGE

    @property
    def n_finished(self) -> int:
        """How many of them have finished."""
        return self.counts[ObserverState.FINISHED]


def observers_table(
    study: Study, address: QueryDict, *, base_url: str, shows_links: bool, tells_results: bool
) -> ObserversTable:
    """Return the page of the table that an address asks for (three queries, with groups four).

    Parameters
    ----------
    study
        Whose observers.
    address
        What a reader chose: `search`, `state`, `group`, `sort`, `page`.
    base_url
        What links begin with.
    shows_links
        Whether the reader may see links, and they lead on.
    tells_results
        Whether the reader may see what observers told of themselves: nobody else is told whose group is which where
        the questionnaire tells it.
    """
    everybody = Observer.objects.filter(study=study)
    counts = count_by_state(everybody)
    groups = progress_of_groups(study, everybody)
    tells_groups = bool(groups) and (tells_results or not study.tells_groups_by_question)
    chosen = ObserverFilter(address, counts=counts, groups=groups if tells_groups else {})
    columns = (COLUMNS[0], *([GROUP] if tells_groups else []), *COLUMNS[1:], *([LINK] if shows_links else []))
    observers = with_progress(everybody.filter(chosen.condition))
    listing = list_page(observers, columns, address, sort=IN_ORDER_OF_INVITATION)
    rows = (ObserverProgress.of(observer, study) for observer in listing.page)
    return ObserversTable(
        tuple(
            (row, invitation_url(row.observer, base_url) if shows_links and row.state in NEEDS_LINK else "")
            for row in rows
        ),
        listing,
        chosen,
        counts,
        shows_links,
        tuple(groups.values()),
        tells_groups,
    )
