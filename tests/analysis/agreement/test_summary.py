"""What observers said alike, beside the coefficients that take chance out of it."""

import numpy as np
import pytest

from perception.analysis.agreement.summary import agreement_of
from perception.analysis.answer_table import AnswerTable


def table(*responses: list[int]) -> AnswerTable:
    images = len(responses[0])
    return AnswerTable(
        tuple("ABC"[: len(responses)]),
        tuple(map(str, range(images))),
        np.arange(images) < images / 2,
        np.array(responses, dtype=np.int8),
    )


def test_of_two_observers_it_is_the_share_of_images_that_both_judged() -> None:
    agreed = agreement_of(table([1, 1, 0, 0, -1], [1, 0, 0, 0, 1])).agreed

    assert (agreed.k, agreed.n) == (3, 4)
    assert agreed.low is not None


def test_of_several_each_image_counts_with_all_of_its_pairs() -> None:
    """By image 3 of 3, 1 of 3, 1 of 1 pairs; the last was judged by one observer alone."""
    found = agreement_of(table([1, 1, 0, 0], [1, 0, 0, -1], [1, 0, -1, -1]))

    assert (found.agreed.k, found.agreed.n) == (5, 7)
    assert found.agreed.low is None
    assert [(pair.agreed.k, pair.agreed.n) for pair in found.pairs] == [(2, 3), (1, 2), (2, 2)]


@pytest.mark.parametrize("responses", [[[1, 0]], [[1, -1], [-1, 0]]])
def test_without_two_judgements_of_one_image_it_is_undefined(responses: list[list[int]]) -> None:
    assert agreement_of(table(*responses)).agreed.estimate is None


def test_full_agreement_has_no_interval_without_width() -> None:
    for found in (agreement_of(table([1, 0, 1, 0], [1, 0, 1, 0])), agreement_of(table(*[[1, 0, 1, 0]] * 3))):
        kappas = [found.cohen.kappa, found.fleiss_kappa, *(pair.kappa.kappa for pair in found.pairs)]
        assert all(kappa.low is None for kappa in kappas)
