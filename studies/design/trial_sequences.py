"""The trial sequence of an observer: which stimuli, in which order.

It is drawn on the truth's side, as numbers that do not tell it. Orders with limits on runs need the truth, and nothing
on the observer's side may reach it. So the order is drawn here, when the study opens or somebody is invited later, and
a session only follows it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from django.db.models import QuerySet

from studies.design.shown_stimuli import ShownStimulus, shown_stimuli
from studies.design.stimulus_selection import pool_strengths, twins_shown
from studies.errors import StudyError
from studies.models.observer import Observer, TrialSequence
from studies.models.observer_state import ended_early
from studies.models.recruitment.place import Place
from studies.models.study import Study
from studies.models.truth import Truth
from studies.randomization import (
    DRAWING_VERSION,
    DrawingError,
    OrderItem,
    PoolDrawn,
    assign_subset,
    derived_seed,
    draw_order_with_repeats,
    draw_pool_sequences,
    draw_repeated,
    draw_sides,
    shuffled,
)
from studies.trial_types import TrialType

AT_ONCE = 200
"""Sequences that are stored by one statement."""
CHECKED_OF_A_POOL = 20
"""How many sequences of a pool are put in order for nobody, when the study opens."""
SPARE_OF_A_POOL = 20
"""How many more sequences are drawn than are needed, in the place of those that no order holds the limits of."""


@dataclass(frozen=True, slots=True)
class _Item:
    """What one trial shows, in any order."""

    key: str
    lesion: str
    shown: tuple[tuple[int, bool], ...]
    """Number of each stimulus, and whether it is perturbed."""


Items = dict[str, list[_Item]]
"""By role."""
ROLES_AROUND = (Truth.Role.CATCH, Truth.Role.PRACTICE, Truth.Role.EXAMPLE)
"""What there is beside the series."""


@dataclass(frozen=True, slots=True)
class _Share:
    """What one observer judges of what a study shows: one of its sets of images, or images of their own.

    Attributes
    ----------
    number
        Of the set, or of the sequence of the pool, from 0.
    series
        The trials, in any order.
    """

    number: int
    series: Sequence[_Item]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A sequence that was drawn and is not stored yet, and whom it is for."""

    sequence: TrialSequence
    simulated: bool
    group: str


def assign_trial_sequences(*, study: Study, observers: Sequence[Observer]) -> None:
    """Give observers of a study whose stimuli are there their trial sequences, and store them.

    Whatever was drawn for somebody who ended early is taken over first, with its order, images and strengths, so that
    the design stays balanced over the sessions that are analysed; then further ones are drawn. Of several sets of
    images each is used equally often in each group of observers, and then in all.

    To be called in a transaction that holds the study's row: two invitations at once would take one subset, or one
    sequence of a pool, twice.

    Raises
    ------
    StudyError
        No order holds the study's limits.
    """
    for simulated, group in _groups_of(observers):
        those = [one for one in observers if (one.is_simulated, one.group) == (simulated, group)]
        freed = _freed_sequences(study, simulated=simulated, group=group)[: len(those)]
        # Stored before further ones are drawn, which are drawn beside all that is stored.
        _store(those[: len(freed)], freed)
        others = those[len(freed) :]
        names = [observer.label for observer in others]
        _store(others, draw_trial_sequences(study, names, simulated=simulated, group=group or None))


def _groups_of(observers: Sequence[Observer]) -> Iterable[tuple[bool, str]]:
    return dict.fromkeys((observer.is_simulated, observer.group) for observer in observers)


def _store(observers: Sequence[Observer], sequences: Sequence[TrialSequence]) -> None:
    for observer, sequence in zip(observers, sequences, strict=True):
        observer.plan = sequence
    store_observer_sequences(observers)


def store_observer_sequences(observers: Sequence[Observer]) -> None:
    """Store the sequences of observers, who are there."""
    Observer.objects.bulk_create(
        observers, update_conflicts=True, update_fields=["plan"], unique_fields=["id"], batch_size=AT_ONCE
    )


