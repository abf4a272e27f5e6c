"""The observers' way through the study, and how they saw the images."""

from collections.abc import Iterable, Mapping

from studies.answers.characteristics import Characteristic, ChoiceCounts, NumberRange, ScaleCounts
from studies.answers.figures import DisplayCounts
from studies.data_protection.tally import ErasedPeople
from studies.design.recruitment.counts import RecruitedCounts
from studies.models.session import FULL
from studies.report.build import Report
from studies.report.facts import ObserverFlow
from studies.report.recruitment import PERSONAL, RecruitmentFacts, recruiter_name
from studies.report.screening import check_words
from studies.report.sections.elements import FlowStep, LabelledText, Section, Table
from studies.report.sections.study.screens import flip_texts, screen_texts, seat_tables
from studies.report.wording import asked_text, flicker_counts_text, listed, uncapitalized


def flow_section(report: Report) -> Section:
    """Return who was invited, began, finished and is analysed, and who left where."""
    return Section(
        key="flow",
        title="The observers’ way through the study",
        flow=flow_steps(report),
        tables=(*_recruited(report.recruitment), *_told(report.characteristics), *seat_tables(report.screens)),
        facts=(
            *_own_images(report),
            LabelledText("Display", _display(report.figures.display)),
            *([LabelledText("Flicker", flicker_counts_text(report.figures.flicker))] if report.figures.flicker else []),
            *screen_texts(report.screens),
            *flip_texts(report.flip_viewings),
        ),
        notes=(
            "Only finished sessions are analysed; the answers of a withdrawn session are deleted.",
            *_not_passed(report),
            *_passed_on(report),
            *_detached(report.history.erased),
            *_not_shown(report.flow),
        ),
    )


def _not_shown(flow: ObserverFlow) -> tuple[str, ...]:
    """Return how many answers of finished sessions are missing since an image could not be shown."""
    if not flow.not_shown:
        return ()
    count = f"{flow.not_shown:,} {'answer' if flow.not_shown == 1 else 'answers'}"
    return (
        f"Of the finished sessions, {count} {'is' if flow.not_shown == 1 else 'are'} missing: the file of an image was "
        "missing or altered when its turn came, it was not shown, and the session went on without it. Whether an image "
        "is shown does not depend on what it is.",
    )


def _own_images(report: Report) -> tuple[LabelledText, ...]:
    """Return how many images each observer judged, and how many observers each image, where they had their own."""
    summary = report.figures.summary
    return (LabelledText("Images", asked_text(summary)),) if summary.asked.own_images and report.rows else ()


def flow_steps(report: Report) -> tuple[FlowStep, ...]:
    """Return the steps; who left stands at the step after which they left."""
    flow, recruitment = report.flow, report.recruitment
    return (
        *_arrivals(report),
        FlowStep(
            "Invited or let in" if recruitment.by_open_links else "Invited",
            flow.invited,
            _left(("link taken back", flow.revoked), ("never began", flow.not_begun)),
        ),
        FlowStep(
            "Began",
            flow.consented,
            _left(
                ("withdrew", flow.withdrew),
                *_screened_out(flow),
                ("timed out", flow.timed_out),
            )
            + _rejected(flow.rejected, recruitment)
            + _left(
                ("gave the task back", flow.returned),
                ("did not finish", flow.unfinished),
            ),
        ),
        FlowStep(
            "Finished",
            flow.finished + flow.erased,
            (*_erased(report.history.erased), *_excluded(report), *_silent(report.figures.silent)),
        ),
        FlowStep("Analysed", report.figures.summary.answers.n_answering),
    )


def _screened_out(flow: ObserverFlow) -> list[tuple[str, int]]:
    """Return whom which check ended; of those whose data were erased since, it is not known."""
    known = sum(flow.screened_out_by.values())
    full = flow.screened_out_by.get(FULL, 0)
    by_check = [
        (f"screened out: {check_words(key)} not passed", count)
        for key, count in flow.screened_out_by.items()
        if key != FULL
    ]
    return [*by_check, ("all places of their group were taken", full), ("screened out", flow.screened_out - known)]


