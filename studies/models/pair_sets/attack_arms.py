"""The attacks that a study compares, its arms: which of its image pairs are of one, and what each is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ml.attacks.stored_options import setting_text, settings_of_the_method
from ml.attacks.wording import attack_title
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
CONTROL = "positive control"
"""Stands after the name of the attack that is one, wherever the attack is named."""
LONGEST = 40
"""Letters of a title: it heads columns and sections."""
TOLD_APART = {
    "classifier": "against {}",
    "target class": "towards {}",
    "making elsewhere": "made by {}",
    "kind": "kind {}",
}
"""What tells attacks of one title apart, in words; their settings follow."""
UNBOUNDED = 255.0
"""A strength that bounds nothing, in 8-bit levels: no channel can change by more."""
FACETS_OF_ALL = ("kind", "classifier", "target class", "making elsewhere")
"""What attacks of every kind are told apart by."""


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
        """One of the attacks that made them; `facets_of` is the same for all, by the rule at the study's opening."""
        return self.pair_sets[0].attack

    @property
    def strengths(self) -> tuple[float, ...]:
        """In 8-bit levels, ascending."""
        return tuple(pair_set.strength for pair_set in self.pair_sets)


def facets_of(attack: Attack) -> dict[str, str]:
    """Return what makes an attack the method that it is: two that agree in all of it are one at two strengths.

    They are its kind, classifier and target class, what made it elsewhere, and its kind's own settings, such as a
    generator's loss or the steps of PGD. How long a generator was trained, with which seed and penalties, may differ:
    each strength is trained by itself.
    """
    return {
        "kind": attack.kind,
        "classifier": attack.against,
        "target class": attack.target_class,
        "making elsewhere": attack.made_by,
        **{name.replace("_", " "): setting_text(value) for name, value in settings_of_the_method(attack).items()},
    }


def attack_arms(
    pair_sets: Sequence[PairSet], *, first: PairSet, control: PairSet | None = None
) -> tuple[AttackArm, ...]:
    """Return image pairs by the attack that made them, each under a name that tells it from the others.

    Parameters
    ----------
    pair_sets
        All of a study, each once.
    first
        One of them: its attack comes first, the others by their names.
    control
        One of them whose attack is a positive control: its name says it, and it comes last.
    """
    groups: dict[tuple[tuple[str, str], ...], list[PairSet]] = {}
    for pair_set in pair_sets:
        groups.setdefault(tuple(facets_of(pair_set.attack).items()), []).append(pair_set)
    facets = [facets_of(group[0].attack) for group in groups.values()]
    arms = [
        AttackArm(_name(own, facets), tuple(sorted(group, key=lambda pair_set: pair_set.strength)))
        for own, group in zip(facets, groups.values(), strict=True)
    ]
    arms.sort(key=lambda arm: (control in arm.pair_sets, first not in arm.pair_sets, arm.name))
    return tuple(replace(arm, name=f"{arm.name} ({CONTROL})") if control in arm.pair_sets else arm for arm in arms)


def differing_strengths(
    strengths: Mapping[str, tuple[float, ...]], *, control: str | None
) -> dict[str, tuple[float, ...]]:
    """Return the strengths of attacks that are compared, by their names, if they differ; else nothing.

    Parameters
    ----------
    strengths
        Of each attack, in 8-bit levels.
    control
        The name of the positive control, if one is: it is in no difference. Nor does the strength of an attack without
        a bound say anything beside that of another.
    """
    compared = {name: own for name, own in strengths.items() if name != control and set(own) != {UNBOUNDED}}
    return compared if len(set(compared.values())) > 1 else {}


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
            **{facet.replace(" ", "_"): facets_of(arm.attack)[facet] for facet in FACETS_OF_ALL},
            "settings": {**settings_of_the_method(arm.attack)},
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


def arms_as_fixed(
    pair_sets: Sequence[PairSet], fixed: Mapping[str, Sequence[str]], *, first: PairSet
) -> tuple[AttackArm, ...]:
    """Return image pairs by the attacks that a protocol fixed, under its names and in its order.

    What makes two attacks one may be judged otherwise by now; a study that is open keeps what it was opened with.

    Parameters
    ----------
    pair_sets, first
        As for `attack_arms`.
    fixed
        As `arms_of_protocol` returns it. Image pairs that are not in it come last, as `attack_arms` makes them now.
    """
    attack_of = {pairs: name for name, of_attack in fixed.items() for pairs in of_attack}
    arms = []
    for name in fixed:
        own = [pair_set for pair_set in pair_sets if attack_of.get(pair_set.name) == name]
        if own:
            arms.append(AttackArm(name, tuple(sorted(own, key=lambda pair_set: pair_set.strength))))
    others = [pair_set for pair_set in pair_sets if pair_set.name not in attack_of]
    return (*arms, *attack_arms(others, first=first))


def _name(own: dict[str, str], everyone: Sequence[dict[str, str]]) -> str:
    """Return the attack's title without its authors, and beside others of its title whatever they differ by."""
    title = _title(own)
    alike = [other for other in everyone if _title(other) == title]
    differing = [
        text.format(own[facet] or OWN)
        for facet, text in TOLD_APART.items()
        if len({other[facet] for other in alike}) > 1
    ]
    of_kind = [other for other in alike if other["kind"] == own["kind"]]
    differing += [
        f"with {facet} {own[facet]}"
        for facet in own
        if facet not in FACETS_OF_ALL and len({other.get(facet) for other in of_kind}) > 1
    ]
    return ", ".join([title, *differing])


def _title(facets: dict[str, str]) -> str:
    """Return what an attack is called; one that was made elsewhere after what made it, as far as a line goes."""
    text = facets["making elsewhere"] or attack_title(facets["kind"])
    title = " ".join(text.partition(" (")[0].split())
    if len(title) > LONGEST:
        title = f"{title[: LONGEST - 1].rstrip()}…"
    return title[:1].upper() + title[1:]
