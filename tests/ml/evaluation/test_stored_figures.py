"""What a survival and a model observer store is what is read back; the JSON has the keys that it always had."""

import json

from ml.evaluation.model_observer_figures import ModelObserverFigures
from ml.evaluation.survival_row import SurvivalRow
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.estimates.proportions import proportion

ROW = {
    "key": "jpeg_90",
    "name": "JPEG, quality 90",
    "n": 4,
    "fooling_ratio": proportion(2, 3, method="wilson").as_dict(),
    "fooling_ratio_of_others": proportion(1, 2, method="wilson").as_dict(),
    "accuracy_before": proportion(2, 4, method="wilson").as_dict(),
    "accuracy_after": proportion(1, 4, method="wilson").as_dict(),
    "clean_read_as_target": proportion(0, 0, method="wilson").as_dict(),
}
TABLE = {
    "auc": Estimate(0.75, 0.5, 1.0, 0.95, "DeLong 1988", n=8).as_dict(),
    "sensitivity": proportion(3, 4, method="wilson").as_dict(),
    "specificity": proportion(2, 4, method="wilson").as_dict(),
    "pairs_told_apart": proportion(4, 4, method="wilson").as_dict(),
    "pairs_learnt_from": 4,
    "pairs_judged": 4,
    "lesions_learnt_from": 3,
    "lesions_judged": 4,
    "training_accuracy": 0.875,
    "seed": 3,
    "provenance": {"seconds": 1.5, "options": {"steps": 2}},
}


def test_a_row_of_a_survival_is_read_and_written_alike() -> None:
    row = SurvivalRow.from_dict(ROW)

    assert (row.fooling_ratio.k, row.fooling_ratio.n) == (2, 3)
    assert row.clean_read_as_target.estimate is None
    assert json.dumps(row.as_dict()) == json.dumps(ROW)


def test_the_figures_of_a_model_observer_are_read_and_written_alike() -> None:
    figures = ModelObserverFigures.from_dict(TABLE)

    assert (figures.auc.estimate, figures.pairs_judged, figures.seconds) == (0.75, 4, 1.5)
    assert json.dumps(figures.as_dict()) == json.dumps(TABLE)