def _not_passed(report: Report) -> tuple[str, ...]:
    """Return how many of those who finished did not pass a check that records, or leaves out of the main figures."""
    leaving_out = report.study.leaving_out_checks
    counts = report.flow.not_passed
    recorded = [f"{check_words(key)} {count}" for key, count in counts.items() if key not in leaving_out]
    left_out = [f"{check_words(key)} {count}" for key, count in counts.items() if key in leaving_out]
    begin = "Of those who finished, so many did not pass a check of the screening, or it could not be measured"
    return (
        *([f"{begin}: {'; '.join(recorded)}. They are in the figures."] if recorded else []),
        *([f"{begin}, and are left out by the protocol: {'; '.join(left_out)}."] if left_out else []),
    )


def _arrivals(report: Report) -> tuple[FlowStep, ...]:
    """Return whom open links turned away, before the people who were let in; nothing in a study without such links."""
    recruitment = report.recruitment
    if not recruitment.by_open_links:
        return ()
    away = _left(*((f"turned away: {reason}", count) for reason, count in recruitment.turned_away_for.items()))
    return (FlowStep("Invited, or came by an open link", report.flow.invited + recruitment.n_turned_away, away),)


def _rejected(rejected: int, recruitment: RecruitmentFacts) -> tuple[LabelledText, ...]:
    """Return how many sessions were rejected, and for which reasons of the list; of erased ones the reason is gone."""
    if not rejected:
        return ()
    reasons = [f"{count} {reason}" for reason, count in recruitment.rejected_for.items()]
    if gone := rejected - sum(recruitment.rejections.values()):
        reasons.append(f"{gone} for a reason that was erased with their data")
    return (LabelledText("rejected", str(rejected), "; ".join(reasons)),)


def _recruited(recruitment: RecruitmentFacts) -> tuple[Table, ...]:
    """Return a line for each open link and group in it, and one for personal links."""
    if not recruitment.by_open_links:
        return ()
    rows, counted = [], set[int | None]()
    totals = [0, 0, 0, 0]
    for line in recruitment.recruitment.lines:
        number = line.link.pk if line.link else None
        # Whom a link turned away had no group yet: they stand with the link's first line.
        away = 0 if number is None or number in counted else sum(recruitment.recruitment.away(number).values())
        counted.add(number)
        numbers = (line.places, line.came, line.finished, away)
        totals = [total + one for total, one in zip(totals, numbers, strict=True)]
        rows.append((_line_name(line), *_counted(numbers)))
    head = ("Link, who sent people, group", "Places", "Began", "Finished", "Turned away")
    foot = ("All", *_counted(totals))
    return (Table("How the observers were found", head, tuple(rows), foot=(foot,)),)


def _line_name(line: RecruitedCounts) -> str:
    if line.link is None:
        return f"{PERSONAL}, {line.group}" if line.group else PERSONAL
    return f"{line.link.name} ({', '.join(filter(None, (recruiter_name(line.link), line.group)))})"


def _counted(numbers: Iterable[int]) -> tuple[str, ...]:
    return tuple(f"{number:,}" for number in numbers)


def _passed_on(report: Report) -> tuple[str, ...]:
    """Return what is to be known of places that were passed on, and of whom the table does not count."""
    recruitment = report.recruitment
    if not recruitment.by_open_links:
        return ()
    notes = [
        f"Recruitment: {uncapitalized(recruitment.how)}",
        "Whoever was turned away is counted once for each link and reason where they came with a recruiter’s id, and "
        "each time where they came without one; whoever was let in later is not among them.",
    ]
    if report.history.erased.n_gone:
        notes.append("People whose data were erased are counted in the flow, and not in the table of links.")
    return tuple(notes)