def draw_place_sequences(study: Study, places: Sequence[Place]) -> None:
    """Draw the trial sequences of places of open links of an open study, and set them; nothing is stored.

    Of several sets of images each has as many places as any other, to within one: first in the group of the place,
    and then in all. What was drawn holds as long as `sequences_in_use` says the same.

    Raises
    ------
    StudyError
        No order holds the study's limits.
    """
    if places:
        _draw_for_places(study, shown_stimuli(study), places, [])


def _draw_for_places(
    study: Study, shown: Sequence[ShownStimulus], places: Sequence[Place], drawn: list[_Drawn]
) -> None:
    """Draw and set the sequences of places, group by group, beside those that are drawn and not stored yet."""
    for group in dict.fromkeys(place.group for place in places):
        those = [place for place in places if place.group == group]
        names = [_name_of_place(place) for place in those]
        sequences = _draw(study, shown, names, drawn, group=group)
        for place, sequence in zip(those, sequences, strict=True):
            place.sequence = sequence
            drawn.append(_Drawn(sequence, simulated=False, group=group))


def sequences_in_use(study: Study, groups: Iterable[str]) -> list[list[int]]:
    """Return beside which sequences further ones of people are drawn: numbers of sets, or of a pool's sequences.

    In all groups first, then in each of these; sorted. As long as they stay the same, so does what is drawn.
    """
    return [sorted(_in_use(study, simulated=False, group=group)) for group in (None, *groups)]


def store_place_sequences(places: Sequence[Place]) -> None:
    """Store the sequences of places, which are there: of thousands in a moment, for which everybody's answers wait."""
    Place.objects.bulk_create(
        places, update_conflicts=True, update_fields=["sequence"], unique_fields=["id"], batch_size=AT_ONCE
    )


def _name_of_place(place: Place) -> str:
    return f"place {place.link.number}/{place.group}/{place.number}"


def draw_first_sequences(
    study: Study, shown: Sequence[ShownStimulus], *, observers: Sequence[Observer], places: Sequence[Place]
) -> None:
    """Draw the sequences of everybody, and of all places, for a study that is about to open; set them, store nothing.

    They are those that `assign_trial_sequences`, and then `draw_place_sequences`, would draw once the stimuli are
    there: nobody has a sequence yet. No transaction is needed.

    Parameters
    ----------
    shown
        What the study will show.
    observers, places
        All of the study, in their order; places with their links.

    Raises
    ------
    StudyError
        No order holds the study's limits.
    """
    drawn: list[_Drawn] = []
    for simulated, group in _groups_of(observers):
        those = [one for one in observers if (one.is_simulated, one.group) == (simulated, group)]
        names = [observer.label for observer in those]
        sequences = _draw(study, shown, names, drawn, simulated=simulated, group=group or None)
        for observer, sequence in zip(those, sequences, strict=True):
            observer.plan = sequence
            drawn.append(_Drawn(sequence, simulated, group))
    _draw_for_places(study, shown, places, drawn)


def draw_trial_sequences(
    study: Study, names: Sequence[str], *, simulated: bool = False, group: str | None = None
) -> list[TrialSequence]:
    """Draw further trial sequences, beside those that observers of a study and places of its open links have already.

    Nothing is stored. To be called in a transaction that holds the study's row.

    Parameters
    ----------
    study
        A study whose stimuli are there.
    names
        Whom each sequence is for: an observer's label, or another name that stands once. Order, sides and practice
        follow from it, and which of several sets of images it is.
    simulated
        Whether they are for simulated observers, who are counted apart from people.
    group
        In which group of observers sets of images are to be used equally often, before they are in all; None: in all
        alone.

    Returns
    -------
    list of TrialSequence
        One for each name.

    Raises
    ------
    StudyError
        No order holds the study's limits.
    """
    if not names:
        return []
    return _draw(study, shown_stimuli(study), names, (), simulated=simulated, group=group)


