"""Is the change undetectable? The claim of equivalence, in words and with its tests."""

from collections.abc import Iterator

from perception.analysis.detection.accuracy_verdict import AccuracyVerdict
from perception.analysis.detection.d_prime_margin import AdjustedTest
from perception.analysis.detection.equivalence import Equivalence
from perception.analysis.detection.signal_detection import SAME_DIFFERENT
from perception.analysis.detection.verdict import Claim, StrengthVerdict, Verdict
from perception.analysis.number_words import percentage_points
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import coefficient, level, p_value, percent
from studies.report.sections.elements import Section, Table
from studies.report.wording import ARM, ATTACK, capitalized, methods_named

ANSWERS = {True: "yes", False: "not shown", None: "cannot be told"}
KEY, TITLE = "undetectable", "Is the change undetectable?"


def equivalence_section(summary: StudySummary, *, in_protocol: bool = True) -> Section | None:
    """Return the verdict within the margin, for these observers and for others; None without a margin.

    Parameters
    ----------
    summary
        The figures.
    in_protocol
        Whether a protocol fixed the margin.
    """
    verdict = summary.equivalence
    if verdict is None:
        return None
    fixed = " that the protocol fixed before the study opened" if in_protocol else ""
    if isinstance(verdict, AccuracyVerdict):
        return _by_accuracy(verdict, fixed)
    return _by_d_prime(verdict, fixed, ATTACK if in_protocol else ARM)


def _by_d_prime(verdict: Verdict, fixed: str, arm: str) -> Section:
    several = len(verdict.strengths) > 1
    head = (
        *(("Strength",) if several else ()),
        "For",
        "d′ (90% interval)",
        f"Within ±{verdict.margin_d_prime:.2f}",
        "Noticed: above 0",
        f"Detected: above {verdict.margin_d_prime:.2f}",
        f"{capitalized(verdict.measure)} (90% interval)",
    )
    claims = [claim for one in verdict.strengths for _, claim in one.claims]
    tests = Table("Tests of equivalence", head, tuple(_lines(verdict, several=several)), prose=True)
    return Section(
        key=KEY,
        title=TITLE,
        lead=(*verdict.sentences, *verdict.of_others),
        tables=(tests, *_left_out(verdict, several=several)),
        notes=tuple(_notes(verdict, claims, fixed, arm, several=several)),
    )


def _lines(verdict: Verdict, *, several: bool) -> Iterator[tuple[str, ...]]:
    for one in verdict.strengths:
        for whom, claim in one.claims:
            yield (*((_strength(one),) if several else ()), capitalized(whom), *_cells(claim))


def _strength(one: StrengthVerdict) -> str:
    return "not known" if one.strength is None else f"{one.strength:g} level{'' if one.strength == 1 else 's'}"


def _cells(claim: Claim) -> tuple[str, ...]:
    test = claim.test
    return (
        coefficient(test.d_prime.estimate),
        *(_answer(one) for one in (test.inside, test.above_zero, test.above_margin)),
        percent(claim.share_right),
    )


def _answer(test: AdjustedTest | None) -> str:
    """Write whether something was shown, with its p: `yes, p = 0.012`."""
    return ANSWERS[None] if test is None else f"{ANSWERS[test.shown]}, p {p_value(test.adjusted)}"


def _left_out(verdict: Verdict, *, several: bool) -> tuple[Table, ...]:
    """Return who is in no d′, and why; nothing where everybody is."""
    rows = tuple(
        (name, *((_strength(one),) if several else ()), capitalized(why))
        for one in verdict.strengths
        for found in (one.these_observers.test.d_prime,)
        for name, why in zip(found.left_out, found.left_out_because, strict=True)
    )
    head = ("Observer", *(("Strength",) if several else ()), "Why")
    return (Table("Observers who have no d′ of their own", head, rows, prose=True),) if rows else ()


def _notes(verdict: Verdict, claims: list[Claim], fixed: str, arm: str, *, several: bool) -> Iterator[str]:
    share = "the share of right choices" if verdict.task == "two_afc" else "the balanced accuracy"
    yield (
        f"Two one-sided tests at 5% (Schuirmann 1987) of d′, which a readiness to give one answer does not touch, with "
        f"the margin of {percentage_points(verdict.margin)}{fixed}: that is a d′ of ±{verdict.margin_d_prime:.2f}, at "
        f"which {share} of an observer without a leaning is {50 + 100 * verdict.margin:g}%. That no difference from "
        "chance was found would not be evidence that there is none."
    )
    yield (
        "“Detected” is a d′ above the margin, “noticed” one above 0, each by a one-sided test at 5%; at a single "
        "strength that is where the 90% interval lies above it."
    )
    if verdict.family:
        each = f"{arm} and strength" if verdict.of_arms > 1 else "strength"
        together = (
            " There is none for all strengths together, in which weak ones would hide what is seen of the strong."
            if several
            else ""
        )
        yield (
            f"One verdict for each {each}: the p-values of each question are adjusted after Holm over "
            f"{verdict.family}, and every word of the verdict rests on them; intervals are not adjusted.{together}"
        )
    if verdict.task == "same_different":
        yield f"d′ is the {SAME_DIFFERENT}."
    if any(claim.test.d_prime.left_out for claim in claims):
        yield (
            "Up to one observer in ten may have no d′ of their own; the verdict is then on the others, and so is the "
            f"{verdict.measure} beside it. Other figures of this report are of everybody."
        )
    d_primes = methods_named(claim.test.d_prime.estimate for claim in claims)
    shares = methods_named(claim.share_right for claim in claims)
    yield f"d′: {d_primes}. {capitalized(verdict.measure)}, which stands beside it and decides nothing: {shares}."


def _by_accuracy(verdict: AccuracyVerdict, fixed: str) -> Section:
    rows = [_line("These observers", verdict.these_observers)]
    if verdict.observers_random:
        rows.append(_line("Observers like these", verdict.observers_random))
    share = verdict.these_observers.margin
    margin = f"{100 * share:g}"
    head = ("For", capitalized(verdict.measure), "Level", "Larger p", f"Within ±{margin} points", "Method")
    return Section(
        key=KEY,
        title=TITLE,
        lead=(verdict.in_words,),
        tables=(Table("Tests of equivalence", head, tuple(rows), prose=True),),
        notes=(
            f"Two one-sided tests at 5% (Schuirmann 1987), with the margin of {percentage_points(share)}{fixed}. That "
            "no difference from chance was found would not be evidence that there is none.",
            f"By the rule of protocols up to version 3, under which this study opened, the {verdict.measure} of all "
            "strengths together is judged. Observers who hardly ever give one of the answers are near 50% by it, "
            "whatever they see: read d′ beside it.",
        ),
    )


def _line(name: str, test: Equivalence) -> tuple[str, ...]:
    share = test.balanced_accuracy
    larger_p = "" if test.p is None else f"p {p_value(test.p)}"
    return name, percent(share), level(share), larger_p, ANSWERS[test.undetectable], share.method
