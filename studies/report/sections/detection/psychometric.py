"""Detection against strength: the curve, and the strength at which half is noticed."""

from perception.core.formatting import coefficient, levels, p_value, percent
from studies.report.plots.curves import psychometric_plot
from studies.report.sections.elements import LabelledText, Plot, Section, Table
from studies.report.wording import Figures, is_choice, methods_named


def psychometric_section(figures: Figures) -> Section | None:
    """Return the curve; None where the perturbed images have one strength alone."""
    psychometric = figures["psychometric"]
    if psychometric is None:
        return None
    pooled, random = psychometric["pooled"], psychometric["pooled_observers_random"]
    said = "chosen rightly" if is_choice(figures) else "called perturbed"
    thresholds = [_line(name, curve) for name, curve in psychometric["observers"].items()]
    foot = [_line("All, these observers", pooled)]
    if random:
        foot.append(_line("All, for other observers too", random))
    points = tuple((_strength(point["strength"]), _count(point), percent(point)) for point in pooled["points"])
    words = ", ".join(f"{_strength(point['strength'])}: {percent(point)}" for point in pooled["points"])
    read = [pooled["threshold"], *([random["threshold"]] if random else [])]
    return Section(
        key="psychometric",
        title="Detection against strength",
        lead=(psychometric["in_words"],),
        plots=(
            Plot(
                psychometric_plot(psychometric, said),
                f"Share of images {said} against strength, in 8-bit levels. {words}. {psychometric['in_words']}",
            ),
        ),
        tables=(
            Table(f"Share {said} at each strength", ("Strength", "Answers", f"Share {said}"), points),
            Table(
                "Thresholds of each observer",
                ("Observer", "Half noticed at, levels", *_called_head(pooled), "Slope a doubling"),
                tuple(thresholds),
                tuple(foot),
            ),
        ),
        facts=_facts(psychometric),
        notes=(
            f"Shares: {methods_named(pooled['points'])}. Thresholds of all: {methods_named(read)}.",
            "Half noticed is halfway between the share of false alarms (of two images: guessing) and the ceiling.",
        ),
    )


def _line(name: str, curve: Figures) -> tuple[str, ...]:
    called = (levels(curve["threshold_half_called"]),) if curve["threshold_half_called"] else ()
    return name, levels(curve["threshold"]), *called, coefficient(curve["slope"])


def _called_head(pooled: Figures) -> tuple[str, ...]:
    return ("Half called perturbed at, levels",) if pooled["threshold_half_called"] else ()


def _facts(psychometric: Figures) -> tuple[LabelledText, ...]:
    pooled = psychometric["pooled"]
    guess = "fixed" if psychometric["guess_rate_fixed"] is not None else "estimated"
    lapse = "fixed" if psychometric["lapse_rate_fixed"] is not None else "estimated"
    facts = [LabelledText("Link", psychometric["link"])]
    if pooled["guess_rate"] is not None:
        facts.append(LabelledText("Guess rate γ", f"{100 * pooled['guess_rate']:.1f}% ({guess})"))
        facts.append(LabelledText("Lapse rate λ", f"{100 * pooled['lapse_rate']:.1f}% ({lapse})"))
    if (fit := pooled["goodness_of_fit"]) is not None:
        text = f"deviance {fit['deviance']:.2f} on {fit['freedom']} degrees of freedom, p {p_value(fit['p'])}"
        facts.append(LabelledText("Goodness of fit", text, fit["method"]))
    return tuple(facts)


def _strength(strength: float) -> str:
    return f"{strength:g} levels" if strength else "clean"


def _count(point: Figures) -> str:
    return f"{point['k']} of {point['n']}"
