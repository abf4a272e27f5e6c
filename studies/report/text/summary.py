"""The figures of a table of answers as plain text."""

import textwrap

from perception.analysis.agreement.summary import Agreement
from perception.analysis.detection.equivalence import BalancedAccuracy
from perception.analysis.detection.forced_choice import ChoiceSummary
from perception.analysis.detection.yes_no import AnswerSummary, Pair
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import coefficient, p_value, percent, points
from studies.report.text.breakdowns import (
    diagnosis_lines,
    item_lines,
    learning_lines,
    response_time_lines,
)
from studies.report.text.choices import choice_lines, estimate_lines
from studies.report.text.strengths import psychometric_lines, verdict_lines

WIDTH = 100
SHARES = {"yes_no": ("sensitivity", "specificity"), "same_different": ("called different", "called same")}


def answer_text(summary: StudySummary) -> str:
    """Write the summary for a terminal: counts and figures of each observer, pooled figures, agreement, methods."""
    answers = summary.answers
    judged = "image" if summary.task == "yes_no" else "pair"
    lines = [
        f"{answers.n_observers} observer(s), {answers.n_images} {judged}(s), {answers.n_missing} missing answer(s)",
        f"Intervals are {100 * answers.level:g}% intervals, where no other level is named.",
        "",
    ]
    if isinstance(answers, ChoiceSummary):
        lines += choice_lines(answers)
    else:
        lines += _detection_lines(answers, SHARES[summary.task])
    lines += ["", *_agreement_lines(answers.agreement)]
    for more in (_rating_lines, _beside_lines, _breakdown_lines):
        lines += more(summary)
    return "\n".join(wrapped for line in lines for wrapped in _wrapped(line))


def _rating_lines(summary: StudySummary) -> list[str]:
    if summary.ratings is None:
        return []
    lines = ["", "Area under the ROC curve", *estimate_lines(summary.ratings.observers, coefficient)]
    lines += estimate_lines({"Pooled": summary.ratings.pooled}, coefficient)
    if summary.ratings.crossed:
        lines += estimate_lines({"Pooled, for other observers too": summary.ratings.crossed}, coefficient)
    return lines


def _beside_lines(summary: StudySummary) -> list[str]:
    lines: list[str] = []
    if summary.catch:
        lines += ["", "Catch trials answered rightly (in no other figure)"]
        lines += [*estimate_lines(summary.catch.observers), *estimate_lines({"Pooled": summary.catch.pooled})]
    if summary.second:
        lines += ["", "Second question (diagnosis) answered rightly"]
        for name, shares in (*summary.second.observers.items(), ("Pooled", summary.second.pooled)):
            lines.append(name)
            if summary.task == "two_afc":
                lines += estimate_lines({"  of all pairs": shares.perturbed})
                continue
            lines += estimate_lines({"  where perturbed": shares.perturbed, "  where clean": shares.clean})
            lines += estimate_lines({"  difference": shares.difference}, points)
    return lines


def _breakdown_lines(summary: StudySummary) -> list[str]:
    sections = (
        verdict_lines(summary.equivalence) if summary.equivalence else [],
        psychometric_lines(summary.psychometric) if summary.psychometric else [],
        diagnosis_lines(summary.by_diagnosis, summary.task) if summary.by_diagnosis else [],
        response_time_lines(summary.response_times, summary.task) if summary.response_times else [],
        learning_lines(summary.learning) if summary.learning else [],
        item_lines(summary.items),
    )
    return [line for section in sections if section for line in ("", *section)]


def _wrapped(line: str) -> list[str]:
    """Break a line that is too long for a terminal; what follows is set in as the line is."""
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False) if len(line) > WIDTH else [line]


