"""Plots of response times, of single images and of pairs of observers: each with its words, and its table beside it."""

from dataclasses import replace

import numpy as np
import pytest

from perception.analysis.observations import Observations, Task
from perception.analysis.study_summary import StudySummary, summarise_study
from studies.report.sections.breakdowns.items import item_tables_section
from studies.report.sections.breakdowns.response_times import response_times_section
from studies.report.sections.detection.agreement import agreement_section


def answered(observers: int, *, task: Task = "yes_no", timed: bool = True) -> StudySummary:
    """Return the summary of observers who judged 30 images, 20 of them perturbed."""
    rng = np.random.default_rng(observers)
    n = 30 * observers
    return summarise_study(
        Observations(
            task=task,
            observers=tuple(f"O{place}" for place in range(observers)),
            items=tuple(f"image {place}" for place in range(30)),
            observer=np.repeat(np.arange(observers), 30),
            item=np.tile(np.arange(30), observers),
            truth=np.tile(np.arange(30) < 20, observers),
            response=rng.integers(0, 2, n).astype(np.int8),
            catch=np.zeros(n, dtype=bool),
            rt_ms=rng.lognormal(7.5, 0.6, n) if timed else None,
        )
    )


@pytest.fixture(scope="module")
def few() -> StudySummary:
    return answered(3)


@pytest.fixture(scope="module")
def many() -> StudySummary:
    return answered(45)


@pytest.mark.usefixtures("drawn_plots")
def test_times_are_drawn_on_a_logarithmic_axis_and_their_figures_stand_beside(few: StudySummary) -> None:
    section = response_times_section(few)

    assert section is not None
    (plot,) = section.plots
    svg = plot.svg
    assert "seconds from the image to the answer (log scale)" in svg
    assert all(name in svg for name in ("O0", "O2", "Pooled", "right answers", "wrong answers"))
    table = section.tables[-1]
    assert [row[:2] for row in table.rows] == [
        (name, kind) for name in few.answers.observers for kind in ("right", "wrong")
    ]
    pooled_right = table.foot[0]
    assert f"Pooled: right {pooled_right[5]}, wrong {table.foot[1][5]}" in plot.alternative


@pytest.mark.usefixtures("drawn_plots")
def test_of_many_observers_the_times_of_all_together_are_drawn(many: StudySummary) -> None:
    section = response_times_section(many)

    assert section is not None
    svg = section.plots[0].svg
    assert "Pooled" in svg
    assert "O44" not in svg


def test_nothing_is_drawn_where_no_time_was_measured() -> None:
    assert response_times_section(answered(3, timed=False)) is None


@pytest.mark.usefixtures("drawn_plots")
def test_single_images_are_drawn_by_kind_with_their_intervals_in_the_tables(few: StudySummary) -> None:
    section = item_tables_section(few)

    assert section is not None
    (plot,) = section.plots
    assert "called perturbed, percent of observers" in plot.svg
    assert "Perturbed images (20)" in plot.svg
    assert "Perturbed images: 20 images, " in plot.alternative
    most = few.items.most_noticed[0]
    assert "Share (95% interval)" in section.tables[0].head
    assert any(f"{100 * (most.noticed.low or 0):.1f}–" in cell for cell in section.tables[0].rows[0])


def test_images_stand_in_the_order_of_their_shares(few: StudySummary) -> None:
    perturbed, clean = few.items.in_order

    assert (len(perturbed), len(clean)) == (20, 10)
    for items in (perturbed, clean):
        shares = [item.k / item.n for item in items]
        assert shares == sorted(shares, reverse=True)


@pytest.mark.usefixtures("drawn_plots")
def test_two_images_are_of_one_kind_and_same_pairs_have_their_name() -> None:
    same = item_tables_section(answered(3, task="same_different"))
    chosen = item_tables_section(answered(3, task="two_afc"))

    assert same is not None
    assert chosen is not None
    assert "Same pairs (10)" in same.plots[0].svg
    assert "All pairs (30)" in chosen.plots[0].svg


def test_a_handful_of_images_is_no_distribution(few: StudySummary) -> None:
    items = few.items
    handful = replace(few, items=replace(items, items=items.items[:4]))

    section = item_tables_section(handful)

    assert section is not None
    assert section.plots == ()


def test_kappas_of_few_pairs_have_lines_and_of_more_a_matrix_alone() -> None:
    three, five = agreement_section(answered(3)), agreement_section(answered(5))

    assert [row[0] for row in three.tables[0].rows if " and " in row[0]] == [
        "Cohen’s kappa, O0 and O1",
        "Cohen’s kappa, O0 and O2",
        "Cohen’s kappa, O1 and O2",
    ]
    assert [row[0] for row in five.tables[0].rows] == ["Fleiss’ kappa", "Gwet’s AC1", "Krippendorff’s alpha"]
    assert len(five.tables[1].rows) == 5
    assert (three.plots, five.plots) == ((), ())


@pytest.mark.usefixtures("drawn_plots")
def test_kappas_of_many_pairs_are_a_distribution_with_its_five_numbers(many: StudySummary) -> None:
    section = agreement_section(many)

    (plot,) = section.plots
    assert "pairs of observers" in plot.svg
    assert plot.alternative.startswith("How many pairs of observers have which kappa: 990 pairs from −0.")
    assert [table.label for table in section.tables] == [
        "Agreement between observers",
        "Cohen’s kappa of each two observers",
    ]
    assert section.tables[1].rows[0][0] == "990"
