"""An estimate goes to JSON and comes back as it was."""

import json

import pytest

from perception.analysis.estimates.estimate import Estimate


@pytest.mark.parametrize(
    "estimate",
    [
        Estimate(0.583, 0.459, 0.708, 0.95, "Wald", n=60, k=35),
        Estimate(1.2, None, None, None, "no interval from a single image", n=3),
        Estimate.undefined("there is no answer", method="Wilson", level=0.95, n=0, k=0),
    ],
)
def test_it_comes_back_from_json_as_it_was(estimate: Estimate) -> None:
    assert Estimate.from_dict(json.loads(json.dumps(estimate.as_dict()))) == estimate


def test_what_stands_beside_it_is_not_read() -> None:
    stored = {**Estimate(0.5, 0.4, 0.6, 0.9, "t", n=9).as_dict(), "smallest_margin": 0.1}

    assert Estimate.from_dict(stored) == Estimate(0.5, 0.4, 0.6, 0.9, "t", n=9)


def test_another_mapping_is_refused() -> None:
    with pytest.raises(KeyError, match="low"):
        Estimate.from_dict({"estimate": 0.5})
