"""What the protocol's rules left out, and the main figures with and without it."""

from perception.analysis.detection.forced_choice import ChoiceSummary
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import coefficient, percent, ratio
from studies.answers.figures import AnswerFigures
from studies.report.sections.elements import Section, Table
from studies.report.sections.localization.marked_places import AREA, PLACED
from studies.report.wording import WORDINGS, capitalized, shares_of


def exclusions_section(figures: AnswerFigures) -> Section:
    """Return the rules, who and what they left out, and the main figures both ways."""
    exclusions, without = figures.exclusions, figures.without_exclusions
    title = "With and without exclusions"
    if not exclusions.rules:
        return Section(
            "exclusions", title, ("The protocol has no rule of exclusion: all answers of finished sessions count.",)
        )
    rules = Table(
        "Rules of exclusion",
        ("Rule of the protocol", "Observers left out", "Answers left out"),
        tuple((rule.text, ", ".join(rule.observers) or "none", str(rule.answers)) for rule in exclusions.rules),
        prose=True,
    )
    if without is None:
        text = "The rules were fixed in the protocol before the study opened. Nothing had to be left out."
        return Section("exclusions", title, (text,), tables=(rules,))
    lead = (
        "The rules were fixed in the protocol before the study opened. The main figures of this report are those with "
        f"the exclusions; {exclusions.answers} answers are left out of them."
    )
    return Section("exclusions", title, (lead,), tables=(rules, _both_ways(figures.summary, without)))


def _both_ways(summary: StudySummary, without: StudySummary) -> Table:
    rows = [
        (name, written, again)
        for (name, written), (_, again) in zip(_main_figures(summary), _main_figures(without), strict=True)
    ]
    return Table("Main figures with and without exclusions", ("Figure", "With exclusions", "Without"), tuple(rows))


def _main_figures(summary: StudySummary) -> list[tuple[str, str]]:
    """Return the main figures by their names; of several attacks those of each."""
    if summary.arms:
        return [
            (f"{name}: {figure}", written)
            for name, of_arm in summary.arms.items()
            for figure, written in _main_figures(of_arm)
        ]
    wording, answers = WORDINGS[summary.task], summary.answers
    named = [("Observers", str(answers.n_answering)), (capitalized(wording.judged), str(answers.n_images))]
    named += [(name, percent(share)) for share, name in zip(shares_of(answers.pooled), wording.shares, strict=True)]
    if isinstance(answers, ChoiceSummary):
        named += [
            ("d′", coefficient(answers.pooled.d_prime)),
            ("Against chance", percent(answers.against_chance.estimate)),
        ]
    else:
        named.append(("Balanced accuracy", percent(answers.balanced_accuracy.estimate)))
    if (grades := summary.degradation) is not None:
        named += [
            ("Mean grade of perturbed images (DMOS)", ratio(grades.test.these_observers)),
            ("Less hidden references", coefficient(grades.difference.these_observers)),
        ]
    if (places := summary.localization) is not None:
        named += [
            (AREA, ratio(places.lroc.pooled)),
            (PLACED, percent(places.placed.these_observers)),
        ]
    return [*named, ("Fleiss’ kappa", coefficient(answers.agreement.fleiss_kappa))]
