"""What must hold between a study's image pairs: of the series, of its further strengths, of the catch trials."""

from collections.abc import Iterable, Sequence

from ml.models.attack import Attack
from ml.models.pair_set import PairSet


def why_no_catch_trials(catch: PairSet | None, pair_set: PairSet | None) -> str:
    """Return why the images of catch trials cannot stand among those of a series; nothing where they can.

    Parameters
    ----------
    catch
        The pairs of the catch trials; None where none are chosen.
    pair_set
        The pairs of the series; None where none are chosen, which the form says at that field.
    """
    if catch is None:
        return "Choose where the images of the catch trials come from."
    if pair_set is None:
        return ""
    if catch.image_size != pair_set.image_size:
        return (
            f"These are {catch.image_size} pixels wide, those of the series {pair_set.image_size}: "
            "catch trials would show by their size."
        )
    return why_not_plainer(catch, [pair_set])


def why_not_plainer(catch: PairSet, series: Iterable[PairSet]) -> str:
    """Return why image pairs are not plainer than those of the series; nothing where they are."""
    strongest = max(pair_set.strength for pair_set in series)
    if catch.strength > strongest:
        return ""
    return f"Strength {catch.strength:g}, in the series {strongest:g}; catch trials are to be plainer."


def wrong_strengths(
    pair_set: PairSet, further: Sequence[PairSet], *, n_perturbed: int, catch: PairSet | None
) -> dict[str, str]:
    """Return what is wrong with a study's further strengths, by field; empty where nothing is.

    Parameters
    ----------
    catch
        The pairs of its catch trials; None where it has none.
    """
    if reason := why_no_strengths(pair_set, further, n_perturbed=n_perturbed):
        return {"further_pair_sets": reason}
    if catch is not None and (reason := why_not_plainer(catch, [pair_set, *further])):
        return {"catch_pair_set": reason}
    return {}


def what_differs(one: Attack, other: Attack) -> str:
    """Return by what two attacks are different methods, rather than one at two strengths; nothing where they are one.

    They are one where kind, classifier, target class and loss are the same, and, of pairs that were made elsewhere,
    what made them. How long a generator was trained, with
    which seed and penalties, may differ: each strength is trained by itself.
    """
    facets = (
        ("kind", one.kind, other.kind),
        ("classifier", one.against, other.against),
        ("target class", one.target_class, other.target_class),
        ("making elsewhere", one.made_by, other.made_by),
        ("loss", one.options.get("loss", ""), other.options.get("loss", "")),
    )
    differing = [
        (name, ours or "of its own", theirs or "of its own") for name, ours, theirs in facets if ours != theirs
    ]
    return ", ".join(f"{name} {ours} and {theirs}" for name, ours, theirs in differing)


def why_no_strengths(pair_set: PairSet, further: Iterable[PairSet], *, n_perturbed: int) -> str:
    """Return why image pairs cannot be further strengths of others; nothing where they can.

    Parameters
    ----------
    pair_set
        The study's image pairs.
    further
        Those of its further strengths.
    n_perturbed
        How many perturbed images there are to be shared out.
    """
    strengths = {pair_set.strength: pair_set.name}
    for other in further:
        if other.dataset_id != pair_set.dataset_id or other.split != pair_set.split:
            return f"{other.name} has other images than {pair_set.name}: they are to be of the same dataset and split."
        if other.image_size != pair_set.image_size:
            return (
                f"{other.name} is {other.image_size} pixels wide, {pair_set.name} {pair_set.image_size}: the strength "
                "would show by the size."
            )
        if difference := what_differs(pair_set.attack, other.attack):
            return (
                f"{other.name} was made by another attack than {pair_set.name}: {difference}. Further strengths are of "
                "one attack, so that one curve and one paragraph of methods can speak of them. Give each attack a "
                "study of its own."
            )
        if other.strength in strengths:
            return f"{other.name} and {strengths[other.strength]} both have the strength {other.strength:g}."
        strengths[other.strength] = other.name
    if len(strengths) > n_perturbed:
        return f"{len(strengths)} strengths need at least as many perturbed images; there are {n_perturbed}."
    return ""
