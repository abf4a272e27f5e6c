"""What the attack did to the classifier, and how large its change is, beside what people saw of it."""

from collections.abc import Iterator
from dataclasses import replace

from ml.attacks.wording import attack_words, techniques_text
from ml.evaluation.stored_table import OverallFigures
from ml.evaluation.text.distortion import size_lines
from ml.evaluation.text.fooling import fooling_sentence
from ml.evaluation.text.table_one import MARK, cell_text
from ml.evaluation.text.visibility import distribution_lines
from ml.images.visibility.measures import MEASURE_OF
from ml.models.visibility import Visibility
from perception.core.formatting import p_value, percent, points, share
from studies.report.build import Report
from studies.report.facts import AttackFacts, EvaluatedPairs
from studies.report.sections.elements import LabelledText, Section, Table
from studies.report.wording import levels_text

HEAD = (
    "Class",
    "Images",
    "Precision, clean",
    "Recall, clean",
    "Precision, perturbed",
    "Recall, perturbed",
    "Fooling ratio",
)


def attack_sections(report: Report) -> list[Section]:
    """Return the attack's own Table 1 and the sizes of its change; of several attacks a section for each."""
    if len(report.attacks) == 1:
        return [_attack_section(report.attack)]
    return [
        replace(section, key=f"{section.key}-{number}", title=f"{section.title}: {facts.arm}")
        for number, facts in enumerate(report.attacks, start=1)
        for section in (_attack_section(facts),)
    ]


def _attack_section(facts: AttackFacts) -> Section:
    attack = facts.pairs.attack
    words = attack_words(attack)
    lead = (
        f"{words[:1].upper()}{words[1:]}, strength {levels_text([facts.pairs.strength])}; image pairs "
        f"{facts.pairs.pair_set}, of {facts.dataset}."
    )
    sizes = tuple(LabelledText(line.name, line.text) for line in size_lines(facts.pairs.sizes or {}))
    sizes += _visibility(facts.pairs.visibility)
    named = (*_named(attack.kind), *_brought_in(facts))
    table = facts.pairs.table
    further = _further(facts)
    if table is None:
        lead += (
            " No classifier was measured."
            if attack.is_elsewhere
            else " What it did to the classifier was not measured (“manage.py evaluate_attack” does that)."
        )
        return Section(key="attack", title="The attack itself", lead=(lead,), tables=further, facts=(*named, *sizes))
    rows = tuple((name, str(row.n), *(cell_text(cell) for cell in row.cells)) for name, row in table.classes.items())
    marked = any(MARK in cell for row in rows for cell in row)
    return Section(
        key="attack",
        title="The attack itself",
        lead=(lead,),
        tables=(Table("What the attack did to the classifier", HEAD, rows), *further),
        facts=(*named, *_overall(table.overall, table.target), *sizes),
        notes=(
            *((f"{MARK} Nothing to divide by: 0 by convention.",) if marked else ()),
            "Precision = TP/(TP + FP), recall = TP/(TP + FN), one class against all others. Sizes of the change are of "
            "the saved 8-bit images; least to greatest in brackets.",
        ),
    )


def _named(kind: str) -> tuple[LabelledText, ...]:
    """Return the attack's entries in published catalogues; nothing of a kind that this version does not have."""
    text = techniques_text(kind)
    return (LabelledText("In catalogues of attacks", text),) if text else ()


def _brought_in(facts: AttackFacts) -> Iterator[LabelledText]:
    """Yield where an attack that was made elsewhere is described, and what was found of its pairs."""
    if reference := facts.pairs.attack.reference:
        yield LabelledText("Described in", reference)
    several = len({pairs.notes for pairs in (facts.pairs, *facts.further)}) > 1
    for pairs in (facts.pairs, *facts.further) if several else (facts.pairs,):
        if pairs.notes:
            of_strength = f", strength {pairs.strength:g}" if several else ""
            yield LabelledText(f"When the pairs were brought in{of_strength}", "; ".join(pairs.notes))


def _further(facts: AttackFacts) -> tuple[Table, ...]:
    """Return a line for each strength, where the study has several."""
    if not facts.further:
        return ()
    head: tuple[str, ...] = ("Strength", "Image pairs", "Accuracy, perturbed", "Fooling ratio", "PSNR", "SSIM")
    seen = [pairs.visibility.distributions for pairs in facts.each if pairs.visibility]
    if seen:
        head += ("ΔE00, mean", "FLIP", "SSIMULACRA2")
    if any("colorvideovdp" in distributions for distributions in seen):
        head += ("ColorVideoVDP",)
    return (
        Table("The attack at each strength", head, tuple(_of_strength(pairs)[: len(head)] for pairs in facts.each)),
    )


def _of_strength(pairs: EvaluatedPairs) -> tuple[str, ...]:
    missing = "not measured"
    overall = pairs.table.overall if pairs.table else None
    shares = (percent(overall.accuracy_after), percent(overall.fooling_ratio)) if overall else (missing, missing)
    sizes = {line.name: line.text for line in size_lines(pairs.sizes or {})}
    seen = {
        line.name: line.median
        for line in distribution_lines(pairs.visibility.distributions if pairs.visibility else {})
    }
    return (
        *(f"{pairs.strength:g}", pairs.pair_set, *shares),
        *(sizes.get(name, missing) for name in ("PSNR", "SSIM")),
        *(seen.get(name) or missing for name in ("ΔE00, mean", "FLIP", "SSIMULACRA2", "ColorVideoVDP")),
    )


def _visibility(visibility: Visibility | None) -> tuple[LabelledText, ...]:
    """Return how visible the changes are: a line a measure, with its distribution over the pairs."""
    if visibility is None:
        return ()
    lines = [line for line in distribution_lines(visibility.distributions) if line.median]
    how = f"{visibility.pixels_per_degree:g} pixels per degree"
    return tuple(
        LabelledText(
            line.name,
            f"median {line.median}{f', {line.word}' if line.word else ''} ({line.extremes})",
            f"{line.description}; {how}" if MEASURE_OF[line.key].asks_for_distance else line.description,
        )
        for line in lines
    )


def _overall(overall: OverallFigures, target: str | None) -> list[LabelledText]:
    before, after, test = overall.accuracy_before, overall.accuracy_after, overall.mcnemar
    facts = [
        LabelledText("Accuracy, clean", percent(before), before.method),
        LabelledText(
            "Accuracy, perturbed",
            f"{percent(after)}; McNemar’s test p {p_value(test.p)}",
            f"{test.b} read rightly before and wrongly after, {test.c} the other way; {test.method}",
        ),
    ]
    if (difference := overall.accuracy_difference) is not None:
        facts.append(LabelledText("Difference, points", points(difference), difference.method))
    if (by_lesion := overall.by_lesion) is not None:
        text = (
            f"{percent(by_lesion.before)} clean, {percent(by_lesion.after)} perturbed; difference "
            f"{points(by_lesion.difference)} points, p {p_value(by_lesion.p)}"
        )
        note = f"{by_lesion.lesions:,} lesions, the images of each as a cluster; {by_lesion.difference.method}"
        facts.append(LabelledText("Accuracy by lesion", text, note))
    if overall.balanced_accuracy_after is not None:
        text = f"{share(overall.balanced_accuracy_before)} clean, {share(overall.balanced_accuracy_after)} perturbed"
        facts.append(LabelledText("Balanced accuracy", text, "mean recall of the classes"))
    fooled = LabelledText("Fooling ratio", fooling_sentence(overall, target), overall.fooling_ratio.method)
    return [*facts, fooled]
