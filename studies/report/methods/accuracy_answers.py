"""What reporting lists ask of the classifier's accuracy: what was measured of it, before the attack and after."""

from ml.classifiers.confusion import accuracy_of
from ml.evaluation.stored_table import OverallFigures
from ml.evaluation.text.fooling import fooling_sentence
from perception.analysis.estimates.estimate import Estimate
from perception.core.formatting import level, p_value, percent, points, share
from studies.languages import ENGLISH
from studies.report.build import Report
from studies.report.facts import AttackFacts, EvaluatedPairs
from studies.report.methods.reporting_list import missing
from studies.report.wording import levels_text

ATTACK_ITSELF = "“The attack itself”"
"""The section of the report that has the attack's Table 1."""


def accuracy_named(report: Report) -> str:
    """Return which measures of the classifier's accuracy there are."""
    measures = "accuracy, precision and recall, clean and perturbed, and fooling ratio"
    if _overall(report) is None:
        measures = "none" if _clean_accuracy(report) is None else "accuracy on clean test images"
    return (
        f"Measures of the classifier’s accuracy in this report: {measures}. The title of the article is the authors’."
    )


def aims(report: Report) -> str:
    """Return what is asked of classifier and observers."""
    attack = report.attack
    classifier = f"the classifier “{attack.classifier}”" if attack.classifier else "a classifier"
    others = [f"“{other.name}”" for other in report.attacks[1:]]
    compared = f" It is compared with {', '.join(others)}; what is said here is of it where none is named."
    return (
        f"How far the attack “{attack.name}” misleads {classifier}, and whether observers see the change: "
        f"“{report.study.text('question', ENGLISH)}”{compared if others else ''} {missing('hypotheses')}"
    )


def metrics(report: Report) -> str:
    """Return the measures of performance."""
    if _overall(report) is None:
        if _clean_accuracy(report) is None:
            return missing(_unmeasured(report))
        return f"Accuracy and balanced accuracy on clean test images. {missing(_unmeasured(report))}"
    target = report.attack.target_class
    if target:
        fooled = f"the share of the images not of class {target} that are read as {target} after the attack"
    else:
        fooled = "the share of all images that are read as another class after the attack than before"
    return f"Accuracy and balanced accuracy; precision and recall of each diagnosis; fooling ratio, {fooled}."


def statistical_measures(report: Report) -> str:
    """Return how intervals and comparisons were computed."""
    overall = _overall(report)
    if overall is None:
        measured = _clean_accuracy(report)
        if measured is None:
            return missing(_unmeasured(report))
        return f"{level(measured)} interval of the clean accuracy: {measured.method}. {missing(_unmeasured(report))}"
    before = overall.accuracy_before
    compared = f"McNemar’s test ({overall.mcnemar.method})"
    text = f"{level(before)} intervals: {before.method}; clean against perturbed: {compared}"
    if overall.accuracy_difference is not None:
        text += f"; difference: {overall.accuracy_difference.method}"
    if overall.by_lesion is not None:
        text += f"; with the images of a lesion as a cluster: {overall.by_lesion.difference.method}"
    return f"{text}."


def robustness(report: Report) -> str:
    """Return at which strengths and after what the attack was measured."""
    measured = [pairs for pairs in _each(report) if pairs.table is not None]
    if not measured:
        text = missing(_unmeasured(report))
    else:
        text = f"The attack, at strength {levels_text([pairs.strength for pairs in measured])} ({ATTACK_ITSELF})."
    survival = report.classifier.survival
    changes = f" Measured again after (not in the protocol): {'; '.join(survival)}."
    after = changes if survival else " Not measured again after other changes."
    return f"{text}{after}"


def variability(report: Report) -> str:
    """Return by what the figures are broken down, and whether that was fixed beforehand."""
    if _overall(report) is None:
        return robustness(report)
    return f"By diagnosis, as the program fixes it; by strength, as the protocol does. {robustness(report)}"


def internal(report: Report) -> str:
    """Return the figures on images like those that the classifier learnt from."""
    facts = report.classifier
    if facts.is_external:
        return missing("the figures on images like those that the classifier was trained on")
    measured = _clean_accuracy(report)
    if measured is None:
        return missing("the figures on the test images of the classifier’s own dataset (none are stored with it)")
    both = facts.learnt_from.distribution.lesions_on_both_sides
    seen = f" ({both:,} lesions have images on both sides)" if both and facts.learnt_from.knows_lesions else ""
    return (
        f"Accuracy {percent(measured)} of {measured.n:,} clean test images of "
        f"“{facts.learnt_from.dataset.name}”{seen}; {measured.method}."
    )


def external(report: Report) -> str:
    """Return the figures on images of another origin."""
    facts = report.classifier
    name = facts.attacked.dataset.name
    if facts.is_external:
        asked = missing(f"whether the images of “{name}” are new to the classifier, and how they differ from its own")
        return f"{asked} {estimates(report)}"
    if not facts.of_other_dataset:
        return f"None: the attacked images are of “{name}”, the dataset that the classifier learnt from."
    return f"On “{name}”, a dataset that the classifier did not learn from: {estimates(report)}"


def how_external_differs(report: Report) -> str:
    """Return how the images of an external evaluation differ from those learnt from."""
    facts = report.classifier
    if facts.is_external or not facts.of_other_dataset:
        return external(report)
    one, other = facts.learnt_from, facts.attacked
    described = " ".join(
        f"{said} “{one.dataset.name}” ({one.dataset.get_source_display()}), {one.distribution.total:,} images of "
        f"{', '.join(one.dataset.classes)}."
        for said, one in (("Learnt from:", one), ("Attacked:", other))
    )
    return f"{described} {missing('in what else they differ (place, device, patients)')}"