def _erased(erased: ErasedPeople) -> tuple[LabelledText, ...]:
    """Return how many finished and are in no figure, since their data were erased; and how many once results were seen.

    Whoever knows the results could have erased those who stood against them: readers are to know.
    """
    reasons = (
        ("withdrew later", erased.finished_by_wish, erased.by_wish_after_results),
        ("were erased later by the lab", erased.finished_by_lab, erased.by_lab_after_results),
        ("were deleted when the time was over for which their data were kept", erased.finished_by_time, 0),
    )
    return tuple(
        LabelledText(reason, str(count), f"{informed} of them after results had been seen" if informed else "")
        for reason, count, informed in reasons
        if count
    )


def _detached(erased: ErasedPeople) -> tuple[str, ...]:
    """Return what became of those whose answers are in the figures, and whose data are gone."""
    told = []
    if erased.kept_by_wish:
        told.append(
            f"{erased.kept_by_wish} of those who finished withdrew later; their answers stayed, as the study had told "
            "them, without anything that tells whose they are."
        )
    if erased.kept_by_time:
        told.append(
            "The time is over for which personal data were kept: the answers are there without anything that tells "
            "whose they are, and without times of day and questionnaires."
        )
    return tuple(told)


def _excluded(report: Report) -> tuple[LabelledText, ...]:
    """Return by which rule of the protocol observers were left out."""
    rules = report.figures.exclusions.rules
    return _left(*((f"left out by the protocol: {rule.name}", len(rule.observers)) for rule in rules))


def _silent(silent: tuple[str, ...]) -> tuple[LabelledText, ...]:
    """Return who finished and is in no figure all the same."""
    return (LabelledText("gave no answer that counts", str(len(silent)), listed(silent)),) if silent else ()


def _left(*reasons: tuple[str, int]) -> tuple[LabelledText, ...]:
    return tuple(LabelledText(reason, str(count)) for reason, count in reasons if count)


def _told(characteristics: tuple[Characteristic, ...]) -> tuple[Table, ...]:
    """Return what the analysed observers told of themselves, a line for each question."""
    rows = tuple((_asked(told), _answers(told), f"{told.answered} of {told.asked}") for told in characteristics)
    head = ("Question", "Answers", "Answered by")
    return (Table("What the analysed observers told of themselves", head, rows, prose=True),) if rows else ()


def _asked(told: Characteristic) -> str:
    return f"{told.question} (asked {told.only_if})" if told.only_if else told.question


def _answers(told: Characteristic) -> str:
    """Return what was answered; of what people wrote in their own words nothing, since it may tell who they are."""
    if isinstance(told, ChoiceCounts):
        return _counts(told.counts)
    if not isinstance(told, NumberRange):
        return "in their own words, which no report repeats"
    if told.median is None:
        return "none"
    middle = f"median {told.median:g} ({told.lowest} to {told.highest})"
    return f"{middle}; {_counts(told.counts)}" if isinstance(told, ScaleCounts) else middle


def _counts(counts: Mapping[str, int] | Mapping[int, int]) -> str:
    return ", ".join(f"{answer}: {count}" for answer, count in counts.items())


def _display(display: DisplayCounts) -> str:
    seen, focused = display.answers - display.unmeasured, display.answers - display.focus_unmeasured
    if not (seen or focused):
        return "Whether images were in full view, and whether the window had the focus, was measured of no answer."
    shown, kept = "whether the image was in full view", "whether the window had the focus"
    whole = _of_measured(display.not_whole, seen, display.answers, "{} given with the image not in full view", shown)
    lost = "{} given after the window had lost the focus"
    focus = _of_measured(display.focus_lost, focused, display.answers, lost, kept)
    return f"{whole} {focus}"


def _of_measured(count: int, measured: int, answers: int, what: str, whether: str) -> str:
    """Say of how many of the answers that were measured something holds; and of how many it is not known."""
    unknown = "" if measured == answers else f" Of the other {answers - measured:,}, {whether} was not measured."
    if not measured:
        return f"{whether[:1].upper()}{whether[1:]} was measured of no answer."
    told = what.format("was" if count == 1 else "were")
    return f"{count:,} of {measured:,} answers {told}.{unknown}"
