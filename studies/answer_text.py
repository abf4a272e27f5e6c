"""The figures of a table of answers as plain text."""

from ml.templatetags.figures import coefficient, p_value, percent
from perception.analysis.detection import AnswerSummary, Pair


def answer_text(summary: AnswerSummary) -> str:
    """Write the summary for a terminal: counts and figures of each observer, pooled figures, agreement, methods."""
    width = max([len("Observer"), *map(len, summary.observers)])
    lines = [
        f"{summary.n_observers} observer(s), {summary.n_images} image(s), {summary.n_missing} missing answer(s)",
        "",
        f"{'Observer':<{width}}  {'TP':>5} {'FN':>5} {'TN':>5} {'FP':>5}  {'Sensitivity':<21} Specificity",
    ]
    for name, observer in summary.observers.items():
        counts = observer.counts
        lines.append(
            f"{name:<{width}}  {counts.tp:>5} {counts.fn:>5} {counts.tn:>5} {counts.fp:>5}  "
            f"{percent(observer.figures.sensitivity.as_dict()):<21} {percent(observer.figures.specificity.as_dict())}"
        )
    first = next(iter(summary.observers.values()), None)
    if first is not None:
        lines.append(f"  intervals: {first.figures.sensitivity.method}; every interval here: {100 * summary.level:g}%")
    lines += ["", *_pair_lines("Pooled", summary.pooled)]
    if summary.crossed is not None:
        lines += _pair_lines("Pooled, for other observers too", summary.crossed)
    lines += _pair_lines("Pooled, as the paper computes it", summary.paper)
    kappa = summary.cohen_kappa.as_dict()
    lines += ["", f"Cohen's kappa  {coefficient(kappa)}"]
    if summary.cohen_kappa.estimate is not None:
        lines.append(f"  {summary.cohen_kappa.method}; test of 0: p {p_value(summary.kappa_p)}")
    lines += [
        f"  {' and '.join(names)}: {coefficient(estimate.as_dict())}" for names, estimate in summary.pairs.items()
    ]
    return "\n".join(lines)


def _pair_lines(title: str, pair: Pair) -> list[str]:
    lines = [title]
    for name, estimate in (("sensitivity", pair.sensitivity), ("specificity", pair.specificity)):
        lines.append(f"  {name}  {percent(estimate.as_dict()):<21} {estimate.k} of {estimate.n}; {estimate.method}")
    return lines
