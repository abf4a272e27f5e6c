"""What the protocol's rules left out, and the main figures with and without it."""

from perception.core.formatting import coefficient, percent
from studies.report.sections.elements import Section, Table
from studies.report.wording import WORDINGS, Figures, is_choice


def exclusions_section(figures: Figures) -> Section:
    """Return the rules, who and what they left out, and the main figures both ways."""
    exclusions, without = figures["exclusions"], figures["without_exclusions"]
    title = "With and without exclusions"
    if not exclusions["rules"]:
        return Section(
            "exclusions", title, ("The protocol has no rule of exclusion: all answers of finished sessions count.",)
        )
    rules = Table(
        "Rules of exclusion",
        ("Rule of the protocol", "Observers left out", "Answers left out"),
        tuple(
            (rule["text"], ", ".join(rule["observers"]) or "none", str(rule["answers"])) for rule in exclusions["rules"]
        ),
        prose=True,
    )
    if without is None:
        text = "The rules were fixed in the protocol before the study opened. Nothing had to be left out."
        return Section("exclusions", title, (text,), tables=(rules,))
    lead = (
        "The rules were fixed in the protocol before the study opened. The main figures of this report are those with "
        f"the exclusions; {exclusions['answers']} answers are left out of them."
    )
    return Section("exclusions", title, (lead,), tables=(rules, _both_ways(figures, without)))


def _both_ways(figures: Figures, without: Figures) -> Table:
    rows = [
        (name, written, again)
        for (name, written), (_, again) in zip(_main_figures(figures), _main_figures(without), strict=True)
    ]
    return Table("Main figures with and without exclusions", ("Figure", "With exclusions", "Without"), tuple(rows))


def _main_figures(figures: Figures) -> list[tuple[str, str]]:
    wording, pooled, agreement = WORDINGS[figures["task"]], figures["pooled"], figures["agreement"]
    accuracy = figures["against_chance" if is_choice(figures) else "balanced_accuracy"]
    named = [("Observers", str(figures["n_observers"])), (f"{wording.judged.capitalize()}", str(figures["n_images"]))]
    named += [(name, percent(pooled[key])) for key, name in zip(wording.keys, wording.shares, strict=True)]
    if "dprime" in pooled:
        named.append(("d′", coefficient(pooled["dprime"])))
    named.append(("Against chance" if is_choice(figures) else "Balanced accuracy", percent(accuracy)))
    return [*named, ("Fleiss’ kappa", coefficient(agreement["fleiss_kappa"]))]
