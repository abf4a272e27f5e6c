"""What the attack did to the classifier, and how large its change is, beside what people saw of it."""

from typing import TYPE_CHECKING, Any

from ml.attacks import attack_title
from ml.evaluation.text.distortion import size_lines
from ml.evaluation.text.table_one import COLUMNS, MARK, cell_text
from perception.core.formatting import p_value, percent, points, share
from studies.report.sections.elements import LabelledText, Section, Table

if TYPE_CHECKING:
    from studies.report.build import Report

HEAD = (
    "Class",
    "Images",
    "Precision, clean",
    "Recall, clean",
    "Precision, perturbed",
    "Recall, perturbed",
    "Fooling ratio",
)


def attack_section(report: "Report") -> Section:
    """Return the attack's own Table 1 and the sizes of its change."""
    attack = report.study.pair_set.attack
    facts = report.figures["attack"]
    lead = (
        f"{attack_title(attack.kind)} against {facts['classifier']}, target class {facts['target_class']}, strength "
        f"{facts['strength']:g} of 255 levels; image pairs {facts['pair_set']}, of {facts['dataset']}."
    )
    sizes = tuple(LabelledText(line["name"], line["text"]) for line in size_lines(facts["sizes"] or {}))
    evaluation = facts["evaluation"]
    further = _further(facts)
    if evaluation is None:
        lead += " What it did to the classifier was not measured (“manage.py evaluate_attack” does that)."
        return Section(key="attack", title="The attack itself", lead=(lead,), tables=further, facts=sizes)
    rows = tuple(
        (name, str(row["n"]), *(cell_text(row[column]) for column in COLUMNS))
        for name, row in evaluation["classes"].items()
    )
    marked = any(MARK in cell for row in rows for cell in row)
    return Section(
        key="attack",
        title="The attack itself",
        lead=(lead,),
        tables=(Table("What the attack did to the classifier", HEAD, rows), *further),
        facts=(*_overall(evaluation["overall"], facts["target_class"]), *sizes),
        notes=(
            *((f"{MARK} Nothing to divide by: 0 by convention.",) if marked else ()),
            "Precision = TP/(TP + FP), recall = TP/(TP + FN), one class against all others. Sizes of the change are of "
            "the saved 8-bit images; least to greatest in brackets.",
        ),
    )


def _further(facts: dict[str, Any]) -> tuple[Table, ...]:
    """Return a line for each strength, where the study has several."""
    if not facts["further"]:
        return ()
    each = sorted((facts, *facts["further"]), key=lambda one: float(one["strength"]))
    head = ("Strength", "Image pairs", "Accuracy, perturbed", "Fooling ratio", "PSNR", "SSIM")
    return (Table("The attack at each strength", head, tuple(_of_strength(one) for one in each)),)


def _of_strength(facts: dict[str, Any]) -> tuple[str, ...]:
    overall = facts["evaluation"]["overall"] if facts["evaluation"] else None
    shares = [percent(overall[key]) if overall else "not measured" for key in ("accuracy_after", "fooling_ratio")]
    sizes = {line["name"]: line["text"] for line in size_lines(facts["sizes"] or {})}
    return (
        f"{facts['strength']:g}",
        facts["pair_set"],
        *shares,
        *(sizes.get(name, "not measured") for name in ("PSNR", "SSIM")),
    )


def _overall(overall: dict[str, Any], target: str) -> list[LabelledText]:
    before, after, test = overall["accuracy_before"], overall["accuracy_after"], overall["mcnemar"]
    facts = [
        LabelledText("Accuracy, clean", percent(before), before["method"]),
        LabelledText(
            "Accuracy, perturbed",
            f"{percent(after)}; McNemar’s test p {p_value(test['p'])}",
            f"{test['b']} read rightly before and wrongly after, {test['c']} the other way; {test['method']}",
        ),
    ]
    if (difference := overall.get("accuracy_difference")) is not None:
        facts.append(LabelledText("Difference, points", points(difference), difference["method"]))
    if overall.get("balanced_accuracy_after") is not None:
        text = (
            f"{share(overall['balanced_accuracy_before'])} clean, {share(overall['balanced_accuracy_after'])} perturbed"
        )
        facts.append(LabelledText("Balanced accuracy", text, "mean recall of the classes"))
    fooled = f"{percent(overall['fooling_ratio'])} of the images not of class {target}"
    if overall.get("fooling_ratio_of_others"):
        fooled += f"; {percent(overall['fooling_ratio_of_others'])} of those that were not read as {target} before"
    return [*facts, LabelledText("Fooling ratio", fooled)]
