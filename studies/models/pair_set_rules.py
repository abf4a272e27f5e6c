"""What must hold between a study's image pairs: of its strengths, its attacks, its catch trials."""

from collections.abc import Iterable, Sequence

from ml.models.attack import Attack
from ml.models.pair_set import PairSet
from studies.models.attack_arms import FACETS_OF_ALL, OWN, facets_of


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


def wrong_pair_sets(
    pair_set: PairSet,
    further: Sequence[PairSet],
    *,
    compares_attacks: bool,
    n_perturbed: int,
    catch: PairSet | None,
) -> dict[str, str]:
    """Return what is wrong with the image pairs of a study, by field; empty where nothing is.

    Parameters
    ----------
    pair_set
        The study's image pairs.
    further
        The further ones: of its further strengths, or of other attacks.
    compares_attacks
        Whether the study is one of several attacks.
    n_perturbed
        How many perturbed images there are to be shared out.
    catch
        The pairs of its catch trials; None where it has none.
    """
    if reason := why_not_together(pair_set, further, compares_attacks=compares_attacks, n_perturbed=n_perturbed):
        return {"further_pair_sets": reason}
    if compares_attacks and not any(what_differs(pair_set.attack, other.attack) for other in further):
        chosen = f"{pair_set.name} is" if not further else "All of these image pairs are"
        return {
            "compares_attacks": f"{chosen} of one attack. Choose image pairs of another attack beside them, of the "
            "same images; or leave this out."
        }
    if catch is not None and (reason := why_not_plainer(catch, [pair_set, *further])):
        return {"catch_pair_set": reason}
    return {}


def what_differs(one: Attack, other: Attack) -> str:
    """Return by what two attacks are different methods, rather than one at two strengths; nothing where they are one.

    They are one where `facets_of` is the same. Of two kinds, their settings are not compared: each has its own.
    """
    ours, theirs = facets_of(one), facets_of(other)
    compared = {**ours, **theirs} if one.kind == other.kind else FACETS_OF_ALL
    return ", ".join(
        f"{name} {ours.get(name) or OWN} and {theirs.get(name) or OWN}"
        for name in compared
        if ours.get(name) != theirs.get(name)
    )


def why_not_together(pair_set: PairSet, further: Iterable[PairSet], *, compares_attacks: bool, n_perturbed: int) -> str:
    """Return why image pairs cannot stand in one series with others; nothing where they can.

    Parameters
    ----------
    pair_set, further, compares_attacks, n_perturbed
        As for `wrong_pair_sets`.
    """
    there = [pair_set]
    for other in further:
        if other.dataset_id != pair_set.dataset_id or other.split != pair_set.split:
            return f"{other.name} has other images than {pair_set.name}: they are to be of the same dataset and split."
        if other.image_size != pair_set.image_size:
            return (
                f"{other.name} is {other.image_size} pixels wide, {pair_set.name} {pair_set.image_size}: the strength "
                "would show by the size."
            )
        if not compares_attacks and (difference := what_differs(pair_set.attack, other.attack)):
            return (
                f"{other.name} was made by another attack than {pair_set.name}: {difference}. Further strengths are of "
                "one attack, so that one curve and one paragraph of methods can speak of them. Say that several "
                "attacks are compared (--compare-attacks), and each has figures of its own; or give each attack a "
                "study of its own."
            )
        for one in there:
            if one.strength == other.strength and not what_differs(one.attack, other.attack):
                return f"{other.name} and {one.name} both have the strength {other.strength:g}."
        there.append(other)
    if len(there) > n_perturbed:
        what = "sets of image pairs" if compares_attacks else "strengths"
        return f"{len(there)} {what} need at least as many perturbed images; there are {n_perturbed}."
    return ""
