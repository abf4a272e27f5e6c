"""Detection against strength, and the verdict on the margin, as plain text."""

from perception.analysis.detection.verdict import Verdict
from perception.analysis.psychometric.curve import PsychometricSummary, Thresholds
from perception.core.formatting import coefficient, p_value, percent
from studies.report.text.choices import estimate_lines


def verdict_lines(verdict: Verdict) -> list[str]:
    """Write the verdict on the margin, and the p-values of both tests behind it."""
    lines = [f"Undetectable within {100 * verdict.these_observers.margin:g} points of chance?", verdict.in_words]
    for name, test in (("These observers", verdict.these_observers), ("Other observers", verdict.observers_random)):
        if test is not None and test.p is not None:
            lines.append(f"  {name}: two one-sided tests, p {p_value(test.p)}; {test.balanced_accuracy.method}")
    return lines


def psychometric_lines(summary: PsychometricSummary) -> list[str]:
    """Write the shares at each strength, the threshold of each observer and those of all."""
    pooled = summary.pooled
    lines = ["Detection against strength", summary.in_words]
    lines += estimate_lines({_strength(strength): share for strength, share in pooled.points}, percent)
    if pooled.function is not None:
        lines.append(f"  guess rate {pooled.function.guess:.3f}, lapse rate {pooled.function.lapse:.3f}")
    if pooled.fit is not None and pooled.fit.p is not None:
        lines.append(f"  goodness of fit: p {p_value(pooled.fit.p)}; {pooled.fit.method}")
    lines += estimate_lines(
        {f"  threshold, {name}": curve.thresholds.noticed for name, curve in summary.observers.items()}, coefficient
    )
    lines += _threshold_lines(pooled.thresholds, "pooled")
    if summary.crossed is not None:
        lines += _threshold_lines(summary.crossed, "for other observers too")
    return lines


def _threshold_lines(thresholds: Thresholds, who: str) -> list[str]:
    named = {f"  threshold, {who}": thresholds.noticed}
    if thresholds.called is not None:
        named[f"  half called perturbed, {who}"] = thresholds.called
    return estimate_lines({**named, f"  slope per doubling, {who}": thresholds.slope}, coefficient)


def _strength(strength: float) -> str:
    return f"  noticed at {strength:g}" if strength else "  false alarms"