def _detection_lines(summary: AnswerSummary, words: tuple[str, str]) -> list[str]:
    lines = [*_observer_lines(summary, words), "", *_pair_lines("Pooled", summary.pooled, words)]
    if summary.crossed is not None:
        lines += _pair_lines("Pooled, for other observers too", summary.crossed, words)
    if summary.paper != summary.pooled:
        as_paper = "as the paper computes it" if words == SHARES["yes_no"] else "answers taken as independent"
        lines += _pair_lines(f"Pooled, {as_paper}", summary.paper, words)
    return [*lines, "", *_balanced_lines(summary.balanced_accuracy)]


def _observer_lines(summary: AnswerSummary, words: tuple[str, str]) -> list[str]:
    if not summary.observers:
        return []
    width = max([len("Observer"), *map(len, summary.observers)])
    heads = f"{words[0].capitalize():<21} {words[1].capitalize()}"
    lines = [f"{'Observer':<{width}}  {'TP':>5} {'FN':>5} {'TN':>5} {'FP':>5}  {heads}"]
    for name, observer in summary.observers.items():
        counts = observer.counts
        lines.append(
            f"{name:<{width}}  {counts.tp:>5} {counts.fn:>5} {counts.tn:>5} {counts.fp:>5}  "
            f"{percent(observer.figures.sensitivity):<21} {percent(observer.figures.specificity)}"
        )
    observer = next(iter(summary.observers.values()))
    lines += [f"  {observer.figures.sensitivity.method}", "", f"{'Observer':<{width}}  {'d′':<23} Criterion"]
    for name, observer in summary.observers.items():
        d_prime, criterion = observer.signal.d_prime, observer.signal.criterion
        text = f"{name:<{width}}  {coefficient(d_prime):<23}"
        # What leaves one of them undefined leaves both: the reason is told once.
        lines.append(text if d_prime.estimate is None else f"{text} {coefficient(criterion)}")
    return [*lines, f"  {observer.signal.d_prime.method}"]


def _pair_lines(title: str, pair: Pair, words: tuple[str, str]) -> list[str]:
    """Write both figures; the methods, which are long, stand below them."""
    named = tuple(zip(words, (pair.sensitivity, pair.specificity), strict=True))
    lines = [f"  {name}  {percent(estimate):<21} {estimate.k} of {estimate.n}".rstrip() for name, estimate in named]
    if pair.sensitivity.method == pair.specificity.method:
        return [title, *lines, f"  {pair.sensitivity.method}"]
    return [title, *lines, *(f"  {name}: {estimate.method}" for name, estimate in named)]


def _balanced_lines(accuracy: BalancedAccuracy) -> list[str]:
    estimate = accuracy.estimate
    lines = [f"Balanced accuracy  {percent(estimate)}"]
    if estimate.estimate is not None:
        level = "" if estimate.level is None else f"{100 * estimate.level:g}% interval: "
        lines.append(f"  {level}{estimate.method}")
    if accuracy.smallest_margin is not None:
        lines.append(f"  excludes that it differs from chance by more than {100 * accuracy.smallest_margin:.1f} points")
    return lines


def _agreement_lines(agreement: Agreement) -> list[str]:
    lines = []
    for name, estimate in (
        ("Cohen's kappa", agreement.cohen.kappa),
        ("Fleiss' kappa", agreement.fleiss_kappa),
        ("Gwet's AC1", agreement.gwet_ac1),
        ("Krippendorff's alpha", agreement.krippendorff_alpha),
    ):
        lines.append(f"{name:<21} {coefficient(estimate)}")
        if estimate.estimate is not None:
            lines.append(f"  {estimate.method}")
    if agreement.cohen.kappa.estimate is not None:
        lines.insert(2, f"  test of 0: p {p_value(agreement.cohen.p)}")
    if agreement.pairs:
        lines.append("Cohen's kappa of each pair; p-values adjusted after Holm")
    for pair in agreement.pairs:
        kappa = coefficient(pair.kappa.kappa)
        lines.append(f"  {' and '.join(pair.observers)}: {kappa}; p {p_value(pair.adjusted_p)}")
    return lines
