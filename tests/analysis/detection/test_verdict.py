"""The verdict within the margin, for each strength, in words."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from perception.analysis.answer_table import AnswerTable
from perception.analysis.detection.accuracy_verdict import accuracy_verdict
from perception.analysis.detection.choices_against_chance import share_right_against_chance
from perception.analysis.detection.equivalence import balanced_accuracy
from perception.analysis.detection.group_d_prime import group_d_prime
from perception.analysis.detection.verdict import verdict
from perception.analysis.detection.yes_no import summarise_answers
from perception.analysis.estimates.clustered import clustered_proportion
from perception.analysis.estimates.crossed import crossed_proportion
from perception.analysis.observations import SHOWN, Observations, Task
from perception.analysis.study_summary import summarise_study
from tests.analysis.written_json import written_json


def study(
    counts: Sequence[Mapping[int, tuple[int, int]]], *, task: Task = "yes_no", known: bool = True
) -> Observations:
    """Return the answers of observers who called `k` of the `n` images of each strength perturbed; 0 is clean.

    Each observer's answers fall on other images, so that images do not differ.
    """
    strengths = np.concatenate([np.full(n, strength) for strength, (_, n) in counts[0].items()])
    rows = []
    for number, observer in enumerate(counts):
        said: list[NDArray[np.int8]] = []
        for k, n in observer.values():
            said.append(np.roll((np.arange(n) < k).astype(np.int8), number * n // len(counts)))
        rows.append(np.concatenate(said))
    many, images = len(counts), strengths.size
    return Observations(
        task=task,
        observers=tuple("ABCDEFGHIJKL"[:many]),
        items=tuple(f"image {number}" for number in range(images)),
        observer=np.repeat(np.arange(many), images),
        item=np.tile(np.arange(images), many),
        truth=np.tile(strengths > 0, many),
        response=np.concatenate(rows),
        catch=np.zeros(many * images, dtype=bool),
        strength=np.tile(strengths, many).astype(np.float64) if known else None,
    )


def words(counts: Sequence[Mapping[int, tuple[int, int]]], margin: float) -> str:
    return verdict(study(counts), margin=margin).in_words


def test_hardly_any_answer_of_one_kind_is_no_sign_of_an_undetectable_change() -> None:
    """1 hit of 120 and 1 false alarm of 80: balanced accuracy is near ½ whatever is seen."""
    seen = study([{4: (1, 120), 0: (0, 80)}, {4: (0, 120), 0: (1, 80)}, {4: (0, 120), 0: (0, 80)}])

    found = verdict(seen, margin=0.1)

    assert accuracy_verdict(seen.table(), "yes_no", margin=0.1).in_words.startswith("Undetectable within 10")
    assert found.strengths[0].these_observers.test.within is None
    assert found.in_words.startswith(
        "Whether the change is undetectable within 10 percentage points cannot be told for these observers, nor for "
        "observers like these: too few answers “perturbed” for a d′: A gave 1 of 200"
    )


def test_strict_observers_who_see_the_change_are_not_called_blind() -> None:
    """d′ 1.04: hits 10%, false alarms 1%; right in 77% of forced choices, and in 54.5% of these answers."""
    strict = [{4: (10, 100), 0: (1, 100)}] * 4

    assert accuracy_verdict(study(strict).table(), "yes_no", margin=0.1).in_words.startswith("Undetectable within 10")
    assert words(strict, 0.1).startswith("Detected for these observers on average: d′ is 0.9")


def test_each_strength_has_a_verdict_and_weak_ones_do_not_hide_the_strong() -> None:
    """68% noticed at 8 levels against 30% false alarms; hardly more than these at 2 and at 4."""
    graded = [{2: (20, 65), 4: (21, 65), 8: (44, 65), 0: (60, 200)}] * 4

    found = verdict(study(graded), margin=0.15)

    assert [one.strength for one in found.strengths] == [2, 4, 8]
    assert (
        "At strength 2: Undetectable within 15 percentage points of chance for these observers on average"
        in found.in_words
    )
    assert "At strength 8: Detected for these observers on average: d′ is 0.98" in found.in_words
    assert found.as_dict()["verdict"] == found.in_words


@pytest.mark.parametrize(
    ("hits", "margin", "begins"),
    [
        (
            100,
            0.1,
            "Undetectable within 10 percentage points of chance for these observers on average: d′ is 0.00",
        ),
        (
            115,
            0.15,
            "Detected, but by less than 15 percentage points of chance for these observers on average",
        ),
        (
            85,
            0.15,
            "Undetectable within 15 percentage points of chance for these observers on average, though",
        ),
        (
            101,
            0.01,
            "Not shown to be undetectable within 1 percentage point of chance for these observers on average",
        ),
        (180, 0.1, "Detected for these observers on average: d′ is 1.2"),
        (20, 0.1, "Not at chance for these observers on average: d′ is −1.2"),
        (130, 0.1, "Noticed more often than chance for these observers on average: d′ is 0.38"),
    ],
)
def test_the_words_say_what_the_interval_shows(hits: int, margin: float, begins: str) -> None:
    text = words([{4: (hits, 200), 0: (100, 200)}] * 2, margin)

    assert text.startswith(begins)
    assert text.endswith("What other observers would see takes at least 3 observers.")


def test_what_is_not_excluded_has_its_sign() -> None:
    """An interval that reaches further below 0 than above excludes the same d′ above it."""
    text = words([{4: (70, 200), 0: (100, 200)}] * 2, 0.1)

    assert "a d′ of down to −0.5" in text
    assert "percentage points below chance) is not excluded" in text
    assert "up to" not in text


@pytest.mark.parametrize(("hits", "limit"), [(180, ", above 0.51."), (20, ", below −0.51; ")])
def test_what_lies_outside_the_margin_lies_beyond_one_end_of_it(hits: int, limit: str) -> None:
    assert limit in words([{4: (hits, 200), 0: (100, 200)}] * 2, 0.1)


def test_both_halves_are_said_of_an_interval_inside_the_margin_that_excludes_chance() -> None:
    found = verdict(study([{4: (115, 200), 0: (100, 200)}] * 2), margin=0.15)
    claim = found.strengths[0].these_observers

    assert (claim.test.within, claim.test.noticed) == (True, True)
    assert "above 0 and inside ±0.77" in found.in_words


def test_several_strengths_share_five_percent() -> None:
    """The interval alone lies inside the margin; over three strengths p does not stay below 5%."""
    one = [{2: (50, 100), 0: (50, 100)}] * 4
    three = [{2: (50, 100), 4: (50, 100), 8: (50, 100), 0: (50, 100)}] * 4

    alone, family = verdict(study(one), margin=0.033), verdict(study(three), margin=0.033)

    assert alone.strengths[0].these_observers.test.within is True
    assert [one.these_observers.test.within for one in family.strengths] == [False] * 3
    assert "but over all strengths p of that is 0." in family.in_words


def test_detected_too_is_said_at_five_percent_over_all_strengths() -> None:
    """Each interval alone lies above the margin of 0.25; over three strengths p of that is above 5%."""
    one = [{2: (65, 100), 0: (50, 100)}] * 6
    three = [{2: (65, 100), 4: (65, 100), 8: (65, 100), 0: (50, 100)}] * 6

    alone, family = verdict(study(one), margin=0.05), verdict(study(three), margin=0.05)

    low = family.strengths[0].these_observers.test.d_prime.estimate.low
    assert low is not None
    assert low > 0.2513
    assert alone.in_words.startswith("Detected for these observers")
    assert "At strength 2: Noticed more often than chance for these observers" in family.in_words
    assert "above 0.25, but over all strengths p of that is 0.1" in family.in_words
    assert "Detected for" not in family.in_words.partition("for observers like these")[0]


def test_who_is_not_in_a_d_prime_is_named_with_the_reason() -> None:
    usual = [{4: (50, 100), 0: (50, 100)}] * 10
    found = verdict(study([*usual, {4: (1, 100), 0: (0, 100)}]), margin=0.1)

    assert found.in_words.count("Not in this d′, for too few answers of one kind: K (gave 1 of 200 answers") == 1
    claim = found.strengths[0].these_observers
    assert claim.test.d_prime.left_out_because == ("gave 1 of 200 answers “perturbed”",)


def test_the_share_beside_d_prime_is_of_the_same_observers() -> None:
    """K saw nothing and said so; the verdict is on the ten others, and so is what stands beside it."""
    usual = [{4: (60, 100), 0: (50, 100)}] * 10
    ten, eleven = study(usual), study([*usual, {4: (0, 100), 0: (1, 100)}])

    (of_ten,), (of_eleven,) = verdict(ten, margin=0.1).strengths, verdict(eleven, margin=0.1).strengths

    assert of_eleven.these_observers.test.d_prime.left_out == ("K",)
    assert of_eleven.these_observers.share_right.n == of_ten.these_observers.share_right.n == 2000
    assert of_eleven.these_observers.share_right.estimate == pytest.approx(0.55)


def test_who_never_answered_makes_no_third_observer() -> None:
    silent = study([{4: (50, 100), 0: (50, 100)}] * 3)
    silent.response[silent.observer == 2] = -1

    found = verdict(silent, margin=0.1)

    assert found.strengths[0].observers_random is None
    assert found.in_words.endswith("What other observers would see takes at least 3 observers.")


def test_an_estimate_that_is_known_is_not_made_again() -> None:
    seen = study([{4: (60, 100), 0: (50, 100)}] * 3)
    summary = summarise_answers(seen.table(), level=0.95)

    again = verdict(seen, margin=0.1)
    passed_on = verdict(seen, margin=0.1, known=(summary.group_d_prime, summary.group_d_prime_random))

    assert passed_on == again


def test_other_observers_have_a_verdict_of_their_own() -> None:
    unlike = [{4: (k, 100), 0: (50, 100)} for k in (20, 40, 60, 80)]

    found = verdict(study(unlike), margin=0.1)

    (one,) = found.strengths
    assert one.observers_random is not None
    assert one.these_observers.test.within is True
    assert one.observers_random.test.within is False
    assert "for observers like these" in found.in_words
    assert written_json(found)["strengths"][0]["observers_random"]["within_margin"] is False


def test_the_share_right_stands_beside_it() -> None:
    (one,) = verdict(study([{4: (60, 100), 0: (50, 100)}] * 3), margin=0.1).strengths

    assert one.these_observers.share_right.estimate == pytest.approx(0.55)
    assert one.these_observers.share_right.level == pytest.approx(0.9)


def test_unknown_strengths_come_last_and_a_single_one_needs_no_name() -> None:
    mixed = study([{4: (20, 40), 8: (30, 40), 0: (40, 80)}] * 3)
    assert mixed.strength is not None
    mixed.strength[mixed.strength == 8] = np.nan

    assert [one.strength for one in verdict(mixed, margin=0.1).strengths] == [4, None]
    assert "At an unknown strength: " in verdict(mixed, margin=0.1).in_words
    assert "At " not in verdict(study([{4: (20, 40), 0: (40, 80)}] * 3, known=False), margin=0.1).in_words


@pytest.mark.parametrize("task", ["yes_no", "same_different", "two_afc"])
def test_no_answer_has_no_verdict(task: Task) -> None:
    empty = study([{4: (0, 0), 0: (0, 0)}], task=task)

    found = verdict(empty, margin=0.05)

    assert found.strengths[0].these_observers.test.within is None
    assert "cannot be told" in found.in_words


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ("yes_no", "too few perturbed images for a d′: A judged 4"),
        ("same_different", "too few different pairs for a d′: A judged 4"),
        ("two_afc", "too few pairs whose first image was perturbed for a d′: A judged 4"),
    ],
)
def test_a_reason_names_what_was_shown(task: Task, reason: str) -> None:
    assert reason in verdict(study([{4: (2, 4), 0: (20, 40)}] * 3, task=task), margin=0.1).in_words


def test_choices_between_two_images_are_judged_without_their_leaning() -> None:
    """Everybody says “first” in nine of ten pairs: the share right is 55%, and d′ is not that of 55%."""
    leaning = study([{4: (95, 100), 0: (85, 100)}] * 3, task="two_afc", known=False)

    (one,) = verdict(leaning, margin=0.1).strengths

    assert one.these_observers.share_right.estimate == pytest.approx(0.55)
    assert one.these_observers.test.d_prime.estimate.estimate == pytest.approx(0.43, abs=0.02)
    assert verdict(leaning, margin=0.1).margin_d_prime == pytest.approx(0.5067 / 2**0.5, abs=1e-4)
    assert verdict(leaning, margin=0.1).measure == "share of right choices"


def test_no_wide_margin_is_shown_by_answers_that_seldom_could_exceed_it() -> None:
    """50 × (20 + 20) at d′ 2.56, hits 59% and false alarms 1%: with 0.2 false alarms each, d′ is drawn to 0."""
    found = verdict(study([{4: (12, 20), 0: (k, 20)} for k in (0, 0, 0, 1, 0)]), margin=0.4)

    claim = found.strengths[0].these_observers
    assert (claim.test.within, claim.test.noticed) == (None, True)
    assert "cannot be told for these observers on average: with so few answers a d′ as large" in found.in_words


@pytest.mark.parametrize(("margin", "word"), [(0.05, "Detected"), (0.49, "Noticed more often than chance")])
def test_all_right_has_no_limit(margin: float, word: str) -> None:
    found = verdict(study([{4: (30, 30), 0: (0, 30)}] * 3), margin=margin)

    assert found.strengths[0].these_observers.test.within is None
    assert found.in_words.startswith(
        f"{word} for these observers on average: all answers to perturbed images are alike"
    )


def test_others_are_not_called_undetectable_where_these_notice() -> None:
    few_see = [{4: (60, 100), 0: (50, 100)}] * 6 + [{4: (90, 100), 0: (10, 100)}]

    found = verdict(study(few_see), margin=0.35)

    (one,) = found.strengths
    assert one.observers_random is not None
    assert (one.observers_random.test.within, one.observers_random.test.noticed) == (True, False)
    assert "though these observers notice it" in found.in_words
    assert "Undetectable" not in found.in_words


@given(st.integers(3, 9), st.integers(2, 24), st.integers(0, 10_000))
def test_an_interval_for_other_observers_is_never_narrower_than_for_these(
    observers: int, images: int, seed: int
) -> None:
    """Few images have few degrees of freedom, and a component of variance may be estimated below its own part."""
    rng = np.random.default_rng(seed)
    right = rng.random((observers, 2 * images)) < rng.beta(2, 2, 2 * images)
    given_ = np.ones_like(right)
    names = tuple(map(str, range(observers)))
    table = AnswerTable(
        names, tuple(map(str, range(2 * images))), np.arange(2 * images) < images, right.astype(np.int8)
    )
    signal = np.broadcast_to(table.truth, right.shape)
    kinds = (False, True)
    for these, others in (
        [share_right_against_chance(right, given_, observers_random=kind).estimate for kind in kinds],
        [balanced_accuracy(table, observers_random=kind).estimate for kind in kinds],
        [group_d_prime(signal, table.responses, names, observers_random=kind).estimate for kind in kinds],
        [clustered_proportion(right, given_), crossed_proportion(right, given_)],
    ):
        if None not in (these.low, these.high, others.low, others.high):
            assert (others.high or 0) - (others.low or 0) >= (these.high or 0) - (these.low or 0) - 1e-12


def test_choices_of_alike_observers_vary_at_least_as_independent_ones() -> None:
    """Nearly every pair has the same share right: the components of variance are far below independent choices'."""
    right = np.array([np.roll(np.arange(60) < 36, 12 * place) for place in range(5)])
    right[0, 40] = True
    given_ = np.ones_like(right)

    these, others, older = (
        share_right_against_chance(right, given_, observers_random=random, by_normal=old)
        for random, old in ((False, False), (True, False), (True, True))
    )

    assert these.standard_error == pytest.approx((181 * 119 / 300**3) ** 0.5)
    assert (others.standard_error or 0) >= (these.standard_error or 0)
    assert (older.standard_error or 0) < 0.9 * (these.standard_error or 0)


@pytest.mark.parametrize("task", ["yes_no", "same_different", "two_afc"])
def test_reasons_beside_a_verdict_name_what_was_shown(task: Task) -> None:
    """One kind of image alone was judged: “a clean image” is no word for a same pair."""
    alone = study([{4: (20, 40), 0: (0, 0)}] * 3, task=task)

    found = summarise_study(alone, margin=0.1)

    missing = SHOWN[task][1][0]
    reasons = [reason for reason in _reasons(found.as_dict()) if "no answer to" in reason]
    assert reasons
    assert {reason.partition("no answer to ")[2] for reason in reasons} == {missing}


def _reasons(content: object) -> list[str]:
    if isinstance(content, Mapping):
        own = [content["reason"]] if isinstance(content.get("reason"), str) else []
        return own + [reason for part in content.values() for reason in _reasons(part)]
    return [reason for part in content for reason in _reasons(part)] if isinstance(content, list | tuple) else []
