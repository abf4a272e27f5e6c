"""The figures of a table of answers as plain text."""

from ml.templatetags.figures import coefficient, p_value, percent
from perception.analysis.detection import AnswerSummary, Pair
from perception.analysis.equivalence import BalancedAccuracy
from perception.analysis.observer_agreement import Agreement


def answer_text(summary: AnswerSummary) -> str:
    """Write the summary for a terminal: counts and figures of each observer, pooled figures, agreement, methods."""
    lines = [
        f"{summary.n_observers} observer(s), {summary.n_images} image(s), {summary.n_missing} missing answer(s)",
        f"Intervals are {100 * summary.level:g}% intervals, where no other level is named.",
        "",
        *_observer_lines(summary),
        "",
        *_pair_lines("Pooled", summary.pooled),
    ]
    if summary.crossed is not None:
        lines += _pair_lines("Pooled, for other observers too", summary.crossed)
    if summary.paper != summary.pooled:
        lines += _pair_lines("Pooled, as the paper computes it", summary.paper)
    lines += ["", *_balanced_lines(summary.balanced_accuracy)]
    lines += ["", *_agreement_lines(summary.agreement)]
    return "\n".join(lines)


def _observer_lines(summary: AnswerSummary) -> list[str]:
    if not summary.observers:
        return []
    width = max([len("Observer"), *map(len, summary.observers)])
    lines = [f"{'Observer':<{width}}  {'TP':>5} {'FN':>5} {'TN':>5} {'FP':>5}  {'Sensitivity':<21} Specificity"]
    for name, observer in summary.observers.items():
        counts = observer.counts
        lines.append(
            f"{name:<{width}}  {counts.tp:>5} {counts.fn:>5} {counts.tn:>5} {counts.fp:>5}  "
            f"{percent(observer.figures.sensitivity.as_dict()):<21} {percent(observer.figures.specificity.as_dict())}"
        )
    observer = next(iter(summary.observers.values()))
    lines += [f"  {observer.figures.sensitivity.method}", "", f"{'Observer':<{width}}  {'d′':<23} Criterion"]
    for name, observer in summary.observers.items():
        d_prime, criterion = observer.signal.d_prime, observer.signal.criterion
        text = f"{name:<{width}}  {coefficient(d_prime.as_dict()):<23}"
        # What leaves one of them undefined leaves both: the reason is told once.
        lines.append(text if d_prime.estimate is None else f"{text} {coefficient(criterion.as_dict())}")
    return [*lines, f"  {observer.signal.d_prime.method}"]


def _pair_lines(title: str, pair: Pair) -> list[str]:
    """Write both figures; the methods, which are long, stand below them."""
    named = (("sensitivity", pair.sensitivity), ("specificity", pair.specificity))
    lines = [
        f"  {name}  {percent(estimate.as_dict()):<21} {estimate.k} of {estimate.n}".rstrip() for name, estimate in named
    ]
    if pair.sensitivity.method == pair.specificity.method:
        return [title, *lines, f"  {pair.sensitivity.method}"]
    return [title, *lines, *(f"  {name}: {estimate.method}" for name, estimate in named)]


def _balanced_lines(accuracy: BalancedAccuracy) -> list[str]:
    estimate = accuracy.estimate
    lines = [f"Balanced accuracy  {percent(estimate.as_dict())}"]
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
        lines.append(f"{name:<21} {coefficient(estimate.as_dict())}")
        if estimate.estimate is not None:
            lines.append(f"  {estimate.method}")
    if agreement.cohen.kappa.estimate is not None:
        lines.insert(2, f"  test of 0: p {p_value(agreement.cohen.p)}")
    if agreement.pairs:
        lines.append("Cohen's kappa of each pair; p-values adjusted after Holm")
    for pair in agreement.pairs:
        kappa = coefficient(pair.kappa.kappa.as_dict())
        lines.append(f"  {' and '.join(pair.observers)}: {kappa}; p {p_value(pair.adjusted_p)}")
    return lines
