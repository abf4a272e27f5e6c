"""One server for all tests of the observer's pages, with a study of each kind; each test takes observers of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.prepared_studies import prepare_studies, studies_in
from tests.processes import Server, make_data_folder, serving

DISPLAY_MS = 400
QUESTIONS = "Years of practice: number 0-60 *\nSpecialty: dermatology | general practice | other *\nGlasses?: yes | no"

SMALL: dict[str, Any] = {"n_perturbed": 2, "n_clean": 2, "closes_when_finished": False}
STUDIES: dict[str, dict[str, Any]] = {
    "small": {"observers": 32},
    "one": {"observers": 8, "scale": 3},
    "two": {"observers": 8, "scale": 3, "trial_type": "two_afc"},
    "too_large": {"observers": 2, "scale": 8, "display_rule": "refuse"},
    "timed": {"observers": 8, "display_ms": DISPLAY_MS, "fixation_ms": 150, "pause_ms": 100},
    "rating": {"observers": 8, "trial_type": "rating"},
    "confidence": {"observers": 6, "trial_type": "yes_no_confidence"},
    "two_afc": {"observers": 4, "trial_type": "two_afc", "n_practice": 1},
    "same_different": {"observers": 4, "trial_type": "same_different"},
    "draft": {"observers": 2, "state": "draft"},
    "closed": {"observers": 2, "state": "closed"},
    "pausing": {"observers": 1},
    "leaving": {"observers": 1, "later_withdrawal": "erases", "kept_days": 365, "data_contact": "dpo@clinic.example"},
    "practised": {"observers": 2, "n_practice": 2},
    "large_examples": {"observers": 2, "n_practice": 1, "scale": 5},
    "everything": {
        "observers": 8,
        "trial_type": "yes_no_confidence",
        "asks_diagnosis": True,
        "n_practice": 1,
        "break_every": 2,
        "questionnaire": QUESTIONS,
        "asks_comments": True,
        "shows_score": True,
        "asks_calibration": True,
    },
}


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run `manage.py serve` on a data folder that holds the studies; no page of an observer leaves work to a worker."""
    data_dir: Path = tmp_path_factory.mktemp("observer") / "data"
    make_data_folder(data_dir)
    prepare_studies(data_dir, **{title: SMALL | fields for title, fields in STUDIES.items()})
    with serving(data_dir, "--workers", "1", "--no-worker") as server:
        yield server


@pytest.fixture(scope="package")
def links(served: Server) -> dict[str, list[str]]:
    """Return the observers' links that are not used yet, by study."""
    return {title: [f"/o/{token}/" for token in made["tokens"]] for title, made in studies_in(served.data_dir).items()}


@pytest.fixture
def link(links: dict[str, list[str]]) -> str:
    """Return the link of an observer who has not come yet, to four trials of one image each."""
    return links["small"].pop()
