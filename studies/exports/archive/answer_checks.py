"""Whether the answers in an archive agree with one another and with the protocol."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from ml.images.change_region import region_of_mask
from perception.analysis.json_values import JsonObject, JsonValue
from perception.core.json_checks import json_object, json_scalar
from studies.answers.adaptive_strength import AHEAD, given_answer, strength_after
from studies.answers.exclusions import SECOND
from studies.answers.rows import AnswerRow
from studies.exports.answer_columns import COLUMNS
from studies.exports.archive.integrity import RightPlaces
from studies.exports.archive.layout import ANSWERS_CSV, ANSWERS_JSON
from studies.exports.archive.protocol_facts import (
    ArchivedStimulus,
    ArchivedStudy,
    option_of,
    stimuli_of_protocol,
    study_of_protocol,
)
from studies.exports.archive.reading import shortened
from studies.models.study import Study
from studies.models.truth import Truth
from studies.randomization import draw_pool_sequences

SHOWN = 20
SHARES_DIFFER = 1e-6
MOST_DRAWN = 4_096
"""As far as it is looked: who ends early leaves their sequence to others, so that few more than observers are drawn."""
FIRST_DRAWN = 64

Shown = frozenset[tuple[str, bool]]


def csv_against_json(rows: Sequence[AnswerRow], objects: JsonValue) -> list[str]:
    """Return where the answers in the CSV and those in the JSON differ, cell by cell."""
    if not isinstance(objects, list):
        return [f"{ANSWERS_JSON} is not a list of answers"]
    problems = []
    if len(rows) != len(objects):
        problems.append(f"{ANSWERS_CSV} has {len(rows):,} answers, {ANSWERS_JSON} {len(objects):,}")
    for row, answer in zip(rows, objects, strict=False):
        problems += _differing_cells(row, answer)
    return _limited(problems)


def _differing_cells(row: AnswerRow, answer: JsonValue) -> Iterator[str]:
    if not isinstance(answer, dict):
        yield f"{_place(row)}: {ANSWERS_JSON} has no object for this answer"
        return
    for column in COLUMNS:
        here, there = column.json_value(row), answer.get(column.name)
        # A reader of CSV takes the blanks off at a cell's ends.
        if here != (there.strip() or None if isinstance(there, str) else there):
            yield (
                f"{_place(row)}: {column.name} is {shortened(here)} in {ANSWERS_CSV}, {shortened(there)} in "
                f"{ANSWERS_JSON}"
            )


def against_protocol(rows: Sequence[AnswerRow], stimuli: Sequence[ArchivedStimulus], study: ArchivedStudy) -> list[str]:
    """Return where what was shown, by the answers, is not what the protocol says of it."""
    by_name = {stimulus.name: stimulus for stimulus in stimuli}
    return _limited([problem for row in rows for problem in _row_problems(row, by_name, study)])


def _row_problems(row: AnswerRow, stimuli: dict[str, ArchivedStimulus], study: ArchivedStudy) -> Iterator[str]:
    names = row.item.split("+")
    unknown = [name for name in names if name not in stimuli]
    if unknown or len(names) != study.trials.images:
        yield f"{_place(row)}: the protocol has no such item"
        return
    if row.second_item:
        names.sort(key=lambda name: name == row.second_item)
    shown = [stimuli[name] for name in names]
    told = {
        "truth": study.trials.expected(tuple(stimulus.perturbed for stimulus in shown)),
        "image": shown[0].image,
        "role": shown[0].role,
        "attack": next((stimulus.attack for stimulus in shown if stimulus.perturbed), ""),
    }
    for name, value in told.items():
        if getattr(row, name) != value:
            yield f"{_place(row)}: {name} is {shortened(getattr(row, name))}, by the protocol {shortened(value)}"


def against_rules(rows: Sequence[AnswerRow], marked: Sequence[AnswerRow]) -> list[str]:
    """Return which answers are marked otherwise than the protocol's rules of exclusion mark them."""
    return _limited(
        [
            f"{_place(row)}: left_out is {shortened(row.left_out)}, by the protocol’s rules {shortened(again.left_out)}"
            for row, again in zip(rows, marked, strict=True)
            if row.left_out != again.left_out
        ]
    )


def against_the_repeats(rows: Sequence[AnswerRow], protocol: JsonObject) -> list[str]:
    """Return where an item was judged more often by one observer, or sooner again, than the protocol says.

    Raises
    ------
    KeyError, TypeError
        The protocol is not one of this program.
    """
    n = option_of(protocol, "n_repeated", int)
    least = json_scalar(json_object(protocol["repeats"])["least_distance_trials"], int) if n else 0
    problems = []
    first: dict[tuple[str, str], AnswerRow] = {}
    again: dict[tuple[str, str], AnswerRow] = {}
    for row in rows:
        if (row.showing is None) != (n == 0):
            told = "no showing" if row.showing is None else f"showing {row.showing}"
            problems.append(f"{_place(row)}: {told}, by the protocol {n:,} trials are shown twice")
        of_showing = again if row.showing == SECOND else first
        if of_showing.setdefault((row.observer, row.item), row) is not row:
            problems.append(f"{_place(row)}: the same showing of it is answered at another trial too")
    for key, row in again.items():
        # Of a first showing whose image could not be shown there is no answer.
        if row.role != Truth.Role.SERIES or (key in first and row.position - first[key].position < least):
            problems.append(f"{_place(row)}: no such trial is shown a second time there")
    for observer, count in Counter(observer for observer, _ in again).items():
        if count > n:
            problems.append(f"{observer}: {count:,} trials were shown twice, by the protocol {n:,}")
    return _limited(problems)


