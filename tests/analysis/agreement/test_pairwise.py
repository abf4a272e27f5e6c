"""Where the kappas of many pairs of observers lie, against those of each pair."""

import tracemalloc
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.analysis.agreement.cohen import kappa_of_answers
from perception.analysis.agreement.pairwise import MOST_LISTED, kappa_spread
from perception.analysis.agreement.summary import MOST_PAIRED, agreement_of
from perception.analysis.answer_table import MISSING, AnswerTable


@given(st.integers(2, 7), st.integers(1, 12), st.integers(0, 10_000))
def test_each_kappa_is_that_of_the_pair(observers: int, images: int, seed: int) -> None:
    responses = np.random.default_rng(seed).integers(-1, 2, (observers, images)).astype(np.int8)

    found = kappa_spread(responses)

    each = [kappa_of_answers(responses[one], responses[other]) for one, other in combinations(range(observers), 2)]
    expected = [kappa.kappa.estimate for kappa in each]
    assert [kappa is None for kappa in found.kappas] == [kappa is None for kappa in expected]
    assert [kappa for kappa in found.kappas if kappa is not None] == pytest.approx(
        [kappa for kappa in expected if kappa is not None], abs=1e-12
    )
    assert found.pairs + found.undefined == len(expected)
    assert sum(found.bins) == found.pairs


def test_five_numbers_are_those_of_the_kappas() -> None:
    responses = np.array([[1, 1, 0, 0, 0, 1], [1, 0, 0, 0, 0, 1], [1, 1, 0, 1, 0, 0]], dtype=np.int8)

    assert kappa_spread(responses).five_numbers == pytest.approx((0, 1 / 6, 1 / 3, 1 / 2, 2 / 3))
    assert kappa_spread(np.full((3, 4), -1, dtype=np.int8)).five_numbers is None


def test_of_many_observers_there_is_a_distribution_and_no_list_of_pairs() -> None:
    rng = np.random.default_rng(1)
    many, few = (
        agreement_of(
            AnswerTable(
                tuple(f"O{place}" for place in range(observers)),
                tuple(f"i{place}" for place in range(20)),
                np.arange(20) < 10,
                rng.integers(0, 2, (observers, 20)).astype(np.int8),
            )
        )
        for observers in (MOST_PAIRED + 1, MOST_PAIRED)
    )

    assert (many.pairs, few.pair_kappas, len(few.pairs)) == ((), None, 45)
    assert many.pair_kappas is not None
    assert many.pair_kappas.pairs == 55
    assert many.as_dict()["pair_kappas"] == many.pair_kappas.as_dict()


def test_of_very_many_observers_the_single_kappas_are_not_listed() -> None:
    responses = np.random.default_rng(1).integers(0, 2, (MOST_LISTED + 1, 10)).astype(np.int8)

    assert kappa_spread(responses).kappas == ()
    assert len(kappa_spread(responses[:-1]).kappas) == MOST_LISTED * (MOST_LISTED - 1) // 2


@pytest.mark.parametrize(
    ("observers", "images", "missing"),
    [(MOST_LISTED + 1, 7, 0.0), (130, 20, 0.2), (300, 60, 0.02), (140, 300, 0.1), (200, 90, 0.95)],
)
def test_where_many_kappas_lie_is_told_without_listing_them(observers: int, images: int, missing: float) -> None:
    generator = np.random.default_rng(observers)
    responses = (generator.random((observers, images)) < 0.6).astype(np.int8)
    responses[generator.random(responses.shape) < missing] = MISSING
    both, neither, first, second = (
        np.array([(one == a) & (other == b) for one, other in combinations(responses, 2)]).sum(axis=1)
        for a, b in ((1, 1), (0, 0), (1, 0), (0, 1))
    )
    n = both + neither + first + second
    with np.errstate(divide="ignore", invalid="ignore"):
        agreed = (both + neither) / n
        expected = ((both + first) * (both + second) + (neither + first) * (neither + second)) / n**2
        kappas = (agreed - expected) / (1 - expected)
    kappas = kappas[np.max([both, neither, first, second], axis=0) < n]

    found = kappa_spread(responses)

    assert found.pairs == len(kappas)
    assert found.pairs + found.undefined == observers * (observers - 1) // 2
    assert found.five_numbers == tuple(np.quantile(kappas, (0, 0.25, 0.5, 0.75, 1)).tolist())
    assert found.bins == tuple(np.histogram(kappas, bins=20, range=(-1, 1))[0].tolist())
    assert found.kappas == ()


def test_the_memory_does_not_grow_with_the_square_of_the_observers() -> None:
    def peak(observers: int) -> int:
        responses = np.random.default_rng(1).integers(0, 2, (observers, 20), dtype=np.int8)
        tracemalloc.start()
        try:
            kappa_spread(responses)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few, many = peak(500), peak(4000)

    assert many < 10 * few, "eight times the observers; sixty-four times the pairs"
