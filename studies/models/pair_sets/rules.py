"""What must hold between a study's image pairs: of its strengths, its attacks, its catch trials."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext

from ml.models.attack import Attack
from ml.models.pair_set import PairSet
from perception.core.formatting import localized
from studies.models.pair_sets.attack_arms import FACETS_OF_ALL, OWN, facets_of

FEWEST_TO_CHOOSE_FROM = 3
"""Strengths, where each is chosen from the answers: with two there is next to nothing to choose."""


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
        return gettext("Choose where the images of the catch trials come from.")
    if pair_set is None:
        return ""
    if catch.image_size != pair_set.image_size:
        return gettext(
            "These are %(catch)s pixels wide, those of the series %(series)s: catch trials would show by their size."
        ) % {"catch": catch.image_size, "series": pair_set.image_size}
    return why_not_plainer(catch, [pair_set])


def why_not_plainer(catch: PairSet, series: Iterable[PairSet]) -> str:
    """Return why image pairs are not plainer than those of the series; nothing where they are."""
    strongest = max(pair_set.strength for pair_set in series)
    if catch.strength > strongest:
        return ""
    return gettext("Strength %(strength)s, in the series %(strongest)s; catch trials are to be plainer.") % {
        "strength": localized(f"{catch.strength:g}"),
        "strongest": localized(f"{strongest:g}"),
    }


def wrong_pair_sets(
    pair_set: PairSet,
    further: Sequence[PairSet],
    *,
    compares_attacks: bool,
    n_perturbed: int,
    catch: PairSet | None,
    adapts_strength: bool = False,
    control: PairSet | None = None,
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
    adapts_strength
        Whether each strength is chosen from the answers.
    control
        The pairs of the positive control; None where it has none.
    """
    if reason := why_not_together(pair_set, further, compares_attacks=compares_attacks, n_perturbed=n_perturbed):
        return {"further_pair_sets": reason}
    if compares_attacks and not any(what_differs(pair_set.attack, other.attack) for other in further):
        said = (
            gettext(
                "All of these image pairs are of one attack. Choose image pairs of another attack beside them, of the "
                "same images; or leave this out."
            )
            if further
            else gettext(
                "%(name)s is of one attack. Choose image pairs of another attack beside them, of the same images; or "
                "leave this out."
            )
            % {"name": pair_set.name}
        )
        return {"compares_attacks": said}
    if adapts_strength and len(further) + 1 < FEWEST_TO_CHOOSE_FROM:
        said = gettext(
            "There is nothing to choose: %(n)s strengths are needed at least, of image pairs that differ in it alone. "
            "Choose further image pairs, or leave this off."
        )
        return {"adapts_strength": said % {"n": FEWEST_TO_CHOOSE_FROM}}
    if control is not None and compares_attacks and (reason := why_no_control(control, pair_set, further)):
        return {"control_pair_set": reason}
    if catch is not None and (reason := why_not_plainer(catch, [pair_set, *further])):
        return {"catch_pair_set": reason}
    return {}


def why_no_control(control: PairSet, pair_set: PairSet, further: Iterable[PairSet]) -> str:
    """Return why image pairs cannot be the positive control of a study; nothing where they can.

    They are among its further ones, and the only ones of their attack. How strong they are is not asked: the levels of
    attacks of several kinds do not compare, and the report tells whether people noticed the control.
    """
    further = list(further)
    if control not in further:
        return gettext("%(name)s is not among the further image pairs of this study: choose it there as well.") % {
            "name": control.name
        }
    others = (other for other in (pair_set, *further) if other != control)
    if same := next((other for other in others if not what_differs(control.attack, other.attack)), None):
        return gettext(
            "%(name)s and %(name2)s are of the same attack: the positive control is an attack of its own, at one "
            "strength."
        ) % {"name": control.name, "name2": same.name}
    return ""


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
            return gettext(
                "%(name)s has other images than %(name2)s: they are to be of the same dataset and split."
            ) % {"name": other.name, "name2": pair_set.name}
        if other.image_size != pair_set.image_size:
            return gettext(
                "%(name)s is %(side)s pixels wide, %(name2)s %(side2)s: the strength would show by the size."
            ) % {"name": other.name, "side": other.image_size, "name2": pair_set.name, "side2": pair_set.image_size}
        if not compares_attacks and (difference := what_differs(pair_set.attack, other.attack)):
            return gettext(
                "%(name)s was made by another attack than %(name2)s: %(difference)s. Further strengths are "
                "of one attack, so that one curve and one paragraph of methods can speak of them. Say that "
                "several attacks are compared (--compare-attacks), and each has figures of its own; or give "
                "each attack a study of its own."
            ) % {"name": other.name, "name2": pair_set.name, "difference": difference}
        for one in there:
            if one.strength == other.strength and not what_differs(one.attack, other.attack):
                return gettext("%(name)s and %(name2)s both have the strength %(strength)s.") % {
                    "name": other.name,
                    "name2": one.name,
                    "strength": localized(f"{other.strength:g}"),
                }
        there.append(other)
    if len(there) > n_perturbed:
        said = (
            gettext("%(n)s sets of image pairs need at least as many perturbed images; there are %(perturbed)s.")
            if compares_attacks
            else gettext("%(n)s strengths need at least as many perturbed images; there are %(perturbed)s.")
        )
        return said % {"n": len(there), "perturbed": n_perturbed}
    return ""