def against_the_right_places(rows: Sequence[AnswerRow], found: RightPlaces, *, radius: float) -> list[str]:
    """Judge each mark in a perturbed image again, and return which was judged otherwise.

    Parameters
    ----------
    found
        What marks are judged by.
    radius
        How far from a mask a right mark may lie, of the side.
    """
    accepted = {name: region_of_mask(mask, radius=radius).accepted for name, mask in found.masks.items()}
    accepted |= found.computed
    problems = []
    for row in rows:
        right = accepted.get(row.item)
        if right is None or row.place_x is None or row.place_y is None:
            continue
        height, width = right.shape
        if not (0 <= row.place_x < width and 0 <= row.place_y < height):
            problems.append(f"{_place(row)}: the place ({row.place_x}, {row.place_y}) lies outside the image")
            continue
        hit, share = bool(right[row.place_y, row.place_x]), float(right.mean())
        if row.place_hit is None or row.place_hit != hit:
            told = shortened(row.place_hit)
            problems.append(f"{_place(row)}: place_hit is {told}, by its right place {shortened(hit)}")
        if row.place_share is None or abs(row.place_share - share) > SHARES_DIFFER:
            told = shortened(row.place_share)
            problems.append(f"{_place(row)}: place_share is {told}, by its right place {share:.6g}")
    return _limited(problems)


def against_the_choices(rows: Sequence[AnswerRow], study: ArchivedStudy) -> list[str]:
    """Choose each strength again from the answers before it, and return which was not the one that was shown.

    The first two trials of a series have the strengths that were dealt out, and so may have any.

    Parameters
    ----------
    rows
        Every answer of finished sessions, whether left out of the figures or not: each had its part in the choices.
    study
        One whose strengths were chosen from answers.
    """
    of_observer: defaultdict[str, list[AnswerRow]] = defaultdict(list)
    for row in rows:
        if row.role == Truth.Role.SERIES:
            of_observer[row.observer].append(row)
    problems = []
    for own in of_observer.values():
        for row in own:
            if row.strength == 0 or row.position <= AHEAD:
                continue
            before = [
                given_answer(study.trials, response=one.response, truth=one.truth, strength=one.strength)
                for one in own
                if one.position <= row.position - AHEAD
            ]
            chosen = strength_after(before, study.adaptive_strengths, trial_type=study.trials)
            if row.strength != chosen:
                problems.append(f"{_place(row)}: strength {row.strength:g}, by the answers before it {chosen:g}")
    return _limited(problems)


def against_the_pool(rows: Sequence[AnswerRow], protocol: JsonObject) -> list[str]:
    """Draw the sequences of a pool again, and return whose images are none of them.

    Parameters
    ----------
    rows
        Every answer of finished sessions.
    protocol
        Of a study in which each observer judged images of their own.

    Raises
    ------
    KeyError, TypeError
        The protocol is not one of this program.
    """
    trials = study_of_protocol(protocol).trials
    shown: defaultdict[str, set[tuple[str, bool]]] = defaultdict(set)
    for row in rows:
        if row.role == Truth.Role.SERIES:
            # Of two images one is perturbed in every trial: which trials count as perturbed shows nowhere.
            perturbed = not trials.always_perturbed and row.strength > 0
            shown[row.observer].add((row.image, perturbed))
    wanted = {observer: frozenset(those) for observer, those in shown.items()}
    n = FIRST_DRAWN
    while missing := wanted.keys() - _drawn_for(wanted, _sequences(protocol, n, alike=trials.always_perturbed)):
        if n >= MOST_DRAWN:
            return [
                f"{observer}: the images are none of the first {n:,} sequences that the seed draws from the pool"
                for observer in sorted(missing)
            ]
        n *= 2
    return []


def _drawn_for(wanted: dict[str, Shown], sequences: set[Shown]) -> set[str]:
    # Of a trial whose image could not be shown there is no answer.
    return {
        observer
        for observer, those in wanted.items()
        if those in sequences or any(those < sequence for sequence in sequences)
    }


def _sequences(protocol: JsonObject, n: int, *, alike: bool) -> set[Shown]:
    """Return what the first sequences show; strengths are drawn after images and truths, and do not matter to these."""
    pool = {stimulus.image for stimulus in stimuli_of_protocol(protocol) if stimulus.role == Truth.Role.SERIES}
    drawn = draw_pool_sequences(
        sorted(pool),
        n_sequences=n,
        n_perturbed=option_of(protocol, "n_perturbed", int),
        n_clean=option_of(protocol, "n_clean", int),
        prevalence="random" if option_of(protocol, "prevalence", str) == Study.Prevalence.RANDOM else "fixed",
        n_strengths=1,
        always_perturbed=False,
        seed=option_of(protocol, "seed", int),
    )
    return {frozenset((item.key, item.perturbed and not alike) for item in sequence) for sequence in drawn}


def _place(row: AnswerRow) -> str:
    return f"{row.observer}, trial {row.position}, item {row.item}"


def _limited(problems: list[str]) -> list[str]:
    more = len(problems) - SHOWN
    return problems if more <= 0 else [*problems[:SHOWN], f"… and {more:,} more of the kind"]
