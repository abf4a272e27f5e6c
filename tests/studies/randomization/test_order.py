"""The order of the trials: every limit held, each order that holds them as likely as any other, or a named error."""

import time
from collections import Counter
from collections.abc import Iterator
from itertools import groupby, pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.randomization import DrawingError, OrderItem, draw_order
from studies.randomization.limits import Limits
from studies.randomization.order import mixed

SEEDS = st.integers(min_value=0, max_value=2**53 - 1)


def items(counts: dict[str, int], *, lesions: int | None = None) -> list[OrderItem]:
    truths = [truth for truth, count in counts.items() for _ in range(count)]
    return [
        OrderItem(f"{index}", truth, f"lesion {index if lesions is None else index % lesions}")
        for index, truth in enumerate(truths)
    ]


def longest(values: list[str]) -> int:
    return max((len(list(run)) for _, run in groupby(values)), default=0)


@given(seed=SEEDS, perturbed=st.integers(0, 25), clean=st.integers(0, 25), limit=st.integers(1, 4))
def test_a_limit_of_runs_is_held_wherever_counting_allows_it(seed: int, perturbed: int, clean: int, limit: int) -> None:
    trials = items({"perturbed": perturbed, "clean": clean})
    truth = {item.key: item.truth for item in trials}
    few, many = sorted((perturbed, clean))
    if many > limit * (few + 1):
        with pytest.raises(DrawingError, match="Allow longer runs"):
            draw_order(trials, longest_run=limit, keep_lesions_apart=True, seed=seed)
        return

    order = draw_order(trials, longest_run=limit, keep_lesions_apart=True, seed=seed)

    assert sorted(order) == sorted(truth)
    assert longest([truth[key] for key in order]) <= limit


