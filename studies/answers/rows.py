"""Answers → table: every answer of a study beside the truth. The one place where the two meet."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from sys import intern
from typing import TypedDict, cast

from perception.analysis.ratings.rating_scale import six_categories
from studies.data_protection.tally import ErasedPeople
from studies.design.marked_places.judging import PlaceJudge
from studies.design.shown_stimuli import ShownStimulus, shown_stimuli
from studies.models.answer import Answer
from studies.models.observer import Observer
from studies.models.observer_state import usable
from studies.models.screening.result import ScreeningResult
from studies.models.study import Study
from studies.models.trial import Trial
from studies.models.truth import Truth

CHUNK = 2_000
"""So many answers are read from the database at a time."""
SEPARATOR = "|"
"""Between the keys of checks."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer of one observer, with what was shown. Of two images `item` names both, in a fixed order.

    Its fields are the columns of the exports: `studies.exports.answer_columns` says what each holds.
    """

    observer: str
    simulated: bool
    item: str
    second_item: str
    side: str
    role: str
    phase: str
    subset: int | None
    truth: str
    response: str
    rating: int | None
    confidence: int | None
    position: int
    image: str
    lesion: str
    diagnosis: str
    diagnosis_answered: str
    strength: float
    rt_ms: int | None
    served_at: datetime | None
    answered_at: datetime
    pixel_ratio: float | None
    shown_whole: bool | None
    focus_losses: int | None
    grade: int | None = None
    """1 to 5, of a degradation category rating."""
    attack: str = ""
    """Which of the attacks that the study compares perturbed the image; empty of a clean one, and where it has one."""
    showing: int | None = None
    """1, or 2 where the session had shown the same before; None where the study shows nothing twice."""
    group: str = ""
    """Of those that the study compares; empty where it has none, or the observer is in none."""
    linf: float | None = None
    """Of the perturbed image shown, as the next three, how large its change is: `ml.models.ImagePair`. None where
    nothing was perturbed."""
    l2: float | None = None
    psnr: float | None = None
    """None, too, where the change came to nothing in 8 bits: the ratio is infinite."""
    ssim: float | None = None
    ciede2000_mean: float | None = None
    """As the next five, how visible that change is: `ml.images.visibility.measures`. None where nothing was perturbed,
    or its pairs were not measured."""
    ciede2000_p95: float | None = None
    ciede2000_above_1: float | None = None
    flip: float | None = None
    ssimulacra2: float | None = None
    colorvideovdp: float | None = None
    refresh_hz: float | None = None
    """Frames of the screen in a second, of images that alternated; None of others, and where no script counted."""
    flicker_hz: float | None = None
    """Full cycles in a second, as they were shown."""
    frames: int | None = None
    """How many frames of the screen were counted while the images alternated."""
    late_frames: int | None = None
    """Of these, how many came late."""
    flicker_stopped: bool | None = None
    """Whether the observer had stopped the alternation before the answer."""
    place_x: int | None = None
    """Of the marked place, in pixels of the stimulus from its left edge; None where no place was asked for."""
    place_y: int | None = None
    """The same from its top edge."""
    place_hit: bool | None = None
    """Whether the place is right; None, too, where nothing was perturbed."""
    place_share: float | None = None
    """The share of the image in which a place counts as right; None likewise."""
    checks_not_passed: str = ""
    """Of the checks by which the protocol leaves observers out, those that this one did not pass: their keys, with |
    between them."""
    left_out: str = ""
    """Why the protocol leaves the answer out of the main figures; empty where it does not."""


def rows_of(study: Study, *, simulated: bool) -> list[AnswerRow]:
    """Return the answers of usable sessions, of people or of simulated observers, never of both (three queries,
    of several attacks four, and one more where checks leave observers out).

    In the order of observers' invitation and of trials. Catch trials and second showings are among them, practice is
    not. Columns are read, and no model is made of any answer: of fifty thousand that would take ten times as long.
    """
    answers = (
        Answer.objects.filter(
            usable(session="trial__session"),
            trial__phase=Trial.Phase.SERIES,
            trial__session__observer__study=study,
            trial__session__observer__is_simulated=simulated,
        )
        .order_by("trial__session__observer_id", "trial__position")
        .values_list(
            *("trial__session_id", "trial__session__observer__label", "trial__session__observer__group"),
            *("trial__stimulus_id", "trial__second_stimulus_id", "trial__position", "trial__showing"),
            "trial__served_at",
            *("response", "rating", "confidence", "grade", "place_x", "place_y", "diagnosis"),
            *("rt_ms", "answered_at", "display"),
        )
    )
    judge = PlaceJudge(study)
    shown = _ShownOfTrials(study)
    not_passed = _checks_not_passed(study)
    rows = []
    for columns in answers.iterator(chunk_size=CHUNK):
        session, observer, group, first, second, position, showing, served_at, *said = columns
        response, rating, confidence, grade, place_x, place_y, diagnosis, rt_ms, answered_at, display = said
        place = judge.judge(first, place_x, place_y)
        visible, stopped = display.get("visible"), display.get("stopped")
        rows.append(
            AnswerRow(
                # The database gives each answer strings of its own.
                observer=intern(observer),
                simulated=simulated,
                phase=Trial.Phase.SERIES.value,
                response=intern(response),
                rating=_rating(response, rating, confidence),
                confidence=confidence,
                grade=grade,
                position=position,
                diagnosis_answered=intern(diagnosis),
                rt_ms=rt_ms,
                served_at=served_at,
                answered_at=answered_at,
                pixel_ratio=display.get("pixel_ratio"),
                shown_whole=None if visible is None else bool(visible),
                focus_losses=display.get("focus_losses"),
                showing=showing if study.n_repeated else None,
                group=intern(group),
                refresh_hz=display.get("refresh_hz"),
                flicker_hz=display.get("flicker_hz"),
                frames=display.get("frames"),
                late_frames=display.get("late_frames"),
                flicker_stopped=None if stopped is None else bool(stopped),
                place_x=place_x,
                place_y=place_y,
                place_hit=None if place is None else place.is_right,
                place_share=None if place is None else place.share,
                checks_not_passed=not_passed.get(session, ""),
                **shown[first, second],
            )
        )
    return rows


def _checks_not_passed(study: Study) -> dict[int, str]:
    """Return by which checks the protocol leaves an observer out, by session: of whom there is nothing passed all.

    What could not be measured was not passed (one query; none where no check leaves anybody out).
    """
    if not study.leaving_out_checks:
        return {}
    results = ScreeningResult.objects.filter(session__observer__study=study, check_key__in=study.leaving_out_checks)
    keys = defaultdict[int, set[str]](set)
    for session, key in results.exclude(passed=True).values_list("session_id", "check_key"):
        keys[session].add(key)
    return {
        session: SEPARATOR.join(check for check in study.leaving_out_checks if check in those)
        for session, those in keys.items()
    }


class _Change(TypedDict):
    """How large the change to an image is, and how visible: the fields of a row of the same names."""

    linf: float | None
    l2: float | None
    psnr: float | None
    ssim: float | None
    ciede2000_mean: float | None
    ciede2000_p95: float | None
    ciede2000_above_1: float | None
    flip: float | None
    ssimulacra2: float | None
    colorvideovdp: float | None


class _Shown(_Change):
    """What a row tells of what was shown: the same of every answer to it."""

    item: str
    second_item: str
    side: str
    role: str
    subset: int | None
    truth: str
    image: str
    lesion: str
    diagnosis: str
    strength: float
    attack: str


_NO_CHANGE: _Change = {
    "linf": None,
    "l2": None,
    "psnr": None,
    "ssim": None,
    "ciede2000_mean": None,
    "ciede2000_p95": None,
    "ciede2000_above_1": None,
    "flip": None,
    "ssimulacra2": None,
    "colorvideovdp": None,
}
_SIZES = ("linf", "l2", "psnr", "ssim")
_MEASURED = tuple(f"pair__{name}" if name in _SIZES else f"pair__visibility__{name}" for name in _NO_CHANGE)


def _changes_of(study: Study) -> dict[int, _Change]:
    """Return what was measured of the pairs whose perturbed twin a study shows, by their keys (one query)."""
    measured = Truth.objects.filter(stimulus__study=study, perturbed=True).values_list("pair_id", *_MEASURED)
    changes = {}
    for pair, *values in measured.iterator(chunk_size=CHUNK):
        changes[pair] = cast("_Change", dict(zip(_NO_CHANGE, values, strict=True)))
    return changes


class _ShownOfTrials(dict[tuple[int, int | None], _Shown]):
    """What was shown, by the keys of a trial's stimuli; put together when it is first met, not for each answer."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._stimuli = {one.key: one for one in shown_stimuli(study)}
        self._attack_of = study.attack_of_pairs
        self._several_sets = study.n_subsets > 1
        self._changes = _changes_of(study)

    def __missing__(self, keys: tuple[int, int | None]) -> _Shown:
        first, second = keys
        there = [self._stimuli[first]] if second is None else [self._stimuli[first], self._stimuli[second]]
        perturbed = tuple(one.perturbed for one in there)
        # The clean twin of a pool's image stands beside several perturbed ones, and is of the first image pairs.
        changed = next((one for one in there if one.perturbed), None)
        change = _NO_CHANGE if changed is None else self._changes.get(changed.pair, _NO_CHANGE)
        in_series = there[0].role == Truth.Role.SERIES
        self[keys] = _Shown(
            item="+".join(one.name for one in sorted(there, key=_number)),
            second_item="" if second is None else there[1].name,
            side=_side(perturbed),
            role=there[0].role,
            subset=there[0].subset + 1 if in_series and self._several_sets else None,
            truth=self._study.trials.expected(perturbed),
            image=there[0].image,
            lesion=there[0].lesion,
            diagnosis=there[0].diagnosis,
            strength=0.0 if changed is None else changed.strength,
            attack=self._attack_of.get(changed.pair_set, "") if in_series and changed is not None else "",
            **change,
        )
        return self[keys]


def has_people(study: Study) -> bool:
    """Whether any invited observer is a person, or was one, whose data are gone (one query or two)."""
    return Observer.objects.filter(study=study, is_simulated=False).exists() or ErasedPeople.of(study).n_gone > 0


def _number(shown: ShownStimulus) -> int:
    return shown.number


def _side(perturbed: tuple[bool, ...]) -> str:
    """Return where the perturbed one of two images stood; nothing where none did, or there was one image alone."""
    if len(perturbed) == 1 or not any(perturbed):
        return ""
    return "first" if perturbed[0] else "second"


def _rating(response: str, rating: int | None, confidence: int | None) -> int | None:
    if rating is not None or confidence is None:
        return rating
    return six_categories(perturbed=response == "perturbed", confidence=confidence)
