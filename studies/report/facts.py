"""What a report says beside the figures of the answers: of the study, its observers' way through it, and the attack."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.db.models import QuerySet

from ml.evaluation.stored_table import AttackTable, read_attack_table
from ml.models.attack import Attack
from ml.models.evaluation import Evaluation
from ml.models.pair_set import PairSet
from ml.models.visibility import Visibility
from perception.analysis.json_values import JsonObject
from studies.data_protection.tally import ErasedPeople
from studies.design.options import STUDY_OPTIONS
from studies.design.progress import count_by_state
from studies.languages import ENGLISH
from studies.models.observer import Observer
from studies.models.observer_state import WITHOUT_SESSION, ObserverState, in_state, usable
from studies.models.pair_sets.rules import what_differs
from studies.models.screening.check import Check
from studies.models.screening.result import ScreeningResult
from studies.models.session import FULL, Session
from studies.models.study import Study
from studies.models.study_state import StudyState
from studies.models.trial import Trial

KEYS = (
    "title",
    "trial_type",
    "question",
    "asks_diagnosis",
    "state",
    "opened_at",
    "closed_at",
    "unblinded_at",
    "protocol_sha256",
    "n_perturbed",
    "n_clean",
    "n_catch",
    "n_practice",
    "n_subsets",
    "prevalence",
    "strengths",
    "margin",
    "display_ms",
    "synthetic_images",
)
"""The order of the first version's keys, which readers know; an option that is not among them comes after these."""


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What was asked, when, and under which protocol; moments as ISO 8601.

    Attributes
    ----------
    options
        The options that are in the figures, by their names, with the values that the protocol holds.
    question
        In English.
    state, opened_at, closed_at, unblinded_at, protocol_sha256
        As in the model of a study.
    strengths
        In 8-bit levels, ascending.
    synthetic_images
        Whether a program drew them.
    """

    options: JsonObject
    question: str
    state: str
    opened_at: str | None
    closed_at: str | None
    unblinded_at: str | None
    protocol_sha256: str
    strengths: list[float]
    synthetic_images: bool

    @classmethod
    def of(cls, study: Study) -> "StudyFacts":
        """Take the facts from a study."""
        return cls(
            options={option.name: option.protocol_value(study) for option in STUDY_OPTIONS if option.in_figures},
            question=study.text("question", ENGLISH),
            # Where its lab keeps it is no fact of the study: an archived one is closed to its readers.
            state="closed" if study.state == StudyState.ARCHIVED else study.state,
            opened_at=study.opened_at.isoformat() if study.opened_at else None,
            closed_at=study.closed_at.isoformat() if study.closed_at else None,
            unblinded_at=study.unblinded_at.isoformat() if study.unblinded_at else None,
            protocol_sha256=study.protocol_sha256,
            strengths=[pair_set.strength for pair_set in study.strengths],
            synthetic_images=study.pair_set.dataset.is_synthetic,
        )

    def as_dict(self) -> JsonObject:
        """Return the facts as JSON."""
        own = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "options"}
        facts: JsonObject = own | self.options
        return {key: facts[key] for key in sorted(facts, key=_place)}


def _place(key: str) -> int:
    return KEYS.index(key) if key in KEYS else len(KEYS)


@dataclass(frozen=True, slots=True)
class ObserverFlow:
    """How many observers came how far; `excluded` by rules of the protocol.

    Whose data were erased since is counted where they had come to; of those who had finished, `erased` counts them, and
    `finished` those whose answers are there. `screened_out_by` counts, by the key of a check, whose session it ended;
    `not_passed` those who finished although they did not pass it. `not_shown` counts trials of the series of those who
    finished: an image of each was missing or altered, so that there is no answer; none where all were shown.
    """

    invited: int
    not_begun: int
    consented: int
    finished: int
    withdrew: int
    unfinished: int
    excluded: int
    erased: int = 0
    screened_out: int = 0
    timed_out: int = 0
    rejected: int = 0
    returned: int = 0
    revoked: int = 0
    screened_out_by: Mapping[str, int] = field(default_factory=dict)
    not_passed: Mapping[str, int] = field(default_factory=dict)
    not_shown: int = 0

    @classmethod
    def of(cls, study: Study, *, simulated: bool, excluded: int, gone: ErasedPeople) -> "ObserverFlow":
        """Count a study's people, or its simulated observers; `gone` are those people whose data were erased."""
        observers = Observer.objects.filter(study=study, is_simulated=simulated)
        states = Counter[str](count_by_state(observers))
        if not simulated:
            states.update(gone.states_before_the_end)
        erased = 0 if simulated else gone.n_finished
        return cls(
            invited=states.total() + erased,
            not_begun=states[ObserverState.INVITED],
            consented=states.total() - sum(states[state] for state in WITHOUT_SESSION) + erased,
            finished=states[ObserverState.FINISHED],
            withdrew=states[ObserverState.WITHDRAWN],
            unfinished=states[ObserverState.STARTED],
            excluded=excluded,
            erased=erased,
            screened_out=states[ObserverState.SCREENED_OUT],
            timed_out=states[ObserverState.TIMED_OUT],
            rejected=states[ObserverState.REJECTED],
            returned=states[ObserverState.RETURNED],
            revoked=states[ObserverState.REVOKED],
            screened_out_by=_counts(
                Session.objects.filter(
                    in_state(ObserverState.SCREENED_OUT, session="observer__session"), observer__in=observers
                ),
                "screened_out_by",
            ),
            not_passed=_counts(
                ScreeningResult.objects.filter(usable(session="session"), session__observer__in=observers).exclude(
                    passed=True
                ),
                "check_key",
            ),
            not_shown=Trial.objects.filter(
                usable(session="session"),
                session__observer__in=observers,
                phase=Trial.Phase.SERIES,
                not_shown=True,
            ).count(),
        )

    def as_dict(self) -> JsonObject:
        """Return the counts as JSON; of trials that were not shown only where there are any."""
        return {name: count for name, count in asdict(self).items() if name != "not_shown" or count}


