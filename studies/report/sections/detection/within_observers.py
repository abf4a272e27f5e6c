"""How far observers agree with themselves: what was shown twice, and what changed from the first to the second."""

from perception.analysis.agreement.within_observers import Change, WithinObservers
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.number_words import signed
from perception.analysis.observations import SHOWN, WORDS
from perception.core.formatting import coefficient, count, percent, points, share
from studies.report.sections.count_tables import count_table
from studies.report.sections.elements import LabelledText, Section, Table
from studies.report.wording import capitalized, methods_named


def within_observers_section(within: WithinObservers | None) -> Section | None:
    """Return agreement within observers; None where the study showed nothing twice."""
    if within is None:
        return None
    with_signal, without = (many for _, many in SHOWN[within.task])
    kinds = (("All", within.agreed), (capitalized(with_signal), within.agreed_signal))
    shares = (*kinds, (capitalized(without), within.agreed_noise))
    return Section(
        key="within",
        title="Agreement within observers",
        lead=(
            "Some trials came back later in the session. Whether an observer then said the same: 1 is full agreement, "
            "0 that of two answers which have nothing in common but the observer. The second answers are in no other "
            "figure of this report.",
        ),
        tables=(
            Table(
                "Agreement within observers",
                ("Coefficient", "Value", "Method"),
                tuple((name, coefficient(kappa), kappa.method) for name, kappa in _kappas(within)),
                prose=True,
            ),
            Table("Answered alike", ("Shown", "Share"), tuple((name, percent(alike)) for name, alike in shares)),
            _changes(within),
            *_each_observer(within),
        ),
        count_tables=(count_table("Shown", ("Answered alike",), [(name, (alike,)) for name, alike in shares]),),
        facts=(LabelledText("Answered twice", _answered(within)),),
        notes=tuple(_notes(within, [alike for _, alike in shares])),
    )


def _kappas(within: WithinObservers) -> list[tuple[str, Estimate]]:
    weighted = within.weighted_kappa
    return [
        ("Kappa within observers, of the answers", within.kappa),
        *([("Weighted kappa within observers, of ratings or grades", weighted)] if weighted else []),
    ]


def _answered(within: WithinObservers) -> str:
    missing = within.n_asked - within.n_pairs
    lost = f"; of {missing:,} an answer is missing or left out" if missing else ""
    return f"{within.n_pairs:,} of {within.n_asked:,} trials that came back, of {within.n_observers:,} observers{lost}"


def _changes(within: WithinObservers) -> Table:
    signal, _ = WORDS[within.task]
    return Table(
        "From the first showing to the second",
        ("Figure", "First", "Second", "Second less first"),
        (
            (f"Answers “{signal}”", *_both(within.said_signal), points(within.said_signal.difference)),
            ("Right answers", *_both(within.right), points(within.right.difference)),
            ("d′ of pooled answers", *_numbers(within.d_prime), coefficient(within.d_prime.difference)),
            ("Criterion of pooled answers", *_numbers(within.criterion), coefficient(within.criterion.difference)),
        ),
    )


def _both(change: Change) -> tuple[str, str]:
    return share(change.first), share(change.second)


def _numbers(change: Change) -> tuple[str, str]:
    first, second = ("" if value is None else signed(value, digits=2) for value in (change.first, change.second))
    return first, second


def _each_observer(within: WithinObservers) -> tuple[Table, ...]:
    if not within.observers:
        return ()
    rows = tuple(
        (name, count(one.agreed), percent(one.agreed), coefficient(one.kappa.kappa))
        for name, one in within.observers.items()
    )
    return (Table("Each observer", ("Observer", "Answered alike", "Share", "Cohen’s kappa"), rows),)


def _notes(within: WithinObservers, shares: list[Estimate]) -> list[str]:
    changes = (within.said_signal, within.right, within.d_prime, within.criterion)
    notes = [
        f"Answered alike: {methods_named(shares)}. Changes: {methods_named(one.difference for one in changes)}. "
        "Differences of shares are in percentage points.",
        "Second showings come later in the session: a change is that of a second look together with that of the time.",
    ]
    if within.quartiles is not None and within.n_observers > 1:
        low, median, high = (signed(value, digits=2) for value in within.quartiles)
        notes.append(f"Of the observers’ own kappas half lie from {low} to {high}, median {median}.")
    if within.observers:
        own = methods_named(one.kappa.kappa for one in within.observers.values())
        notes.append(f"Observers one by one: {own}; of few repeated trials they say little.")
    return notes