def estimates(report: Report) -> str:
    """Return the classifier's accuracy before the attack and after it, with intervals; and after other attacks."""
    return " ".join([_of_first(report), *(_of_other(other) for other in report.attacks[1:])])


def _of_first(report: Report) -> str:
    """Return it for the study's attack, or the first of several."""
    overall = _overall(report)
    if overall is None:
        measured = _clean_accuracy(report)
        if measured is None:
            return missing(_unmeasured(report))
        return f"Accuracy {percent(measured)}, clean, of {measured.n:,} test images. {missing(_unmeasured(report))}"
    further = [_after(pairs, report) for pairs in _each(report) if pairs is not report.attack.pairs]
    beside = f" At other strengths: {'; '.join(further)}." if further else ""
    return f"{_before_and_after(overall, report)}{beside}"


def _of_other(facts: AttackFacts) -> str:
    """Return the accuracies after an attack that the study compares with the first."""
    each = (
        f"{pairs.strength:g}, "
        + ("not measured" if pairs.table is None else f"accuracy {percent(pairs.table.overall.accuracy_after)}")
        for pairs in facts.by_strength
    )
    against = f" against “{facts.classifier}”" if facts.classifier else ""
    return f"The attack “{facts.name}”{against}, at strength {'; '.join(each)}."


def _before_and_after(overall: OverallFigures, report: Report) -> str:
    before, after = overall.accuracy_before, overall.accuracy_after
    text = (
        f"Accuracy {percent(before)} clean and {percent(after)} perturbed at strength "
        f"{report.attack.pairs.strength:g}, {overall.n:,} images"
    )
    if overall.accuracy_difference is not None:
        text += f"; difference {points(overall.accuracy_difference)} points, p {p_value(overall.mcnemar.p)}"
    if overall.balanced_accuracy_after is not None:
        balanced = f"{share(overall.balanced_accuracy_before)} and {share(overall.balanced_accuracy_after)}"
        text += f"; balanced accuracy {balanced}"
    text = f"{text}; fooling ratio {percent(overall.fooling_ratio)}."
    if (by_lesion := overall.by_lesion) is not None:
        text += (
            f" With lesions as clusters: difference {points(by_lesion.difference)} points, p {p_value(by_lesion.p)}."
        )
    return text


def _after(pairs: EvaluatedPairs, report: Report) -> str:
    by_other = f" (another attack, “{pairs.attack.name}”)" if pairs in report.attack.others else ""
    figure = "not measured" if pairs.table is None else f"accuracy {percent(pairs.table.overall.accuracy_after)}"
    return f"{pairs.strength:g}{by_other}, {figure}"


def by_class(report: Report) -> str:
    """Return where precision and recall of each diagnosis are."""
    table = report.attack.pairs.table
    if table is None:
        return missing(_unmeasured(report))
    classes = len(table.classes)
    return (
        f"Precision and recall of each of {classes} diagnoses, clean and perturbed, each with its interval: in this "
        f"report, {ATTACK_ITSELF}."
    )


def cross_tabulation(report: Report) -> str:
    """Return the table of right and wrong, before and after, and what is not in the report."""
    overall = _overall(report)
    if overall is None:
        return missing(f"{_unmeasured(report)}, and diagnosis against reading")
    b, c = overall.mcnemar.b, overall.mcnemar.c
    right = overall.accuracy_before.k
    text = f"clean alone {b:,}, perturbed alone {c:,}"
    if right is not None:
        text = f"clean and perturbed {right - b:,}, {text}, neither {overall.n - right - c:,}"
    return f"Images read rightly: {text}. {missing('diagnosis against reading (stored with each image pair)')}"


def failures(report: Report) -> str:
    """Return what is known of the images that were read wrongly."""
    overall = _overall(report)
    if overall is None:
        return missing(f"{_unmeasured(report)}, and which images are misread")
    fooled = fooling_sentence(overall, report.attack.target_class or None)
    return (
        f"Read rightly clean and wrongly perturbed: {overall.mcnemar.b:,} images. Fooled: {fooled}. By diagnosis: "
        f"{ATTACK_ITSELF}. {missing('what misread images have in common')}"
    )


def failures_and_fairness(report: Report) -> str:
    """Return the same, and what is left of bias and fairness."""
    return f"{failures(report)} {missing('assessments of bias and fairness, such as by skin type, age and sex')}"


def outputs_stored(report: Report) -> str:
    """Return whether the classifier's outputs can be looked at."""
    if _overall(report) is None:
        return f"Images and hashes are stored. {missing(_unmeasured(report))}"
    given = ", as it was told with the pairs" if report.classifier.perturbed_elsewhere else ""
    return (
        f"Yes: with each image pair the class that the classifier gave{given}, clean and perturbed, beside the files’ "
        "hashes; on the pages of the image pairs. Probabilities are not stored."
    )


def _unmeasured(report: Report) -> str:
    """Return what is to be filled in where the attack's effect was not measured, and how it could be."""
    if report.classifier.perturbed_elsewhere:
        return "what the attack does to the classifier (“manage.py import_pairs” takes its predictions)"
    return "what the attack does to the classifier (“manage.py evaluate_attack” measures it)"


def _clean_accuracy(report: Report) -> Estimate | None:
    """Return the classifier's accuracy on the test images of its own dataset; None where none is stored."""
    classifier = report.classifier.classifier
    return None if classifier is None else accuracy_of(classifier.metrics)


def _overall(report: Report) -> OverallFigures | None:
    table = report.attack.pairs.table
    return None if table is None else table.overall


def _each(report: Report) -> list[EvaluatedPairs]:
    """Return the attack's pairs of all strengths, weakest first."""
    return report.attack.by_strength
