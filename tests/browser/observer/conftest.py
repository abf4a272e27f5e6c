"""One server for all tests of the observer's pages, with a study of each kind; each test takes observers of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.prepared_studies import prepare_studies, studies_in
from tests.processes import Server, make_data_folder, serving

DISPLAY_MS = 400
QUESTIONS = "Years of practice: number 0-60 *\nSpecialty: dermatology | general practice | other *\nGlasses?: yes | no"

EVERY_KIND = """Specialty: dermatology | general practice | other *
Years of practice: number 0-60 *
  only if Specialty = dermatology or general practice
What is it that you do?: text 60 *
  only if Specialty = other
Languages that you read: [ ] English [ ] French [ ] other
Why others?: text 300
  only if Languages that you read = other
How tired are you at this moment?: scale 0-10 (not tired at all – so tired that I can hardly keep my eyes open) *
How often did you sleep badly?: scale 1-5 *
  only if How tired are you at this moment? >= 6"""
EVERY_KIND_IN_FRENCH = """Spécialité : dermatologie | médecine générale | autre *
Années de pratique : nombre 0-60 *
  seulement si Spécialité = dermatologie ou médecine générale
Que faites-vous ? : texte 60 *
  seulement si Spécialité = autre
Langues que vous lisez : [ ] anglais [ ] français [ ] autres
Pourquoi d’autres ? : texte 300
  seulement si Langues que vous lisez = autres
Êtes-vous fatigué(e) en ce moment ? : échelle 0-10 (pas du tout – au point de garder à peine les yeux ouverts) *
Avez-vous mal dormi ? : échelle 1-5 *
  seulement si Êtes-vous fatigué(e) en ce moment ? ≥ 6"""

SMALL: dict[str, Any] = {"n_perturbed": 2, "n_clean": 2, "closes_when_finished": False}
ADAPTIVE: dict[str, Any] = {
    "n_perturbed": 6,
    "n_clean": 4,
    "allocation": "pool",
    "further_strengths": [1, 2, 8, 16],
    "adapts_strength": True,
}
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
    "degradation": {"observers": 6, "trial_type": "degradation", "n_practice": 1},
    "flicker": {"observers": 14, "trial_type": "flicker", "scale": 2, "n_practice": 1},
    "flicker_timed": {"observers": 2, "trial_type": "flicker", "scale": 2, "display_ms": 700},
    "draft": {"observers": 2, "state": "draft"},
    "closed": {"observers": 2, "state": "closed"},
    "repeated": {"observers": 4, "n_repeated": 2, "shows_score": True},
    "repeated_pairs": {"observers": 1, "n_repeated": 2, "trial_type": "two_afc"},
    "pausing": {"observers": 1},
    "leaving": {"observers": 1, "later_withdrawal": "erases", "kept_days": 365, "data_contact": "dpo@clinic.example"},
    "practised": {"observers": 2, "n_practice": 2},
    "large_examples": {"observers": 2, "n_practice": 1, "scale": 5},
    "asking": {"observers": 10, "questionnaire": EVERY_KIND, "questionnaire_fr": EVERY_KIND_IN_FRENCH},
    "screening": {
        "observers": 6,
        "checks_touch": "end",
        "checks_window": "record",
        "least_window_width": 700,
        "checks_brightness": "record",
        "checks_colour_vision": "record",
        "checks_acuity": "record",
        "asks_calibration": True,
        "checks_comprehension": "end",
        "comprehension": "How often may you look?: once | as often as I like =",
        "comprehension_fr": "Combien de fois ? : une fois | autant que je veux =",
    },
    "display": {
        "observers": 8,
        "checks_screen_colours": "record",
        "refuses_high_dynamic_range": True,
        "checks_viewing_distance": "leave_out",
        "least_distance_cm": 20,
        "most_distance_cm": 60,
        "asks_calibration": True,
    },
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
        "debriefing": "What it was about.",
        "institution": "A hospital",
        "ethics_committee": "A committee",
    },
    "adaptive": {"observers": 3, **ADAPTIVE},
    "adaptive_pairs": {"observers": 3, "trial_type": "two_afc", **ADAPTIVE},
    # The last: it changes the pairs that all share.
    "marked_place": {"observers": 8, "trial_type": "marked_place", "scale": 2},
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
