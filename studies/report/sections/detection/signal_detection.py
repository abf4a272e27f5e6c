"""d′ and criterion: seeing told from saying."""

from perception.core.formatting import coefficient, points
from studies.report.sections.elements import Section, Table
from studies.report.wording import Figures, is_choice, methods_named


def signal_detection_section(figures: Figures) -> Section:
    """Return d′ of each observer, and how each leans; of choices between two images also pooled."""
    observers = figures["observers"]
    leaning = "side_difference" if is_choice(figures) else "criterion"
    write = points if is_choice(figures) else coefficient
    rows = tuple((name, coefficient(group["dprime"]), write(group[leaning])) for name, group in observers.items())
    pooled = figures["pooled"]
    foot = (("Pooled", coefficient(pooled["dprime"]), write(pooled[leaning])),) if "dprime" in pooled else ()
    head = "Leaning to the first, points" if is_choice(figures) else "Criterion"
    d_primes = methods_named(group["dprime"] for group in observers.values())
    notes = [f"{'d′' if is_choice(figures) else 'd′ and criterion'}: {d_primes}."]
    if is_choice(figures):
        notes.append(f"Leaning: {methods_named(group[leaning] for group in observers.values())}.")
    if foot:
        notes.append(f"Pooled d′: {pooled['dprime']['method']}.")
    return Section(
        key="d-prime",
        title="Sensitivity index d′, and leaning",
        lead=(_explained(figures),),
        tables=(Table("d′ of each observer", ("Observer", "d′", head), rows, foot),),
        notes=(" ".join(notes),),
    )


def _explained(figures: Figures) -> str:
    if is_choice(figures):
        return (
            "A d′ of 0 is guessing. The leaning is the share of right choices where the perturbed image stood first, "
            "less that where it stood second: 0 is no leaning."
        )
    signal = "different" if figures["task"] == "same_different" else "perturbed"
    return f"A d′ of 0 is guessing, whatever somebody leans to; a criterion below 0 leans to “{signal}”."
