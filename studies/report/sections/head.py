"""The report's head, for page, PDF and terminal: who asked whom, the verdict in a sentence, three figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from perception.analysis.detection.accuracy_verdict import AccuracyVerdict
from perception.analysis.detection.forced_choice import ChoiceSummary
from perception.analysis.detection.verdict import StrengthVerdict, Verdict
from perception.analysis.detection.verdict_words import in_short
from perception.analysis.detection.yes_no import AnswerSummary
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.number_words import percentage_points
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import area, coefficient, interval, level, percent
from studies.models.study import Study
from studies.report.build import Report
from studies.report.sections.detection.adaptive import threshold_headline
from studies.report.sections.detection.results import choice_headline
from studies.report.sections.elements import LabelledText
from studies.report.sections.grades.mean_grades import grade_headline
from studies.report.sections.study.design import warnings_of
from studies.report.wording import WORDINGS, capitalized, listed, shares_of

KICKER = "Report of a perception study"
D_PRIME_IS = {"yes_no": "0 is guessing", "same_different": "as of yes or no; 0 is guessing"}
"""What a d′ is, by the task; of choices between two images their own figure says it."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a reader sees first.

    Attributes
    ----------
    kicker
        What the document is.
    title
        The study's.
    marks
        What is to be known before any figure is read, in two or three words each.
    authors, institution
        Empty where they were not told.
    approvals
        Ethics and registration, as far as they were told.
    asked
        How many observers of which kind, and how many images; named.
    verdict
        What the tests of equivalence show, in a sentence; the threshold, where strengths were chosen from answers;
        empty without answers.
    margin
        Within what, and for whom.
    figures
        The main ones, with their intervals.
    note
        What the intervals are.
    """

    kicker: str
    title: str
    marks: tuple[str, ...]
    authors: str
    institution: str
    approvals: tuple[LabelledText, ...]
    asked: tuple[LabelledText, ...]
    verdict: str
    margin: str
    figures: tuple[LabelledText, ...]
    note: str


def head_of(report: Report) -> Head:
    """Return the head of a report; of one without answers, without verdict and figures."""
    publication, summary = report.publication, report.figures.summary
    told = dict(publication.facts)
    figures = _figures(summary) if report.rows and summary.answers.n_answering else ()
    verdict, margin, note = (_verdict(summary), _margin(summary), _note(summary)) if figures else ("", "", "")
    if report.figures.adaptive is not None:
        # What stands at each strength follows from the choice too: neither shares nor verdicts go first.
        figures, verdict, margin = threshold_headline(report.figures.adaptive), report.figures.adaptive.in_words, ""
        note = _note_of([report.figures.adaptive.threshold], "observers like these")
    return Head(
        kicker=KICKER,
        title=report.study.title,
        marks=tuple(warning.name.rstrip(".") for warning in warnings_of(report)),
        authors=publication.names,
        institution=publication.institution,
        approvals=tuple(LabelledText(name, told[name]) for name in ("Ethics", "Registration") if name in told),
        asked=(LabelledText("Observers", _observers(report)), LabelledText("Images", _images(report.study))),
        verdict=verdict,
        margin=margin,
        figures=figures,
        note=note,
    )


def _observers(report: Report) -> str:
    answering = report.figures.summary.answers.n_answering if report.rows else 0
    kind = "simulated, no people" if report.simulated else "people"
    how = "invited or let in" if report.recruitment.by_open_links else "invited"
    of_all = "" if answering == report.flow.invited else f" analysed, of {report.flow.invited:,} {how}"
    return f"{answering:,}{of_all} ({kind})"


def _images(study: Study) -> str:
    """Return how many images, or pairs of images, a series has, and how many of them are perturbed."""
    share = f"{100 * study.n_perturbed / study.n_images:.0f}%"
    sets = f", in each of {study.n_subsets} sets" if study.n_subsets > 1 else ""
    if study.draws_from_pool:
        sets = f", for each observer others of a pool of {study.n_in_pool:,}" if study.n_in_pool else ""
    if study.trials.always_perturbed:
        return f"{study.n_images:,} pairs, one image of each perturbed{sets}"
    pairs = study.trials.images == 2
    many, what = (f"{study.n_images:,} pairs", "different") if pairs else (f"{study.n_images:,}", "perturbed")
    if study.prevalence == Study.Prevalence.RANDOM:
        return f"{many}, each {what} with a probability of {share}{sets}"
    return f"{many}, of which {study.n_perturbed:,} {what} ({share}){sets}"


def _verdict(summary: StudySummary) -> str:
    """Return all verdicts in one sentence: of each attack, and of each strength."""
    verdicts = {name: of_arm.equivalence for name, of_arm in summary.arms_judged.items()} or {"": summary.equivalence}
    told = {name: verdict for name, verdict in verdicts.items() if verdict is not None}
    if not told:
        return ""
    alike = all(_is_alike(verdict) for verdict in told.values())
    each = [
        f"{name}: {words}" if name else words
        for name, verdict in told.items()
        for words in (_of_all(verdict, alike=alike),)
    ]
    several = len(told) > 1 or any(len(one.strengths) > 1 for one in told.values() if isinstance(one, Verdict))
    whom = f"{'; each' if several else ''} for these observers and for observers like these" if alike else ""
    return f"{capitalized('; '.join(each))}{whom}."


def _is_alike(verdict: Verdict | AccuracyVerdict) -> bool:
    """Whether at each strength the same is shown of these observers and of observers like these."""
    if isinstance(verdict, AccuracyVerdict):
        return False
    margin = percentage_points(verdict.margin)
    return all(_of_others(one, margin) == in_short(one.these_observers.test, margin) for one in verdict.strengths)


def _of_all(verdict: Verdict | AccuracyVerdict, *, alike: bool) -> str:
    if isinstance(verdict, AccuracyVerdict):
        return verdict.in_words.rstrip(".")
    margin = percentage_points(verdict.margin)
    by_words: dict[str, list[StrengthVerdict]] = {}
    for one in verdict.strengths:
        words = in_short(one.these_observers.test, margin) if alike else _of_strength(one, margin)
        by_words.setdefault(words, []).append(one)
    if len(verdict.strengths) == 1:
        return next(iter(by_words))
    return "; ".join(f"at {_named(those)} {words}" for words, those in by_words.items())


def _of_strength(one: StrengthVerdict, margin: str) -> str:
    these, others = in_short(one.these_observers.test, margin), _of_others(one, margin)
    if not others:
        return f"{these} for these observers"
    if these == others:
        return f"{these} for these observers and for observers like these"
    begins = "the change is "
    rest = others.removeprefix(begins) if these.startswith(begins) else others
    return f"{these} for these observers, and {rest} for observers like these"


def _of_others(one: StrengthVerdict, margin: str) -> str:
    """Return what is shown of observers like these; nothing where there are too few."""
    if one.observers_random is None:
        return ""
    noticed = bool(one.these_observers.test.noticed)
    return in_short(one.observers_random.test, margin, noticed_by_these=noticed)


def _named(those: Sequence[StrengthVerdict]) -> str:
    known = [one.strength for one in those if one.strength is not None]
    if not known:
        return "an unknown strength"
    return f"strength {listed(known)}" if len(known) == 1 else f"strengths {listed(known)}"


def _margin(summary: StudySummary) -> str:
    found = next((of_arm.equivalence for of_arm in summary.arms_judged.values()), summary.equivalence)
    if not isinstance(found, Verdict):
        return ""
    adjusted = f", adjusted after Holm over {found.family}" if found.family else ""
    return (
        f"By tests of the observers’ mean d′ at 5%{adjusted}; the margin is ±{percentage_points(found.margin)} around "
        f"chance, d′ ±{found.margin_d_prime:.2f}."
    )


def _figures(summary: StudySummary) -> tuple[LabelledText, ...]:
    if summary.arms:
        return tuple(
            replace(_first(of_arm), name=f"{_first(of_arm).name}: {name}") for name, of_arm in summary.arms.items()
        )
    if isinstance(summary.answers, ChoiceSummary):
        return _of_choices(summary.answers)
    if summary.degradation is not None:
        return grade_headline(summary.degradation)
    return tuple(_of_detection(summary, summary.answers))


def _first(summary: StudySummary) -> LabelledText:
    """Return the figure by which attacks are compared."""
    if isinstance(summary.answers, ChoiceSummary):
        return _of_choices(summary.answers)[0]
    *_, last = figures = list(_of_detection(summary, summary.answers))
    return last if summary.ratings is not None else figures[0]


def _of_choices(answers: ChoiceSummary) -> tuple[LabelledText, ...]:
    """Return the large figures of choices, the share right with its limits for other observers."""
    right, *others = choice_headline(answers)
    return replace(right, note=_beside(right.note, interval(answers.crossed, percent))), *others


def _of_detection(summary: StudySummary, answers: AnswerSummary) -> Iterator[LabelledText]:
    """Go through both shares, and the area under the ROC curve where there are ratings, d′ elsewhere."""
    wording, crossed = WORDINGS[summary.task], answers.crossed
    others: Sequence[Estimate | None] = (None, None) if crossed is None else shares_of(crossed)
    named = zip(wording.shares, shares_of(answers.pooled), wording.explained, others, strict=True)
    for name, share, explained, other in named:
        yield LabelledText(name, percent(share), _beside(explained, interval(other, percent)))
    if summary.ratings is not None:
        found = summary.ratings
        beside = _beside("0.5 is guessing, 1 is perfect", interval(found.crossed, area))
        yield LabelledText("Area under the ROC curve", area(found.pooled), beside)
        return
    random = answers.group_d_prime_random
    other = None if random is None else random.estimate
    yield LabelledText(
        "Sensitivity index d′",
        coefficient(answers.group_d_prime.estimate),
        _beside(D_PRIME_IS[summary.task], interval(other, coefficient)),
    )


def _beside(explained: str, limits: str) -> str:
    """Return what a figure is, with its limits for other observers where there are any."""
    return f"{explained}; for observers like these {limits}" if limits else explained


def _note(summary: StudySummary) -> str:
    of_level = next((of_arm for of_arm in summary.arms.values()), summary)
    return _note_of(shares_of(of_level.answers.pooled), "these observers and images like these")


def _note_of(figures: Sequence[Estimate], whom: str) -> str:
    stated = level(figures[0])
    return f"In brackets: {stated} intervals, for {whom}. The methods are told below." if stated else ""