def _draw(
    study: Study,
    shown: Sequence[ShownStimulus],
    names: Sequence[str],
    drawn: Sequence[_Drawn],
    *,
    simulated: bool = False,
    group: str | None = None,
) -> list[TrialSequence]:
    """Draw further sequences beside those that are stored, and those that are drawn and not stored yet."""
    if not names:
        return []
    in_use = _in_use(study, drawn, simulated=simulated)
    around = _items(shown, ROLES_AROUND)
    if study.draws_from_pool:
        left = _shares_of_pool(study, shown, _free_numbers(in_use, len(names) + SPARE_OF_A_POOL))
        return [_first_in_order(study, around, left, name) for name in names]
    in_group = None if group is None else _in_use(study, drawn, simulated=simulated, group=group)
    shares = _shares_of_sets(study, shown, in_use, names, in_group=in_group)
    return [_trial_sequence(study, around, share, name) for name, share in zip(names, shares, strict=True)]


def check_trial_sequences(study: Study, shown: Sequence[ShownStimulus]) -> None:
    """Draw a sequence for each subset, for nobody, or some of a pool: what cannot be ordered is said at the opening.

    Raises
    ------
    StudyError
        No order holds the study's limits: of a subset, or of more than half of a pool's sequences.
    """
    around = _items(shown, ROLES_AROUND)
    if study.draws_from_pool:
        left = _shares_of_pool(study, shown, range(CHECKED_OF_A_POOL))
        for _ in range(CHECKED_OF_A_POOL // 2):
            _first_in_order(study, around, left, "")
        return
    series = _series_of_sets(study, shown)
    for number in range(study.n_subsets):
        _trial_sequence(study, around, _Share(number, series[number]), "")


def _first_in_order(study: Study, around: Items, left: list[_Share], name: str) -> TrialSequence:
    """Put the first of a pool's sequences in order that can be, and take it out of those that are left.

    With a prevalence by chance now and then a sequence has so many images of one kind that no order holds the limit on
    runs. Nobody gets it: else it would stand in the way of all further observers.

    Raises
    ------
    StudyError
        None of them can be put in order.
    """
    problem: StudyError | None = None
    for share in left:
        try:
            sequence = _trial_sequence(study, around, share, name)
        except StudyError as error:
            problem = problem or error
            continue
        left.remove(share)
        return sequence
    raise problem or StudyError("no sequence of the pool is left")


def _trial_sequence(study: Study, around: Items, share: _Share, name: str) -> TrialSequence:
    seed = derived_seed(study.seed, "session", name)
    trial_type = study.trials
    series, catch, practice = share.series, around[Truth.Role.CATCH], around[Truth.Role.PRACTICE]
    sided = {
        role: _put_in_place(those, seed=seed, purpose=f"sides {role}", reference_first=trial_type.reference_first)
        for role, those in (("series", series), ("catch", catch), ("practice", practice))
    }
    placed = sided["series"] | sided["catch"]
    truth_of = {key: _expected(trial_type, shown) for key, shown in placed.items()}
    try:
        order = draw_order_with_repeats(
            [OrderItem(item.key, truth_of[item.key], item.lesion, spread=item in catch) for item in [*series, *catch]],
            repeated=draw_repeated({key: truth_of[key] for key in sided["series"]}, n=study.n_repeated, seed=seed),
            longest_run=study.longest_run,
            keep_lesions_apart=True,
            seed=seed,
        )
    except DrawingError as error:
        raise StudyError(str(error)) from error
    practice_order = shuffled(sided["practice"], seed=seed, purpose="practice order")
    example = _put_in_place(
        around[Truth.Role.EXAMPLE], seed=seed, purpose="sides example", reference_first=trial_type.reference_first
    )
    sequence: TrialSequence = {
        "subset": 0 if study.draws_from_pool else share.number,
        "example": [number for shown in example.values() for number, _ in shown],
        "practice": [[number for number, _ in sided["practice"][key]] for key in practice_order],
        "series": [[number for number, _ in placed[key]] for key in order],
        "seed": seed,
        "drawing_version": DRAWING_VERSION,
    }
    if study.draws_from_pool:
        sequence["of_pool"] = share.number
    return sequence


def _in_use(study: Study, drawn: Sequence[_Drawn] = (), *, simulated: bool, group: str | None = None) -> list[int]:
    """Return the subset of each observer who counts and of each free place, or the number of their pool's sequence.

    Those who ended early have left theirs to others.
    """
    observers = Observer.objects.filter(study=study, is_simulated=simulated, plan__isnull=False)
    places = _places(study, simulated=simulated).filter(observer__isnull=True)
    if group is not None:
        observers, places = observers.filter(group=group), places.filter(group=group)
    number = "of_pool" if study.draws_from_pool else "subset"
    held = observers.exclude(ended_early()).values_list(f"plan__{number}", flat=True)
    to_come = [
        cast("int", one.sequence[number])  # type: ignore[literal-required]
        for one in drawn
        if one.simulated == simulated and group in {None, one.group}
    ]
    return [*held, *places.values_list(f"sequence__{number}", flat=True), *to_come]


def _places(study: Study, *, simulated: bool) -> QuerySet[Place]:
    """Return the places of a study's open links that have a sequence: they are for people alone."""
    places = Place.objects.filter(link__study=study, sequence__isnull=False)
    return places.none() if simulated else places


def _freed_sequences(study: Study, *, simulated: bool, group: str) -> list[TrialSequence]:
    """Return the trial sequences of those who ended early that nobody has taken over, in the order of invitation.

    Those of places stay with the places, and those of a group in the group; an empty one stands for all. Two sequences
    are the same if their seeds are, or of detached answers their orders; a sequence of a pool is not free if another
    order of the same images was drawn meanwhile.
    """
    everybody = Observer.objects.filter(study=study, is_simulated=simulated, plan__isnull=False)
    people = everybody.filter(detached_at__isnull=True)
    # Of detached answers the seed is gone, and the order is there.
    detached = everybody.filter(detached_at__isnull=False).exclude(ended_early())
    orders = list(detached.values_list("plan__series", flat=True))
    held = set(people.exclude(ended_early()).values_list("plan__seed", flat=True))
    held |= set(_places(study, simulated=simulated).values_list("sequence__seed", flat=True))
    numbers = set(_in_use(study, simulated=simulated)) if study.draws_from_pool else set()
    freed: dict[int, TrialSequence] = {}
    left = people.filter(ended_early())
    for observer in (left.filter(group=group) if group else left).order_by("pk"):
        sequence = cast("TrialSequence", observer.plan)  # there is one, says the query
        is_held = sequence["seed"] in held or sequence["series"] in orders or sequence.get("of_pool") in numbers
        if not is_held:
            freed.setdefault(sequence["seed"], sequence)
    return list(freed.values())


def _free_numbers(in_use: Collection[int], n: int) -> list[int]:
    """Return the numbers that nobody has among those up to the highest in use, and so many above, the lowest first.

    So what is free again is taken, and numbers that were passed over, however many, leave enough above them.
    """
    first = max(in_use, default=-1) + 1
    return [*sorted(set(range(first)) - set(in_use)), *range(first, first + n)]


def _shares_of_sets(
    study: Study,
    shown: Sequence[ShownStimulus],
    in_use: Sequence[int],
    names: Sequence[str],
    *,
    in_group: Sequence[int] | None,
) -> list[_Share]:
    """Return for each name the set of images that was used least, in the group first where there is one."""
    series = _series_of_sets(study, shown)
    sets = range(study.n_subsets)
    used = [((in_group or ()).count(subset), in_use.count(subset)) for subset in sets]
    shares = []
    for name in names:
        subset = assign_subset(used, seed=study.seed, label=name)
        of_group, overall = used[subset]
        used[subset] = (of_group + (in_group is not None), overall + 1)
        shares.append(_Share(subset, series[subset]))
    return shares


def _shares_of_pool(study: Study, shown: Sequence[ShownStimulus], numbers: Sequence[int]) -> list[_Share]:
    """Return the sequences of the pool that have these numbers."""
    pool = _pool(shown)
    strengths = pool_strengths(study)
    drawn = draw_pool_sequences(
        list(pool),
        n_sequences=max(numbers) + 1,
        n_perturbed=study.n_perturbed,
        n_clean=study.n_clean,
        prevalence="random" if study.prevalence == Study.Prevalence.RANDOM else "fixed",
        n_strengths=len(strengths),
        always_perturbed=study.trials.always_perturbed,
        seed=study.seed,
    )
    sets = [pair_set.pk for pair_set in strengths]
    return [_Share(number, [_of_pool(study, pool, item, sets, number) for item in drawn[number]]) for number in numbers]


def _of_pool(
    study: Study, pool: Mapping[str, list[ShownStimulus]], item: PoolDrawn, sets: Sequence[int], sequence: int
) -> _Item:
    """Return what a trial of a sequence shows of an image of the pool: clean stimuli, or the one of a strength.

    Clean ones are taken in their order. Where the first image is the reference they are drawn: were the first of them
    the reference of every perturbed image, its number would tell something of the trial.
    """
    there = pool[item.key]
    of_image = sorted(one.number for one in there if not one.perturbed)
    if study.trials.reference_first:
        purpose = f"reference {sequence} {item.key}"
        of_image = [int(number) for number in shuffled(map(str, of_image), seed=study.seed, purpose=purpose)]
    clean = iter(of_image)
    of_set = {one.pair_set: one.number for one in there if one.perturbed}
    shown = tuple(
        (of_set[sets[item.strength or 0]] if perturbed else next(clean), perturbed)
        for perturbed in twins_shown(study, perturbed=item.perturbed)
    )
    return _Item(f"{Truth.Role.SERIES}/{item.key}", there[0].lesion_in_dataset, shown)


def _put_in_place(
    items: Sequence[_Item], *, seed: int, purpose: str, reference_first: bool
) -> dict[str, tuple[tuple[int, bool], ...]]:
    """Return what each trial shows, from left to right: of twins, the perturbed one is first in half of the trials.

    Where the first image is the reference, the clean one always is; which of two clean ones it is, is drawn.
    """
    placed = {}
    twins = sorted((item for item in items if len({perturbed for _, perturbed in item.shown}) == 2), key=_key)
    for item, perturbed_first in zip(twins, draw_sides(len(twins), seed=seed, purpose=purpose), strict=True):
        reverse = perturbed_first and not reference_first
        placed[item.key] = tuple(sorted(item.shown, key=lambda one: one[1], reverse=reverse))
    for item in items:
        if item.key not in placed:
            numbers = dict(item.shown)
            order = shuffled(map(str, numbers), seed=seed, purpose=f"{purpose} {item.key}")
            placed[item.key] = tuple((int(number), numbers[int(number)]) for number in order)
    return placed


def _key(item: _Item) -> str:
    return item.key


def _expected(trial_type: TrialType, shown: Sequence[tuple[int, bool]]) -> str:
    return trial_type.expected(tuple(perturbed for _, perturbed in shown))


def _series_of_sets(study: Study, shown: Sequence[ShownStimulus]) -> list[list[_Item]]:
    """Return the trials of each set of images of the series."""
    sets: list[list[_Item]] = [[] for _ in range(study.n_subsets)]
    for together in _together(shown, [Truth.Role.SERIES]):
        sets[together[0].subset].append(_item(together))
    return sets


def _items(shown: Sequence[ShownStimulus], roles: Collection[str]) -> Items:
    """Return a study's trials beside the series, by role."""
    items: Items = {role: [] for role in roles}
    for together in _together(shown, roles):
        items[together[0].role].append(_item(together))
    return items


def _item(together: Sequence[ShownStimulus]) -> _Item:
    one = together[0]
    shown = tuple(sorted((stimulus.number, stimulus.perturbed) for stimulus in together))
    return _Item(f"{one.role}/{one.image}", one.lesion_in_dataset, shown)


def _together(shown: Sequence[ShownStimulus], roles: Collection[str]) -> Iterable[list[ShownStimulus]]:
    """Return the stimuli that are shown together: those of one pair in one role."""
    of_trial: defaultdict[tuple[str, int], list[ShownStimulus]] = defaultdict(list)
    for one in shown:
        if one.role in roles:
            of_trial[one.role, one.pair].append(one)
    return of_trial.values()


def _pool(shown: Sequence[ShownStimulus]) -> dict[str, list[ShownStimulus]]:
    """Return the stimuli of each image of the pool, by its name."""
    pool: defaultdict[str, list[ShownStimulus]] = defaultdict(list)
    for one in shown:
        if one.role == Truth.Role.SERIES:
            pool[one.image].append(one)
    return dict(pool)
