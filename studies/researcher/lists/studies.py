"""The table of studies: which columns it has, what a reader can choose of them, and the page that shows it."""

from collections.abc import Sequence

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from ml.models.pair_set import PairSet
from perception.core.lists.pages import Column, list_page
from perception.core.lists.search import SearchField, matching
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, in_state
from studies.models.study import Study
from studies.models.study_state import StudyState
from studies.permissions import PERMISSIONS, Permission, roles_in
from studies.researcher.access import researcher

ALL_STATES = "all"
NEWEST_FIRST = "-made"
SHOWN = (
    *("title", "title_fr", "trial_type", "n_perturbed", "n_clean", "state", "created_at", "opened_at", "closed_at"),
    *("owner__username", "pair_set__name", "pair_set__dataset__source"),
)
"""What the table shows of a study: protocols and texts stay in the database, which would sort them too."""

IN_ORDER_OF_LIFE = Case(
    *(When(state=state, then=Value(place)) for place, state in enumerate(StudyState)), output_field=IntegerField()
)
OWNER = Column("owner", gettext_lazy("Owner"), Lower("owner__username"))
COLUMNS = (
    Column("title", gettext_lazy("Title"), Lower("title")),
    Column("state", gettext_lazy("State"), IN_ORDER_OF_LIFE),
    OWNER,
    Column("invited", gettext_lazy("Invited"), "n_invited", is_number=True, largest_first=True),
    Column("started", gettext_lazy("In progress"), "n_started", is_number=True, largest_first=True),
    Column("finished", gettext_lazy("Finished"), "n_finished", is_number=True, largest_first=True),
    Column("made", gettext_lazy("Created"), "created_at", largest_first=True),
    Column("opened", gettext_lazy("Opened"), "opened_at", largest_first=True),
    Column("closed", gettext_lazy("Closed"), "closed_at", largest_first=True),
)


class StudyFilter(forms.Form):
    """What a reader chose; what the address says and the list has not is passed over."""

    search = SearchField(label=gettext_lazy("Title"))
    state = forms.ChoiceField(required=False, label=gettext_lazy("State"))
    owner = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        label=gettext_lazy("Owner"),
        empty_label=gettext_lazy("anybody"),
        to_field_name="username",
    )

    def __init__(self, address: QueryDict, *, visible: QuerySet[Study]) -> None:
        """Offer the states, and the owners of the studies that the reader sees."""
        super().__init__(address)
        state, owner = self.fields["state"], self.fields["owner"]
        if isinstance(state, forms.ChoiceField) and isinstance(owner, forms.ModelChoiceField):
            every = [("", gettext("all but archived")), *StudyState.choices, (ALL_STATES, gettext("all, archived too"))]
            state.choices = every
            owner.queryset = User.objects.filter(pk__in=visible.values("owner")).order_by("username")
        self.is_valid()

    @property
    def of_several_owners(self) -> bool:
        """Whether there is a choice between owners."""
        owner = self.fields["owner"]
        return isinstance(owner, forms.ModelChoiceField) and owner.queryset is not None and len(owner.queryset) > 1

    @property
    def condition(self) -> Q:
        """Which studies pass; archived ones where they are asked for alone."""
        chosen = self.cleaned_data
        state = chosen.get("state")
        condition = matching(chosen.get("search", ""), "title", "title_fr")
        if not state:
            condition &= ~Q(state=StudyState.ARCHIVED)
        elif state != ALL_STATES:
            condition &= Q(state=state)
        return condition & (Q(owner=chosen["owner"]) if chosen.get("owner") else Q())

    @property
    def is_used(self) -> bool:
        """Whether anything was chosen."""
        return any(self.cleaned_data.values())

    @property
    def is_archive(self) -> bool:
        """Whether the archived studies are asked for alone."""
        return self.cleaned_data.get("state") == StudyState.ARCHIVED


@login_required
@require_safe
def study_list(request: HttpRequest) -> HttpResponse:
    """List the studies that the researcher sees, a page at a time; the archived ones, where they are asked for."""
    by = researcher(request)
    visible = Study.objects.visible_to(by)
    chosen = StudyFilter(request.GET, visible=visible)
    columns = COLUMNS if chosen.of_several_owners else tuple(column for column in COLUMNS if column is not OWNER)
    listing = list_page(_counted(visible.filter(chosen.condition)), columns, request.GET, sort=NEWEST_FIRST)
    context = {
        "listing": listing,
        "rows": _with_permission(by, list(listing.page)),
        "filter": chosen,
        "has_pair_sets": PairSet.objects.usable_by(by).exists(),
        "n_archived": visible.filter(state=StudyState.ARCHIVED).count(),
    }
    return render(request, "researcher/list.html", context)


def _counted(studies: QuerySet[Study]) -> QuerySet[Study]:
    """Add how many observers are invited, in progress and done, each by a query within the query."""
    return (
        studies.select_related("owner", "pair_set__dataset")
        .only(*SHOWN)
        .annotate(
            n_invited=_observers(Q()),
            n_started=_observers(in_state(ObserverState.STARTED)),
            n_finished=_observers(in_state(ObserverState.FINISHED)),
        )
    )


def _observers(condition: Q) -> Coalesce:
    of_study = Observer.objects.filter(condition, study=OuterRef("pk")).order_by().values("study")
    return Coalesce(Subquery(of_study.annotate(n=Count("pk")).values("n")), 0)


def _with_permission(by: User, studies: Sequence[Study]) -> list[tuple[Study, bool]]:
    """Return each study with whether its definition may be taken away, and so duplicated (one query)."""
    roles = roles_in(by, studies)
    return [(study, Permission.EXPORT in PERMISSIONS[roles[study.pk]]) for study in studies]
