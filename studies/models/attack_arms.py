"""The attacks that a study compares, its arms: which of its image pairs are of one, and what each is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ml.attacks import attack_title
from ml.models.attack import Attack
from ml.models.pair_set import PairSet
from perception.analysis.json_values import JsonObject
from perception.core.json_checks import json_list, json_object, json_scalar
from studies.trial_types import TrialType

ARMS = "arms"
"""Key in the protocol's `attack`, of a study of several attacks alone."""
COMPARED_BY = "attacks_compared_by"
"""Key in the protocol's `analysis`, likewise."""
OWN = "of its own"
LONGEST = 40
"""Letters of a title: it heads columns and sections."""
TOLD_APART = {
    "classifier": "against {}",
    "target class": "towards {}",
    "loss": "with loss {}",
    "making elsewhere": "made by {}",
    "kind": "kind {}",
}
"""What tells attacks of one title apart, in words."""


@dataclass(frozen=True, slots=True)
class AttackArm:
    """One of the attacks that a study compares.

    Attributes
    ----------
    name
        What tells it from the study's other attacks.
    pair_sets
        Its image pairs, weakest first.
    """

    name: str
    pair_sets: tuple[PairSet, ...]

    @property
    def attack(self) -> Attack:
        """One of the attacks that made them: at every strength kind, classifier, target class and loss are the same."""
        return self.pair_sets[0].attack

    @property
    def strengths(self) -> tuple[float, ...]:
        """In 8-bit levels, ascending."""
        return tuple(pair_set.strength for pair_set in self.pair_sets)


def facets_of(attack: Attack) -> dict[str, str]:
    """Return what makes an attack the method that it is: two that agree in all of it are one at two strengths.

    How long a generator was trained, with which seed and penalties, may differ: each strength is trained by itself.
    """
    return {
        "kind": attack.kind,
        "classifier": attack.against,
        "target class": attack.target_class,
        "making elsewhere": attack.made_by,
        "loss": str(attack.options.get("loss", "")),
    }


def attack_arms(pair_sets: Sequence[PairSet], *, first: PairSet) -> tuple[AttackArm, ...]:
    """Return image pairs by the attack that made them, each under a name that tells it from the others.

    Parameters
    ----------
    pair_sets
        All of a study, each once.
    first
        One of them: its attack comes first, the others by their names.
    """
    groups: dict[tuple[str, ...], list[PairSet]] = {}
    for pair_set in pair_sets:
        groups.setdefault(tuple(facets_of(pair_set.attack).values()), []).append(pair_set)
    facets = [facets_of(group[0].attack) for group in groups.values()]
    arms = [
        AttackArm(_name(own, facets), tuple(sorted(group, key=lambda pair_set: pair_set.strength)))
        for own, group in zip(facets, groups.values(), strict=True)
    ]
    return tuple(sorted(arms, key=lambda arm: (first not in arm.pair_sets, arm.name)))


def figure_of_comparison(trials: TrialType) -> str:
    """Return by which figure of `perception.analysis.two_arms.summary.MERITS` attacks are compared.

    Clean images stand for every attack, so that specificity is no difference between attacks and balanced accuracy has
    half of that of sensitivities: one of them is enough.
    """
    if trials.always_perturbed:
        return "right_choices"
    return "roc_area" if trials.ratings else "sensitivity"


def figure_by_protocol(protocol: JsonObject) -> str:
    """Return by which figure a protocol compares its attacks.

    Raises
    ------
    KeyError, TypeError
        The protocol is not that of a study of several attacks.
    """
    return json_scalar(json_object(protocol["analysis"])[COMPARED_BY], str)


def arms_for_protocol(arms: Sequence[AttackArm]) -> list[JsonObject]:
    """Return the attacks that a study compares as its protocol fixes them: their names, and what each one is."""
    return [
        {
            "name": arm.name,
            **{facet.replace(" ", "_"): value for facet, value in facets_of(arm.attack).items()},
            **({"reference": arm.attack.reference} if arm.attack.is_elsewhere else {}),
            "pair_sets": [
                {"pair_set": pair_set.name, "attack": pair_set.attack.name, "strength_levels": pair_set.strength}
                for pair_set in arm.pair_sets
            ],
        }
        for arm in arms
    ]


def arms_of_protocol(protocol: JsonObject) -> dict[str, tuple[str, ...]]:
    """Return by the names of the attacks that a protocol compares those of their image pairs; empty of one attack.

    Raises
    ------
    KeyError, TypeError
        The protocol is not one of this program.
    """
    arms = json_list(json_object(protocol["attack"]).get(ARMS, []))
    return {
        json_scalar(arm["name"], str): tuple(
            json_scalar(json_object(pairs)["pair_set"], str) for pairs in json_list(arm["pair_sets"])
        )
        for arm in map(json_object, arms)
    }


def as_named(arms: Sequence[AttackArm], named: Mapping[str, Sequence[str]]) -> tuple[AttackArm, ...]:
    """Return attacks under the names, and in the order, that a protocol fixed.

    Parameters
    ----------
    arms
        As `attack_arms` makes them now.
    named
        As `arms_of_protocol` returns it. An attack that is not in it keeps its name, and comes last.
    """
    names = list(named)
    name_of = {pairs: name for name, of_attack in named.items() for pairs in of_attack}
    renamed = [replace(arm, name=name_of.get(arm.pair_sets[0].name, arm.name)) for arm in arms]
    return tuple(sorted(renamed, key=lambda arm: names.index(arm.name) if arm.name in named else len(names)))


def _name(own: dict[str, str], everyone: Sequence[dict[str, str]]) -> str:
    """Return the attack's title without its authors, and beside others of its title whatever they differ by."""
    title = _title(own)
    alike = [other for other in everyone if _title(other) == title]
    differing = [
        text.format(own[facet] or OWN)
        for facet, text in TOLD_APART.items()
        if len({other[facet] for other in alike}) > 1
    ]
    return ", ".join([title, *differing])


def _title(facets: dict[str, str]) -> str:
    """Return what an attack is called; one that was made elsewhere after what made it, as far as a line goes."""
    text = facets["making elsewhere"] or attack_title(facets["kind"])
    title = " ".join(text.partition(" (")[0].split())
    if len(title) > LONGEST:
        title = f"{title[: LONGEST - 1].rstrip()}…"
    return title[:1].upper() + title[1:]
