"""The summary of a table of answers: the paper's figures, and every table that a study can produce."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.analysis.agreement.summary import MOST_PAIRED
from perception.analysis.answer_table import AnswerTable
from perception.analysis.detection.yes_no import INTERVALS, summarise_answers
from perception.analysis.estimates.multiple_comparisons import holm
from tests.analysis.written_json import written_json


def table_of(*observers: str, truth: str) -> AnswerTable:
    """Make a table from words: P perturbed, C clean, - missing."""
    codes = {"P": 1, "C": 0, "-": -1}
    return AnswerTable(
        tuple(f"O{number}" for number in range(len(observers))),
        tuple(f"I{number}" for number in range(len(truth))),
        np.array([letter == "P" for letter in truth], dtype=bool),
        np.array([[codes[letter] for letter in said] for said in observers], dtype=np.int8).reshape(
            len(observers), len(truth)
        ),
    )


# Allyn et al. 2020, reconstructed: 30 perturbed images (9 called so by both, 7 by A only, 10 by B only, 4 by neither),
# 20 clean ones (5, 6, 7, 2).
PAPER = table_of(
    "P" * 16 + "C" * 14 + "P" * 11 + "C" * 9,
    "P" * 9 + "C" * 7 + "P" * 10 + "C" * 4 + "P" * 5 + "C" * 6 + "P" * 7 + "C" * 2,
    truth="P" * 30 + "C" * 20,
)


def rounded(estimate: dict[str, float], digits: int) -> list[float]:
    return [round(estimate[key], digits) for key in ("estimate", "low", "high")]


def test_the_papers_figures() -> None:
    summary = written_json(summarise_answers(PAPER, interval="wald"))

    assert rounded(summary["pooled"]["sensitivity"], 3) == [0.583, 0.459, 0.708]
    assert rounded(summary["pooled"]["specificity"], 3) == [0.425, 0.272, 0.578]
    assert rounded(summary["agreement"]["cohen_kappa"], 2) == [-0.22, -0.49, 0.04]
    assert summary["observers"]["O0"]["counts"] == {"tp": 16, "fn": 14, "tn": 9, "fp": 11, "missing": 0}


def test_by_default_the_paper_is_a_line_of_its_own() -> None:
    summary = written_json(summarise_answers(PAPER))

    assert rounded(summary["pooled_as_independent"]["sensitivity"], 3) == [0.583, 0.459, 0.708]
    assert "independent" in summary["pooled_as_independent"]["sensitivity"]["method"]
    assert "clustered by image" in summary["pooled"]["sensitivity"]["method"]
    assert summary["observers"]["O1"]["sensitivity"]["method"] == "Wilson"
    assert summary["pooled_observers_random"] is None


def test_every_observer_has_d_prime_and_a_criterion() -> None:
    """Observer A: 16 of 30 hits, 11 of 20 false alarms: z(16.5/31) − z(11.5/21) = 0.0811 − 0.1197."""
    observer = written_json(summarise_answers(PAPER))["observers"]["O0"]

    assert observer["dprime"]["estimate"] == pytest.approx(-0.0387, abs=1e-3)
    assert observer["criterion"]["estimate"] == pytest.approx(-0.1004, abs=1e-3)


def test_agreement_of_all_observers_and_balanced_accuracy_are_there() -> None:
    summary = written_json(summarise_answers(PAPER))

    for coefficient in ("fleiss_kappa", "gwet_ac1", "krippendorff_alpha"):
        assert summary["agreement"][coefficient]["estimate"] < 0
    assert summary["balanced_accuracy"]["estimate"] == pytest.approx((35 / 60 + 17 / 40) / 2)
    assert summary["balanced_accuracy"]["level"] == pytest.approx(0.90)


def test_missing_answers_count_in_neither_and_are_told() -> None:
    summary = summarise_answers(table_of("P-C-", truth="PPCC"))

    assert summary.n_missing == 2
    assert summary.observers["O0"].figures.sensitivity.n == 1
    assert summary.observers["O0"].counts.missing == 2


def test_three_observers_have_pairs_and_figures_for_other_observers() -> None:
    summary = written_json(summarise_answers(table_of("PPCC", "PCPC", "PPPC", truth="PPCC")))

    assert summary["agreement"]["cohen_kappa"]["estimate"] is None
    assert [pair["observers"] for pair in summary["agreement"]["pairs"]] == [["O0", "O1"], ["O0", "O2"], ["O1", "O2"]]
    p_values = [pair["p"] for pair in summary["agreement"]["pairs"]]
    assert [pair["adjusted_p"] for pair in summary["agreement"]["pairs"]] == holm(p_values)
    assert "both random" in summary["pooled_observers_random"]["sensitivity"]["method"]


def test_a_crowd_has_no_pairs() -> None:
    crowd = table_of(*["PC"] * (MOST_PAIRED + 1), truth="PC")

    assert summarise_answers(crowd).agreement.pairs == ()


WORDS = st.integers(0, 6).flatmap(
    lambda n: st.tuples(
        st.text("PC", min_size=n, max_size=n),
        st.lists(st.text("PC-", min_size=n, max_size=n), max_size=5),
    )
)


@given(words=WORDS, interval=st.sampled_from(INTERVALS))
def test_no_table_breaks_it_and_nothing_in_the_json_is_not_a_number(
    words: tuple[str, list[str]], interval: str
) -> None:
    truth, said = words

    summary = written_json(summarise_answers(table_of(*said, truth=truth), interval=interval))

    for pair in (summary["pooled"], *summary["observers"].values()):
        for which in ("sensitivity", "specificity"):
            assert (pair[which]["estimate"] is None) == (pair[which]["n"] == 0)


@given(words=WORDS)
def test_exchanging_the_words_exchanges_sensitivity_and_specificity(words: tuple[str, list[str]]) -> None:
    truth, said = words
    swap = str.maketrans("PC", "CP")

    one = written_json(summarise_answers(table_of(*said, truth=truth)))
    other = written_json(
        summarise_answers(table_of(*[word.translate(swap) for word in said], truth=truth.translate(swap)))
    )

    for key in ("estimate", "low", "high"):
        assert one["pooled"]["sensitivity"][key] == other["pooled"]["specificity"][key]


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="no interval is called 'guess'"):
        summarise_answers(PAPER, interval="guess")
    with pytest.raises(ValueError, match="between 0 and 1"):
        summarise_answers(PAPER, level=95)
