"""What is shown twice: of each truth in its proportion, far enough apart, within every limit of an order."""

from collections import Counter
from itertools import groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studies.randomization import (
    DrawingError,
    OrderItem,
    draw_order,
    draw_order_with_repeats,
    draw_repeated,
    least_distance,
)

SEEDS = st.integers(min_value=0, max_value=2**53 - 1)


def items(perturbed: int, clean: int, catch: int = 0) -> list[OrderItem]:
    truths = ["perturbed"] * perturbed + ["clean"] * clean
    series = [OrderItem(f"series/{place}", truth, f"lesion {place}") for place, truth in enumerate(truths)]
    caught = [OrderItem(f"catch/{place}", "perturbed", f"catch {place}", spread=True) for place in range(catch)]
    return [*series, *caught]


def truth_of(trials: list[OrderItem]) -> dict[str, str]:
    return {item.key: item.truth for item in trials if not item.spread}


@given(seed=SEEDS, perturbed=st.integers(0, 30), clean=st.integers(0, 30), share=st.floats(0, 1))
def test_each_truth_is_repeated_in_its_proportion(seed: int, perturbed: int, clean: int, share: float) -> None:
    of = truth_of(items(perturbed, clean))
    n = round(share * len(of))

    repeated = draw_repeated(of, n=n, seed=seed)

    assert len(set(repeated)) == n
    counts = Counter(of[key] for key in repeated)
    for truth, there in Counter(of.values()).items():
        assert abs(counts[truth] - n * there / len(of)) < 1


def test_every_trial_is_as_likely_repeated_as_any_other() -> None:
    of = truth_of(items(6, 4))
    drawn = Counter(key for seed in range(1_000) for key in draw_repeated(of, n=5, seed=seed))

    # Half of each truth; the standard error of a share is 0.016.
    assert all(abs(drawn[key] / 1_000 - 0.5) < 0.07 for key in of)


@settings(max_examples=60, deadline=None)
@given(
    seed=SEEDS,
    perturbed=st.integers(5, 25),
    clean=st.integers(5, 25),
    catch=st.integers(0, 3),
    share=st.floats(0, 1),
    limit=st.sampled_from([0, 3, 4]),
)
def test_showings_lie_apart_within_every_limit(
    seed: int, perturbed: int, clean: int, catch: int, share: float, limit: int
) -> None:
    trials = items(perturbed, clean, catch)
    repeated = draw_repeated(truth_of(trials), n=round(share * (perturbed + clean)), seed=seed)
    try:
        order = draw_order_with_repeats(
            trials, repeated=repeated, longest_run=limit, keep_lesions_apart=True, seed=seed
        )
    except DrawingError:
        # Counting forbids it without a distance, too.
        assert limit
        assert max(perturbed, clean) + catch > limit * (min(perturbed, clean) + 1) - 3
        return

    assert Counter(order) == Counter([item.key for item in trials]) + Counter(repeated)
    places: dict[str, list[int]] = {}
    for place, key in enumerate(order):
        places.setdefault(key, []).append(place)
    assert all(there[1] - there[0] >= least_distance(len(order)) for there in places.values() if len(there) == 2)
    truths = {item.key: item.truth for item in trials}
    assert not limit or max(len(list(run)) for _, run in groupby(truths[key] for key in order)) <= limit
    caught = [key.startswith("catch") for key in order]
    assert not caught[0]
    assert not any(one and other for one, other in pairwise(caught))


def test_without_repeats_the_order_is_the_one_of_before() -> None:
    trials = items(12, 8, 2)

    with_none = draw_order_with_repeats(trials, repeated=[], longest_run=3, keep_lesions_apart=True, seed=7)

    assert with_none == draw_order(trials, longest_run=3, keep_lesions_apart=True, seed=7)


def test_every_image_comes_back_as_far_away_as_a_third_of_the_session() -> None:
    trials = items(30, 20)
    order = draw_order_with_repeats(
        trials, repeated=[item.key for item in trials], longest_run=0, keep_lesions_apart=True, seed=3
    )

    assert len(order) == 100
    assert all(order[place + 1 :].index(key) + 1 >= 33 for place, key in enumerate(order) if key in order[place + 1 :])


def test_each_position_is_as_likely_perturbed_as_any_other() -> None:
    trials = items(6, 4)
    truths = truth_of(trials)
    n, perturbed = 800, Counter[int]()
    for seed in range(n):
        repeated = draw_repeated(truths, n=5, seed=seed)
        order = draw_order_with_repeats(trials, repeated=repeated, longest_run=2, keep_lesions_apart=True, seed=seed)
        perturbed.update(place for place, key in enumerate(order) if truths[key] == "perturbed")

    # 9 of 15 at each place; five standard errors.
    assert all(abs(perturbed[place] / n - 0.6) < 5 * (0.24 / n) ** 0.5 for place in range(15))


def test_the_same_seed_gives_the_same_order_and_another_another() -> None:
    trials = items(12, 8)
    repeated = draw_repeated(truth_of(trials), n=6, seed=1)
    drawn = [
        draw_order_with_repeats(trials, repeated=repeated, longest_run=3, keep_lesions_apart=True, seed=seed)
        for seed in (1, 1, 2)
    ]

    assert drawn[0] == drawn[1] != drawn[2]


def test_what_cannot_be_is_refused() -> None:
    trials = items(3, 2)
    with pytest.raises(ValueError, match="6 of 5 trials"):
        draw_repeated(truth_of(trials), n=6, seed=1)
    with pytest.raises(ValueError, match="no trial 'other'"):
        draw_order_with_repeats(trials, repeated=["other"], longest_run=0, keep_lesions_apart=True, seed=1)
    unlike = [OrderItem("a", "clean", "1"), OrderItem("b", "perturbed", "2"), OrderItem("c", "clean", "3")]
    with pytest.raises(DrawingError, match="Allow longer runs"):
        draw_order_with_repeats(unlike, repeated=["a", "c"], longest_run=1, keep_lesions_apart=False, seed=1)


def test_showings_that_find_no_place_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studies.randomization.repeats.PARTS_APART", 1)
    with pytest.raises(DrawingError, match=r"each of 2 trials lie at least 7 trials apart\. Show fewer trials twice"):
        draw_order_with_repeats(
            items(3, 2), repeated=["series/0", "series/4"], longest_run=0, keep_lesions_apart=True, seed=1
        )


def test_the_one_trial_of_a_truth_finds_its_places() -> None:
    trials = items(19, 1)
    for seed in range(100):
        order = draw_order_with_repeats(
            trials, repeated=["series/19"], longest_run=0, keep_lesions_apart=True, seed=seed
        )
        first = order.index("series/19")
        assert order.index("series/19", first + 1) - first >= 7
