"""The trial sequence of an observer: which stimuli, in which order.

It is drawn on the truth's side, as numbers that do not tell it. Orders with limits on runs need the truth, and nothing
on the observer's side may reach it. So the order is drawn here, when the study opens or somebody is invited later, and
a session only follows it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from studies.errors import StudyError
from studies.models.observer import Observer, TrialSequence
from studies.models.observer_state import ended_early
from studies.models.study import Study
from studies.models.truth import Truth
from studies.randomization import (
    DRAWING_VERSION,
    DrawingError,
    OrderItem,
    assign_subset,
    derived_seed,
    draw_order,
    draw_sides,
    shuffled,
)
from studies.trial_types import TrialType


@dataclass(frozen=True, slots=True)
class _Item:
    """What one trial shows, in any order."""

    key: str
    lesion: str
    subset: int
    shown: tuple[tuple[int, bool], ...]
    """Number of each stimulus, and whether it is perturbed."""


Items = dict[str, list[_Item]]
"""By role."""


def assign_trial_sequences(*, study: Study, observers: Sequence[Observer]) -> None:
    """Draw the trial sequences of observers of a study whose stimuli are there, and store them.

    To be called in a transaction that holds the study's row: two invitations at once would take one subset twice.

    Raises
    ------
    StudyError
        No order holds the study's limits.
    """
    items = _items(study)
    used = {kind: _used(study, simulated=kind) for kind in (False, True)}
    for observer in observers:
        counts = used[observer.is_simulated]
        subset = assign_subset(counts, seed=study.seed, label=observer.label)
        counts[subset] += 1
        observer.plan = _trial_sequence(study, items, observer.label, subset)
    Observer.objects.bulk_update(observers, ["plan"])


def check_trial_sequences(study: Study) -> None:
    """Draw a sequence for each subset, for nobody: what cannot be ordered is said when the study opens.

    Raises
    ------
    StudyError
        No order holds the study's limits.
    """
    items = _items(study)
    for subset in range(study.n_subsets):
        _trial_sequence(study, items, "", subset)


def _trial_sequence(study: Study, items: Items, label: str, subset: int) -> TrialSequence:
    seed = derived_seed(study.seed, "session", label)
    trial_type = study.trials
    series = [item for item in items[Truth.Role.SERIES] if item.subset == subset]
    catch, practice = items[Truth.Role.CATCH], items[Truth.Role.PRACTICE]
    sided = {
        role: _put_in_place(those, seed=seed, purpose=f"sides {role}")
        for role, those in (("series", series), ("catch", catch), ("practice", practice))
    }
    placed = sided["series"] | sided["catch"]
    try:
        order = draw_order(
            [
                OrderItem(item.key, _expected(trial_type, placed[item.key]), item.lesion, spread=item in catch)
                for item in series + catch
            ],
            longest_run=study.longest_run,
            keep_lesions_apart=True,
            seed=seed,
        )
    except DrawingError as error:
        raise StudyError(str(error)) from error
    practice_order = shuffled(sided["practice"], seed=seed, purpose="practice order")
    example = _put_in_place(items[Truth.Role.EXAMPLE], seed=seed, purpose="sides example")
    return {
        "subset": subset,
        "example": [number for shown in example.values() for number, _ in shown],
        "practice": [[number for number, _ in sided["practice"][key]] for key in practice_order],
        "series": [[number for number, _ in placed[key]] for key in order],
        "seed": seed,
        "drawing_version": DRAWING_VERSION,
    }


def _put_in_place(items: Sequence[_Item], *, seed: int, purpose: str) -> dict[str, tuple[tuple[int, bool], ...]]:
    """Return what each trial shows, from left to right: of twins, the perturbed one is first in half of the trials."""
    placed = {}
    twins = sorted((item for item in items if len({perturbed for _, perturbed in item.shown}) == 2), key=_key)
    for item, perturbed_first in zip(twins, draw_sides(len(twins), seed=seed, purpose=purpose), strict=True):
        placed[item.key] = tuple(sorted(item.shown, key=lambda one: one[1], reverse=perturbed_first))
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


def _items(study: Study) -> Items:
    """Return the study's trials by role: the stimuli of one pair in one role are shown together."""
    truths: defaultdict[tuple[str, int], list[Truth]] = defaultdict(list)
    for truth in Truth.objects.filter(stimulus__study=study).select_related("stimulus", "pair__image__dataset"):
        truths[truth.role, truth.pair_id].append(truth)
    items: Items = {role: [] for role in Truth.Role.values}
    for (role, _), together in truths.items():
        image = together[0].pair.image
        items[role].append(
            _Item(
                key=f"{role}/{image.name}",
                lesion=f"{image.dataset_id}/{image.lesion}",
                subset=together[0].subset,
                shown=tuple(sorted((truth.stimulus.number, truth.perturbed) for truth in together)),
            )
        )
    return items


def _used(study: Study, *, simulated: bool) -> list[int]:
    """Return how many observers have each subset; whoever ended early has left theirs."""
    subsets = (
        Observer.objects.filter(study=study, is_simulated=simulated, plan__isnull=False)
        .exclude(ended_early())
        .values_list("plan__subset", flat=True)
    )
    counts = [0] * study.n_subsets
    for subset in subsets:
        counts[subset] += 1
    return counts
