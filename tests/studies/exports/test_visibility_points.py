"""The points of detection against each measure can be taken away: every pair, its value, and who noticed it."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from ml.models import PairVisibility
from perception.analysis.observations import Observations
from studies.exports.downloads import DOWNLOADS
from studies.exports.visibility_points import HEAD, report_visibility_points, visibility_points_csv
from studies.models import Truth
from studies.report.build import build_report
from tests.ml.visibility_rows import add_visibility
from tests.studies.answered import several_attacks


def series() -> Observations:
    """Return the answers of two observers to five items: 0 to 2 perturbed, 3 clean, 4 a catch trial."""
    return Observations(
        task="yes_no",
        observers=("A", "B"),
        items=tuple("abcde"),
        observer=np.repeat([0, 1], 5),
        item=np.tile(np.arange(5), 2),
        truth=np.tile([True, True, True, False, True], 2),
        response=np.array([1, 0, -1, 0, 1, 1, 1, -1, 1, 1], dtype=np.int8),
        catch=np.tile([False] * 4 + [True], 2),
        measures={
            "flip": np.array([0.25, np.nan, 0.5, np.nan, 0.9]),
            "psnr": np.array([np.inf, 31.5, 30.0, np.nan, 10.0]),
        },
    )


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_each_judged_pair_has_a_row_for_each_measure_that_it_has() -> None:
    assert [tuple(row.values()) for row in rows_of(visibility_points_csv(series()))] == [
        ("flip", "a", "0.25", "2", "2", "1.0", "", "", "0"),
        ("psnr", "a", "inf", "2", "2", "1.0", "", "", "0"),
        ("psnr", "b", "31.5", "1", "2", "0.5", "", "", "0"),
    ]


def test_without_a_measure_there_is_the_head_alone() -> None:
    assert visibility_points_csv(replace(series(), measures={})) == ",".join(HEAD) + "\r\n"


@pytest.mark.django_db
def test_the_download_holds_what_the_answers_say() -> None:
    study = several_attacks()
    for pair_set in study.strengths:
        add_visibility(pair_set, [place / 100 for place in range(pair_set.pairs.count())])
    report = build_report(study)
    file = io.BytesIO()
    DOWNLOADS["visibility-points.csv"].write(report, file)

    found = {row["item"]: row for row in rows_of(file.getvalue().decode()) if row["measure"] == "ciede2000_mean"}

    visibility = report.figures.summary.visibility
    assert visibility is not None
    assert len(found) == visibility.items
    noticed = [row for row in report.rows if row.truth == "perturbed"]
    assert sum(int(row["n"]) for row in found.values()) == len(noticed)
    assert sum(int(row["noticed"]) for row in found.values()) == sum(row.response == "perturbed" for row in noticed)
    assert sorted(float(row["value"]) for row in found.values()) == sorted(
        {row.item: row.ciede2000_mean or 0.0 for row in noticed}.values()
    )


@pytest.mark.django_db
def test_a_row_says_whether_the_report_has_it_in_its_correlations() -> None:
    """Not those of the positive control, nor a pair that lacks a measure which others have."""
    study = several_attacks(control="fgsm", further=((4, "pgd"), (8, "fgsm")), dprime_of={"PGD": 1.0})
    for pair_set in study.strengths:
        add_visibility(pair_set, [place / 100 for place in range(pair_set.pairs.count())])
    lacking = Truth.objects.filter(stimulus__study=study, perturbed=True, pair__pair_set__attack__kind="pgd").first()
    assert lacking is not None
    PairVisibility.objects.filter(pair=lacking.pair).update(ssimulacra2=None)
    report = build_report(study)

    rows = [row for row in rows_of(report_visibility_points(report)) if row["measure"] == "ciede2000_mean"]

    visibility = report.figures.summary.visibility
    assert visibility is not None
    counted = [row for row in rows if row["in_correlation"] == "1"]
    assert len(counted) == visibility.items
    left_out = [row["attack"] for row in rows if row["in_correlation"] == "0"]
    assert len([attack for attack in left_out if attack != study.control_name]) == visibility.without_a_value == 1
    assert study.control_name in left_out
    assert {row["attack"] for row in counted} == set(study.attack_names) - {study.control_name}
    assert {row["strength"] for row in rows} == {"4", "8"}
    (of_measure,) = [one for one in visibility.predictions if one.measure == "ciede2000_mean"]
    rho = spearmanr([float(row["value"]) for row in counted], [float(row["share_noticed"]) for row in counted])
    assert of_measure.correlation.estimate == pytest.approx(rho.statistic)