@given(seed=SEEDS, counts=st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_lesions_are_kept_apart_wherever_counting_allows_it(seed: int, counts: list[int]) -> None:
    trials = [
        OrderItem(f"{number} {image}", "clean", f"lesion {number}")
        for number, count in enumerate(counts)
        for image in range(count)
    ]
    if 2 * max(counts) > len(trials) + 1:
        with pytest.raises(DrawingError, match=rf"{max(counts)} of {len(trials)} trials show one lesion"):
            draw_order(trials, longest_run=0, keep_lesions_apart=True, seed=seed)
        return

    order = draw_order(trials, longest_run=0, keep_lesions_apart=True, seed=seed)

    assert sorted(order) == sorted(item.key for item in trials)
    assert all(one.split()[0] != other.split()[0] for one, other in pairwise(order))


@given(
    seed=SEEDS,
    shown=st.lists(st.tuples(st.sampled_from(["perturbed", "clean", "catch"]), st.integers(0, 5)), max_size=14),
    limit=st.integers(0, 3),
    apart=st.booleans(),
)
def test_all_limits_are_held_together_or_one_is_named(
    seed: int, shown: list[tuple[str, int]], limit: int, apart: bool
) -> None:
    trials = [OrderItem(f"{index}", truth, f"lesion {lesion}") for index, (truth, lesion) in enumerate(shown)]
    by_key = {item.key: item for item in trials}
    try:
        order = draw_order(trials, longest_run=limit, keep_lesions_apart=apart, seed=seed)
    except DrawingError as error:
        assert "longer runs" in str(error) or "lesion" in str(error)  # noqa: PT017 - either is a right end
        return

    assert sorted(order) == sorted(by_key)
    assert order == draw_order(trials[::-1], longest_run=limit, keep_lesions_apart=apart, seed=seed)
    if limit:
        assert longest([by_key[key].truth for key in order]) <= limit
    if apart:
        assert longest([by_key[key].lesion for key in order]) <= 1


@given(seed=SEEDS, catch=st.integers(0, 8), others=st.integers(0, 20))
def test_catch_trials_are_neither_first_nor_neighbours_where_the_others_suffice(
    seed: int, catch: int, others: int
) -> None:
    trials = [OrderItem(f"{n}", "clean", f"{n}", spread=n < catch) for n in range(catch + others)]

    order = draw_order(trials, longest_run=0, keep_lesions_apart=True, seed=seed)

    caught = [int(key) < catch for key in order]
    assert sorted(order) == sorted(item.key for item in trials)
    if catch <= others:
        assert not any(caught[:1])
        assert not any(one and other for one, other in pairwise(caught))


def test_every_ring_within_the_limits_is_as_likely_as_any_other() -> None:
    """3 perturbed and 2 clean in runs of 2 at most: 7,200 seeds over all such rings, within 4.5 standard errors."""
    trials = items({"perturbed": 3, "clean": 2})
    truth = {item.key: item.truth for item in trials}
    possible = [order for order in permutations(truth) if longest([truth[key] for key in order * 2]) <= 2]

    counts = Counter(
        tuple(draw_order(trials, longest_run=2, keep_lesions_apart=True, seed=seed)) for seed in range(7200)
    )

    assert set(counts) == set(possible)
    share = 1 / len(possible)
    assert all(abs(count - 7200 * share) < 4.5 * (7200 * share * (1 - share)) ** 0.5 for count in counts.values())


def test_rings_that_chance_hardly_hits_are_mixed_as_evenly() -> None:
    """7 perturbed and 5 clean in runs of 2 at most, built and mixed only: every pattern of truths equally often."""
    trials = items({"perturbed": 7, "clean": 5})
    limits = Limits.of({item.key: (item.truth, item.lesion) for item in trials}, spread=(), longest_run=2, apart=True)
    ring = limits.as_ring()
    counts: Counter[str] = Counter()
    for seed in range(1000):
        order = ring.build([item.key for item in trials])
        assert order is not None
        counts["".join("P" if int(key) < 7 else "C" for key in mixed(order, ring, seed))] += 1

    expected = [kinds for kinds in patterns("P" * 7 + "C" * 5) if longest(list(kinds * 2)) <= 2]
    assert set(counts) <= set(expected)
    mean = 1000 / len(expected)
    chi_square = sum((counts[kinds] - mean) ** 2 / mean for kinds in expected)
    assert chi_square < len(expected) + 4 * (2 * len(expected)) ** 0.5


def patterns(letters: str) -> Iterator[str]:
    """Return every different order of letters, some of which are alike."""
    if not letters:
        yield ""
    for letter in sorted(set(letters)):
        for rest in patterns(letters.replace(letter, "", 1)):
            yield letter + rest


@pytest.mark.parametrize("limit", [0, 2, 3])
def test_every_position_is_as_likely_perturbed_as_any_other(limit: int) -> None:
    """30 perturbed and 20 clean as in the paper, 200 seeds: within 4.5 standard errors of 3 in 5."""
    trials = items({"perturbed": 30, "clean": 20})
    truth = {item.key: item.truth for item in trials}
    counts = [0] * 50
    for seed in range(200):
        for position, key in enumerate(draw_order(trials, longest_run=limit, keep_lesions_apart=True, seed=seed)):
            counts[position] += truth[key] == "perturbed"

    assert all(abs(count - 120) < 4.5 * (200 * 0.6 * 0.4) ** 0.5 for count in counts)


def test_an_error_says_what_run_there_would_be() -> None:
    with pytest.raises(DrawingError, match=r"9 of 11 trials are perturbed: with 2 others .* 3 or more, not of 2 at"):
        draw_order(items({"perturbed": 9, "clean": 2}), longest_run=2, keep_lesions_apart=True, seed=1)


def test_limits_that_only_together_cannot_be_held_are_an_error() -> None:
    """The truths must take turns, with the only clean image of the same lesion as one of its two neighbours."""
    trials = [OrderItem("1", "perturbed", "a"), OrderItem("2", "perturbed", "b"), OrderItem("3", "clean", "a")]

    for options in ({"longest_run": 1, "keep_lesions_apart": False}, {"longest_run": 0, "keep_lesions_apart": True}):
        assert draw_order(trials, seed=1, **options)  # type: ignore[arg-type]
    with pytest.raises(DrawingError, match="No order of the 3 trials was found"):
        draw_order(trials, longest_run=1, keep_lesions_apart=True, seed=1)


@pytest.mark.parametrize(
    ("counts", "limit", "lesions"),
    [
        ({"perturbed": 1000, "clean": 1000}, 1, None),
        ({"perturbed": 1500, "clean": 500}, 3, None),
        ({"perturbed": 1000, "clean": 1000}, 3, 40),
    ],
)
def test_two_thousand_trials_are_put_in_order_quickly(counts: dict[str, int], limit: int, lesions: int | None) -> None:
    trials = items(counts, lesions=lesions)

    begun = time.process_time()
    order = draw_order(trials, longest_run=limit, keep_lesions_apart=True, seed=1)

    assert time.process_time() - begun < 2
    assert len(set(order)) == 2000


def test_no_trial_at_all_is_an_empty_order() -> None:
    assert draw_order([], longest_run=3, keep_lesions_apart=True, seed=1) == []


def test_a_negative_limit_and_a_key_that_stands_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        draw_order([], longest_run=-1, keep_lesions_apart=True, seed=1)
    with pytest.raises(ValueError, match="once"):
        draw_order([OrderItem("a", "clean", "1")] * 2, longest_run=0, keep_lesions_apart=False, seed=1)
