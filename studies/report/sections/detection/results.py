"""The main figures: set large, and one line an observer, with the counts behind them."""

from perception.core.formatting import coefficient, level, percent, points
from studies.report.plots.shares import shares_plot
from studies.report.sections.elements import LabelledText, Plot, Section, Table
from studies.report.wording import WORDINGS, Estimate, Figures, is_choice, methods_named

MOST_PLOTTED = 40
"""Of more observers than these a plot would be higher than a page: the single ones are left to the table."""
MOST_IN_WORDS = 24
"""Of more observers than these a plot's text alternative leaves the single ones to the table."""


def main_section(figures: Figures) -> Section:
    """Return the figures that the study was made for."""
    wording, pooled = WORDINGS[figures["task"]], figures["pooled"]
    first = pooled[wording.keys[0]]
    if is_choice(figures):
        headline: tuple[LabelledText, ...] = (
            LabelledText(wording.shares[0], percent(first), f"{wording.explained[0]}; 50% is guessing"),
            LabelledText("d′", coefficient(pooled["dprime"]), "0 is guessing"),
            LabelledText(
                "Leaning to the first image",
                points(pooled["side_difference"]),
                "points: right choices where the perturbed one stood first, less second; 0 is no leaning",
            ),
        )
        methods: tuple[str, ...] = (
            f"Right choices: {first['method']}.",
            f"d′: {pooled['dprime']['method']}.",
            f"Leaning: {pooled['side_difference']['method']}.",
        )
    else:
        shares = [pooled[key] for key in wording.keys]
        headline = (
            *(
                LabelledText(name, percent(share), explained)
                for name, share, explained in zip(wording.shares, shares, wording.explained, strict=True)
            ),
            _agreement(figures),
        )
        methods = (f"Pooled: {methods_named(shares)}.",)
    return Section(
        key="headline",
        title="Main results",
        headline=headline,
        notes=(" ".join((f"Each with its {level(first)} interval." if level(first) else "", *methods)).strip(),),
    )


def observers_section(figures: Figures) -> Section:
    """Return both shares of each observer and of all, as a plot and as a table."""
    wording = WORDINGS[figures["task"]]
    groups = [*figures["observers"].items(), ("Pooled", figures["pooled"])]
    shares = list(zip(wording.keys, wording.shares, strict=True))
    plotted = groups if len(groups) <= MOST_PLOTTED else groups[-1:]
    single = [group[key] for _, group in groups[:-1] for key in wording.keys]
    pooled = [figures["pooled"][key] for key in wording.keys]
    return Section(
        key="per-observer",
        title="Each observer, and all together",
        plots=(Plot(shares_plot(plotted, shares, salt="forest"), _in_words(groups, wording.keys, wording.shares)),),
        tables=(observers_table(figures),),
        notes=(f"Observers one by one: {methods_named(single)}. Pooled: {methods_named(pooled)}.",),
    )


def observers_table(figures: Figures) -> Table:
    """Return a line for each observer and one for all: the counts of the shares, and the shares with intervals."""
    return _choices_table(figures) if is_choice(figures) else _detection_table(figures)


def _agreement(figures: Figures) -> LabelledText:
    several = figures["n_observers"] > 2
    kappa = figures["agreement"]["fleiss_kappa" if several else "cohen_kappa"]
    explained = "" if kappa["estimate"] is None else "1 is full agreement, 0 that of chance"
    return LabelledText(f"Agreement ({'Fleiss’' if several else 'Cohen’s'} kappa)", coefficient(kappa), explained)


def _in_words(groups: list[tuple[str, Figures]], keys: tuple[str, str], names: tuple[str, str]) -> str:
    told = groups if len(groups) <= MOST_IN_WORDS else groups[-1:]
    lines = [
        f"{group}: {', '.join(f'{name.lower()} {percent(of[key])}' for key, name in zip(keys, names, strict=True))}"
        for group, of in told
    ]
    rest = "" if told is groups else " The single observers’ figures are in the table below."
    return f"Forest plot of {names[0].lower()} and {names[1].lower()} with their intervals. {'. '.join(lines)}.{rest}"


def _detection_table(figures: Figures) -> Table:
    wording = WORDINGS[figures["task"]]
    same_different = figures["task"] == "same_different"
    counted = (
        ("Hits: different pairs called different", "False alarms: same pairs called different")
        if same_different
        else ("Perturbed images called perturbed", "Clean images called clean")
    )

    def line(name: str, group: Figures, counts: dict[str, int]) -> tuple[str, ...]:
        sensitivity, specificity = group["sensitivity"], group["specificity"]
        of_clean = counts["fp"] if same_different else counts["tn"]
        return (
            name,
            f"{counts['tp']} of {sensitivity['n']}",
            f"{of_clean} of {specificity['n']}",
            percent(sensitivity),
            percent(specificity),
        )

    return Table(
        "Figures of each observer",
        ("Observer", *counted, *wording.shares),
        tuple(line(name, group, group["counts"]) for name, group in figures["observers"].items()),
        (line("Pooled", figures["pooled"], figures["pooled_counts"]),),
    )


def _choices_table(figures: Figures) -> Table:
    wording = WORDINGS["two_afc"]

    def line(name: str, group: Figures) -> tuple[str, ...]:
        correct: Estimate = group["correct"]
        return name, f"{correct['k']} of {correct['n']}", percent(correct), percent(group["said_first"])

    return Table(
        "Figures of each observer",
        ("Observer", "Perturbed one chosen", *wording.shares),
        tuple(line(name, group) for name, group in figures["observers"].items()),
        (line("Pooled", figures["pooled"]),),
    )
