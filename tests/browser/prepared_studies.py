"""Studies for the browser tests, made in the served data folder by another process."""

import json
from pathlib import Path
from typing import Any

from tests.processes import manage

SCRIPT = """
import json
from django.conf import settings
from django.contrib.auth.models import User
from studies.design.lifecycle import close_study
from tests.studies.factories import make_draft_with_observers, make_open_study, make_pair_set
from tests.studies.factories import make_pair_set_of_strength
researcher = User.objects.create_user("researcher", password="a long password")
pair_set = make_pair_set(n=12, size=64)
at_strength = {}
made = {}
for name, fields in json.loads(%r).items():
    state = fields.pop("state", "open")
    if strengths := fields.pop("further_strengths", []):
        for strength in strengths:
            if strength not in at_strength:
                at_strength[strength] = make_pair_set_of_strength(pair_set, strength)
        fields["further_pair_sets"] = [at_strength[strength] for strength in strengths]
    make = make_draft_with_observers if state == "draft" else make_open_study
    study = make(owner=researcher, pair_set=pair_set, title=name, **fields)
    if state == "closed":
        close_study(study=study, by=researcher)
    made[name] = {"pk": study.pk, "tokens": list(study.observers.order_by("pk").values_list("token", flat=True))}
(settings.DATA_DIR / "studies.json").write_text(json.dumps(made))
"""
LONG_TITLE = "A title as long as titles go " * 6


def prepare_waiting_study(data_dir: Path) -> None:
    """Make one study, with a long title, that waits for its observers."""
    prepare_studies(data_dir, **{LONG_TITLE: {"n_perturbed": 3, "n_clean": 2, "observers": 4}})


def prepare_studies(data_dir: Path, **studies: dict[str, Any]) -> None:
    """Make studies, by title, with the fields of `make_open_study`, a `state` and `further_strengths`."""
    manage(data_dir, "shell", "--verbosity", "0", "--command", SCRIPT % json.dumps(studies))


def studies_in(data_dir: Path) -> dict[str, dict[str, Any]]:
    """Return, by title, the number and the observers' tokens of the prepared studies."""
    made: dict[str, dict[str, Any]] = json.loads((data_dir / "studies.json").read_text(encoding="utf-8"))
    return made
