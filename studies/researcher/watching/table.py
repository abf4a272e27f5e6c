"""The table of a watched study's observers: who is where, a page at a time, those who are on the way first."""

import datetime as dt
from dataclasses import dataclass

from django import forms
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from perception.core.lists.pages import Column, ListPage, list_page
from perception.core.lists.search import SearchField, matching
from studies.design.watching.sessions import WatchedObserver, stuck, watch, watched
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, in_state
from studies.models.study import Study

LONGEST_SILENCE_FIRST = "seen"
EVERYBODY, STUCK = "everybody", "stuck"
GROUP = Column("group", gettext_lazy("Group"), Lower("group"))
CATCH = Column("catch", gettext_lazy("Catch trials missed"), None, is_number=True)


class WatchedFilter(forms.Form):
    """Which observers are shown; what the address says and the study has not is passed over."""

    search = SearchField(label=gettext_lazy("Label"))
    who = forms.ChoiceField(required=False, label=gettext_lazy("Who"))

    def __init__(self, address: QueryDict) -> None:
        """Offer whoever is on the way first."""
        super().__init__(address)
        who = self.fields["who"]
        if isinstance(who, forms.ChoiceField):
            who.choices = [
                ("", gettext("on the way")),
                (STUCK, gettext("stuck")),
                (EVERYBODY, gettext("everybody")),
                *((state.value, state.label) for state in ObserverState if state != ObserverState.STARTED),
            ]
        self.is_valid()

    @property
    def is_used(self) -> bool:
        """Whether anything was chosen."""
        return any(self.cleaned_data.values())

    def condition(self, study: Study, now: dt.datetime) -> Q:
        """Return which of the study's people pass."""
        who = self.cleaned_data.get("who", "")
        if who == STUCK:
            chosen = stuck(study, now)
        elif who == EVERYBODY:
            chosen = Q()
        else:
            chosen = in_state(ObserverState(who) if who else ObserverState.STARTED)
        return chosen & matching(self.cleaned_data.get("search", ""), "label")


@dataclass(frozen=True, slots=True)
class WatchedTable:
    """One page of the table; `tells_groups` and `tells_catch_trials` say whether it has these columns."""

    rows: list[WatchedObserver]
    listing: ListPage[Observer]
    tells_groups: bool
    tells_catch_trials: bool

    @property
    def frees_places(self) -> bool:
        """Whether places of those who are shown are about to go to others."""
        return any(row.will_be_freed for row in self.rows)


def watched_table(
    study: Study, address: QueryDict, chosen: WatchedFilter, *, now: dt.datetime, tells_results: bool
) -> WatchedTable:
    """Return the page of the table that an address asks for (six queries at most).

    Parameters
    ----------
    address
        What a reader chose: `search`, `who`, `sort`, `page`.
    chosen
        Of this address.
    tells_results
        Whether the reader may see results: whether somebody missed catch trials is told to nobody else, nor to which
        group somebody belongs where the questionnaire tells it.
    """
    groups = bool(study.group_names) and (tells_results or not study.tells_groups_by_question)
    catch = tells_results and study.n_catch > 0
    columns = (
        Column("label", gettext_lazy("Observer"), Lower("label")),
        *((GROUP,) if groups else ()),
        Column("where", gettext_lazy("Where"), "answered", largest_first=True),
        Column("seen", gettext_lazy("Last seen"), "last_seen_at"),
        Column("rt", gettext_lazy("Median time of an answer"), None, is_number=True),
        *((CATCH,) if catch else ()),
        Column("partly", gettext_lazy("Not in full view"), None, is_number=True),
        Column("focus", gettext_lazy("Focus lost"), None, is_number=True),
    )
    people = watched(study).filter(chosen.condition(study, now))
    listing = list_page(people, columns, address, sort=LONGEST_SILENCE_FIRST)
    rows = watch(study, list(listing.page), now=now, tells_catch_trials=catch)
    return WatchedTable(rows, listing, groups, catch)
