"""Detection against strength: the curve, and the strength at which half is noticed."""

from functools import partial

from perception.analysis.psychometric.curve import PsychometricSummary, Thresholds
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import coefficient, count, levels, p_value, percent
from studies.report.plots.curves import psychometric_plot
from studies.report.sections.elements import LabelledText, Plot, Section, Table
from studies.report.wording import WORDINGS, methods_named


def psychometric_section(summary: StudySummary) -> Section | None:
    """Return the curve; None where the perturbed images have one strength alone."""
    psychometric = summary.psychometric
    if psychometric is None:
        return None
    pooled, crossed = psychometric.pooled, psychometric.crossed
    yes, no = WORDINGS[summary.task].said
    said = "chosen rightly" if summary.task == "two_afc" else f"called {yes}"
    foot = [_line("All, these observers", pooled.thresholds)]
    if crossed:
        foot.append(_line("All, for other observers too", crossed))
    points = tuple((_strength(strength, no), count(share), percent(share)) for strength, share in pooled.points)
    words = ", ".join(f"{_strength(strength, no)}: {percent(share)}" for strength, share in pooled.points)
    read = [pooled.thresholds.noticed, *([crossed.noticed] if crossed else [])]
    return Section(
        key="psychometric",
        title="Detection against strength",
        lead=(psychometric.in_words,),
        plots=(
            Plot(
                partial(psychometric_plot, psychometric, said, no),
                f"Share of images {said} against strength, in 8-bit levels. {words}. {psychometric.in_words}",
            ),
        ),
        tables=(
            Table(f"Share {said} at each strength", ("Strength", "Answers", f"Share {said}"), points),
            Table(
                "Thresholds of each observer",
                ("Observer", "Half noticed at, levels", *_called_head(pooled.thresholds, said), "Slope a doubling"),
                tuple(_line(name, curve.thresholds) for name, curve in psychometric.observers.items()),
                tuple(foot),
            ),
        ),
        facts=_facts(psychometric),
        notes=(
            f"Shares: {methods_named(share for _, share in pooled.points)}. Thresholds of all: {methods_named(read)}.",
            "Half noticed is halfway between the share of false alarms (of two images: guessing) and the ceiling.",
        ),
    )


def _line(name: str, thresholds: Thresholds) -> tuple[str, ...]:
    called = (levels(thresholds.called),) if thresholds.called else ()
    return name, levels(thresholds.noticed), *called, coefficient(thresholds.slope)


def _called_head(thresholds: Thresholds, said: str) -> tuple[str, ...]:
    return (f"Half {said} at, levels",) if thresholds.called else ()


def _facts(psychometric: PsychometricSummary) -> tuple[LabelledText, ...]:
    function, fit = psychometric.pooled.function, psychometric.pooled.fit
    guess = "fixed" if psychometric.guess is not None else "estimated"
    lapse = "fixed" if psychometric.lapse is not None else "estimated"
    facts = [LabelledText("Link", psychometric.link)]
    if function is not None:
        facts.append(LabelledText("Guess rate γ", f"{100 * function.guess:.1f}% ({guess})"))
        facts.append(LabelledText("Lapse rate λ", f"{100 * function.lapse:.1f}% ({lapse})"))
    if fit is not None:
        text = f"deviance {fit.deviance:.2f} on {fit.freedom} degrees of freedom, p {p_value(fit.p)}"
        facts.append(LabelledText("Goodness of fit", text, fit.method))
    return tuple(facts)


def _strength(strength: float, without: str) -> str:
    return f"{strength:g} level{'' if strength == 1 else 's'}" if strength else without