def _counts(rows: QuerySet[Any], name: str) -> dict[str, int]:
    """Return how many rows have which check under a name, in their order, a full group after them (one query)."""
    counts = Counter(rows.order_by().values_list(name, flat=True))
    return {key: counts[key] for key in (*Check.values, FULL) if counts[key]}


@dataclass(frozen=True, slots=True)
class EvaluatedPairs:
    """A study's image pairs of one strength, by which attack they were made, and what was measured of them.

    Attributes
    ----------
    attack
        The attack.
    pair_set
        Its name.
    strength
        In 8-bit levels.
    stored
        The evaluation's JSON as it is stored: the attack's Table 1. None where it was not measured.
    sizes
        The evaluation's JSON of the sizes of the change; None likewise.
    visibility
        How visible the changes are, as it was measured; None where it was not.
    notes
        Of pairs that were made elsewhere: what was found and done when they were brought in.
    """

    attack: Attack
    pair_set: str
    strength: float
    stored: dict[str, Any] | None
    sizes: dict[str, dict[str, float | None]] | None
    notes: tuple[str, ...] = ()
    visibility: Visibility | None = None

    @classmethod
    def of(cls, pair_set: PairSet) -> "EvaluatedPairs":
        """Look up what was measured (two queries)."""
        evaluation = Evaluation.objects.filter(pair_set=pair_set).first()
        table, sizes = (evaluation.table or None, evaluation.sizes) if evaluation else (None, None)
        visibility = Visibility.objects.filter(pair_set=pair_set).first()
        return cls(pair_set.attack, pair_set.name, pair_set.strength, table, sizes, tuple(pair_set.notes), visibility)

    @property
    def table(self) -> AttackTable | None:
        """The figures of the attack's Table 1."""
        return None if self.stored is None else read_attack_table(self.stored)

    def measured(self) -> dict[str, Any]:
        """Return as JSON what was measured, as it is stored."""
        measured: dict[str, Any] = {"evaluation": self.stored, "sizes": self.sizes}
        if self.visibility is not None:
            measured["visibility"] = {
                "measures": self.visibility.distributions,
                "pixels_per_degree": self.visibility.pixels_per_degree,
                "versions": self.visibility.versions,
            }
        return measured | ({"notes": list(self.notes)} if self.notes else {})


@dataclass(frozen=True, slots=True)
class AttackFacts:
    """One attack, what it was made against, and what it did: at the study's own strength, and at the further ones.

    Of one whose pairs were made elsewhere, `classifier` and `target_class` may be empty: not told, and any wrong class.

    Attributes
    ----------
    arm
        What the study calls it beside the others that it compares; empty in a study of one attack.
    name, kind, target_class, classifier, dataset
        As in the models.
    pairs, further
        The image pairs: those that the study names first, and those of further strengths.
    """

    arm: str
    name: str
    kind: str
    target_class: str
    classifier: str
    dataset: str
    pairs: EvaluatedPairs
    further: tuple[EvaluatedPairs, ...]

    @property
    def others(self) -> tuple[EvaluatedPairs, ...]:
        """Those further pairs that another attack made, which studies opened before version 0.3 may have."""
        return tuple(pairs for pairs in self.further if what_differs(self.pairs.attack, pairs.attack))

    @property
    def each(self) -> tuple[EvaluatedPairs, ...]:
        """All of its image pairs, weakest first."""
        return tuple(sorted((self.pairs, *self.further), key=lambda one: one.strength))

    @classmethod
    def all_of(cls, study: Study) -> "tuple[AttackFacts, ...]":
        """Take the facts of a study's attack, or of each that it compares (a query for each set of image pairs)."""
        arms = study.attack_arms
        if not arms:
            return (cls._of("", study.pair_set, study.strengths),)
        return tuple(
            cls._of(arm.name, study.pair_set if study.pair_set in arm.pair_sets else arm.pair_sets[0], arm.pair_sets)
            for arm in arms
        )

    @classmethod
    def _of(cls, arm: str, pair_set: PairSet, pair_sets: Sequence[PairSet]) -> "AttackFacts":
        return cls(
            arm=arm,
            name=pair_set.attack.name,
            kind=pair_set.attack.kind,
            target_class=pair_set.attack.target_class,
            classifier=pair_set.attack.against,
            dataset=pair_set.dataset.name,
            pairs=EvaluatedPairs.of(pair_set),
            further=tuple(EvaluatedPairs.of(further) for further in pair_sets if further.pk != pair_set.pk),
        )

    @property
    def by_strength(self) -> list[EvaluatedPairs]:
        """Its image pairs of all strengths, weakest first."""
        return sorted((self.pairs, *self.further), key=lambda pairs: pairs.strength)

    def _making(self) -> dict[str, str]:
        """Return what perturbed the images, where that was not this program."""
        attack = self.pairs.attack
        return {"made_by": attack.made_by, "reference": attack.reference} if attack.is_elsewhere else {}

    def as_dict(self) -> dict[str, Any]:
        """Return the facts as JSON."""
        return {
            **({"arm": self.arm} if self.arm else {}),
            "name": self.name,
            "kind": self.kind,
            "target_class": self.target_class,
            "strength": self.pairs.strength,
            "classifier": self.classifier,
            **self._making(),
            "pair_set": self.pairs.pair_set,
            "dataset": self.dataset,
            **self.pairs.measured(),
            "further": [
                {"strength": further.strength, "pair_set": further.pair_set, **further.measured()}
                for further in self.further
            ],
        }
