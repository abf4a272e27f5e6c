"""The figures of choices between two images as plain text."""

from collections.abc import Callable, Mapping

from perception.analysis.detection.forced_choice import Choices, ChoiceSummary
from perception.analysis.estimates.estimate import Estimate
from perception.core.formatting import coefficient, percent, points


def choice_lines(summary: ChoiceSummary) -> list[str]:
    """Write the shares right, d′ and the leaning to one side of each observer and of all, each with its method."""
    lines = []
    for name, observer in summary.observers.items():
        lines += [name, *_choice_lines(observer.figures)]
    lines += ["Pooled", *_choice_lines(summary.pooled)]
    if summary.crossed is not None:
        lines += ["Pooled, for other observers too", *estimate_lines({"  right": summary.crossed})]
    if summary.as_independent != summary.pooled.correct:
        lines += ["Pooled, as if choices were independent", *estimate_lines({"  right": summary.as_independent})]
    chance = summary.against_chance
    lines += ["", f"Share right against chance  {percent(chance.estimate)}"]
    if chance.estimate.level is not None:
        lines.append(f"  {100 * chance.estimate.level:g}% interval: {chance.estimate.method}")
    if chance.smallest_margin is not None:
        lines.append(f"  excludes that it differs from chance by more than {100 * chance.smallest_margin:.1f} points")
    return lines


def estimate_lines(named: Mapping[str, Estimate], write: Callable[[Estimate], str] = percent) -> list[str]:
    """Write a line for each estimate; below those that have one method in common, the method."""
    width = max((len(name) for name in named), default=0)
    lines: list[str] = []
    estimates = list(named.items())
    for place, (name, estimate) in enumerate(estimates):
        counts = "" if estimate.k is None or estimate.estimate is None else f"  {estimate.k} of {estimate.n}"
        lines.append(f"{name:<{width}}  {write(estimate)}{counts}")
        following = estimates[place + 1 : place + 2]
        if estimate.estimate is not None and not (following and following[0][1].method == estimate.method):
            lines.append(f"  {' ' * (len(name) - len(name.lstrip()))}{estimate.method}")
    return lines


def _choice_lines(choices: Choices) -> list[str]:
    return [
        *estimate_lines({"  right": choices.correct, "  chose the first": choices.said_first}),
        *estimate_lines({"  d′": choices.d_prime}, coefficient),
        *estimate_lines({"  right, perturbed first less second": choices.side_difference}, points),
    ]
