"""How many people each link of a study has brought, and personal links beside them: places, and how far people came.

It knows how many have finished, and nothing of what they answered.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum

from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, in_state
from studies.models.recruitment.open_link import OpenLink
from studies.models.recruitment.place import Place
from studies.models.recruitment.turned_away import TurnedAway
from studies.models.study import Study

_ON_THE_WAY = Q(in_state(ObserverState.STARTED) | in_state(ObserverState.FINISHED))


@dataclass(frozen=True, slots=True)
class RecruitedCounts:
    """The people of one link, or of one group in it.

    Attributes
    ----------
    link
        None stands for all personal links.
    group
        Empty where the study has no groups, or where people were not in one yet.
    places
        Of a link, its places; of personal links, how many people are invited and have not ended early.
    taken
        Of these, how many are taken by people who have begun.
    came
        How many have begun, whatever became of them; whose data were erased are not counted.
    finished
        How many have finished, and are neither rejected nor returned.
    """

    link: OpenLink | None
    group: str
    places: int
    taken: int
    came: int
    finished: int

    @property
    def percent(self) -> int:
        """Share of the places whose people have finished, in whole percent."""
        return min(100, round(100 * self.finished / self.places)) if self.places else 0


@dataclass(frozen=True, slots=True)
class Recruitment:
    """All people of a study, by link and group.

    Attributes
    ----------
    lines
        Links in the order in which they were made, and in each its groups; personal links first, where there are any.
    turned_away
        By the number of a link, how many people it turned away for which reason.
    """

    lines: tuple[RecruitedCounts, ...]
    turned_away: Mapping[int, Mapping[str, int]]

    @classmethod
    def of(cls, study: Study, *, simulated: bool = False) -> "Recruitment":
        """Count a study's people, or its simulated observers (four queries)."""
        links = {link.pk: link for link in study.open_links.order_by("pk")}
        taken = Count("pk", filter=Q(observer__isnull=False))
        places = Place.objects.filter(link__study=study).order_by().values_list("link", "group")
        of_place = {(link, group): (n, used) for link, group, n, used in places.annotate(n=Count("pk"), taken=taken)}
        of_person = _people(study, simulated=simulated)
        keys = {*of_person, *({} if simulated else of_place)}
        lines = []
        for link, group in sorted(keys, key=lambda key: (key[0] or 0, key[1])):
            came, on_the_way, finished, expected = of_person.get((link, group), (0, 0, 0, 0))
            n, used = of_place.get((link, group), (0, 0)) if link else (expected, on_the_way)
            lines.append(RecruitedCounts(links[link] if link else None, group, n, used, came, finished))
        return cls(tuple(lines), {} if simulated else _turned_away(study))

    @property
    def by_link(self) -> tuple[RecruitedCounts, ...]:
        """A line for each link, its groups together."""
        return _together(self.lines, lambda line: line.link)

    @property
    def by_group(self) -> tuple[RecruitedCounts, ...]:
        """A line for each group, all links together."""
        return _together(sorted(self.lines, key=lambda line: line.group), lambda line: line.group)

    @property
    def n_turned_away(self) -> Counter[str]:
        """How many people were turned away by all links, by reason."""
        total = Counter[str]()
        for reasons in self.turned_away.values():
            total.update(reasons)
        return total

    def away(self, link: int) -> Mapping[str, int]:
        """Return how many people a link turned away, by reason."""
        return self.turned_away.get(link, {})

    @property
    def finished(self) -> int:
        """How many people have finished."""
        return sum(line.finished for line in self.lines)

    def wanted(self, now: datetime) -> int:
        """Return how many are to finish: all places where somebody can still begin, and all who are on the way."""
        return sum(
            line.taken if line.link is not None and line.link.is_over(now) else line.places for line in self.lines
        )


def _people(study: Study, *, simulated: bool) -> dict[tuple[int | None, str], tuple[int, int, int, int]]:
    """Return by link and group how many began, are on the way or done, are done, and are on the way or awaited."""
    people = Observer.objects.filter(study=study, is_simulated=simulated).order_by().values_list("open_link", "group")
    counted = people.annotate(
        came=Count("pk", filter=Q(session__isnull=False)),
        on_the_way=Count("pk", filter=_ON_THE_WAY),
        finished=Count("pk", filter=in_state(ObserverState.FINISHED)),
        expected=Count("pk", filter=_ON_THE_WAY | in_state(ObserverState.INVITED)),
    )
    return {(link, group): (came, way, done, due) for link, group, came, way, done, due in counted}


def _turned_away(study: Study) -> dict[int, dict[str, int]]:
    counted: dict[int, dict[str, int]] = {}
    rows = TurnedAway.objects.filter(link__study=study).order_by().values_list("link", "reason")
    for link, reason, n in rows.annotate(n=Sum("count")):
        counted.setdefault(link, {})[reason] = n
    return counted


def _together(
    lines: Iterable[RecruitedCounts], by: Callable[[RecruitedCounts], Hashable]
) -> tuple[RecruitedCounts, ...]:
    """Add up lines that are alike in something, in the order in which the first of each stands."""
    alike: dict[Hashable, list[RecruitedCounts]] = {}
    for line in lines:
        alike.setdefault(by(line), []).append(line)
    return tuple(_sum(found) for found in alike.values())


def _sum(lines: list[RecruitedCounts]) -> RecruitedCounts:
    groups = {line.group for line in lines}
    links = {line.link for line in lines}
    return RecruitedCounts(
        link=links.pop() if len(links) == 1 else None,
        group=groups.pop() if len(groups) == 1 else "",
        places=sum(line.places for line in lines),
        taken=sum(line.taken for line in lines),
        came=sum(line.came for line in lines),
        finished=sum(line.finished for line in lines),
    )
