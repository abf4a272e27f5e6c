"""The demonstration, with a recipe so small that it takes seconds: everything for real but the sizes."""

import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.test import Client

from ml.models import Evaluation, Run
from perception.core.progress import Progress, silent
from studies.models import Session, Study
from studies.recipes import demo
from studies.recipes.demo import N_CLEAN, N_PERTURBED, demo_file, prepare_demo
from studies.recipes.strength_demo import STRENGTHS
from studies.recipes.strength_demo import TITLE as STRENGTHS_TITLE

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("tensorflow"),
    pytest.mark.usefixtures("shallow_generator", "eager_networks", "drawn_plots"),
]


@pytest.fixture(autouse=True)
def small_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "IMAGES", 150)
    monkeypatch.setattr(demo, "TEST_SHARE", 0.5)
    monkeypatch.setattr(demo, "IMAGE_SIZE", 64)
    monkeypatch.setattr(
        demo, "CLASSIFIER", {"architecture": "densenet-tiny", "image_size": 64, "steps": 2, "batch_size": 4}
    )
    monkeypatch.setattr(demo, "ATTACK", {"settings": {"steps": 1, "batch_size": 2}, "strength": 8.0})
    demo_file().unlink(missing_ok=True)


class Shown:
    """Remembers the titles of the long steps."""

    def __init__(self) -> None:
        self.titles: list[str] = []

    @contextmanager
    def __call__(self, title: str) -> Iterator[Progress]:
        self.titles.append(title)
        yield silent


@pytest.mark.training
def test_it_works_and_a_second_time_uses_what_is_there(client: Client) -> None:
    shown = Shown()
    first = prepare_demo(simulate=False, base_url="http://127.0.0.1:8000", show_progress=shown)

    assert len(shown.titles) == 5 + 3 * len(STRENGTHS) + 1
    written = json.loads(demo_file().read_text(encoding="utf-8"))
    assert written == first.as_dict()
    assert stat.S_IMODE(demo_file().stat().st_mode) == 0o600
    study = Study.objects.get(title=demo.TITLE)
    assert (study.state, study.n_perturbed, study.n_clean) == (Study.State.OPEN, N_PERTURBED, N_CLEAN)
    assert Evaluation.objects.count() == 1
    of_strengths = Study.objects.get(title=STRENGTHS_TITLE)
    assert (of_strengths.state, of_strengths.observers.filter(is_simulated=True).count()) == (Study.State.CLOSED, 8)
    assert set(Run.objects.values_list("state", flat=True)) == {Run.State.SUCCEEDED}
    for url in first.observers:
        assert client.get(url.removeprefix("http://127.0.0.1:8000")).status_code == 200
    signed_in = client.post("/accounts/login/", {"username": first.username, "password": first.password})
    assert signed_in.status_code == 302

    page = client.get(first.strengths_report.removeprefix("http://127.0.0.1:8000")).content.decode()
    assert "Simulated observers" in page
    assert "Detection against strength" in page
    assert "Which number predicts seeing" in page
    assert "ΔE00, mean" in page
    assert "FLIP" in page

    n_steps = len(shown.titles)
    again = prepare_demo(simulate=False, base_url="http://127.0.0.1:9000", show_progress=shown)
    assert len(shown.titles) == n_steps, "nothing long was done again"
    assert (again.username, again.password) == (first.username, first.password)
    assert [url.replace("9000", "8000") for url in again.observers] == first.observers

    simulated = prepare_demo(simulate=True, base_url="http://127.0.0.1:8000", show_progress=shown)
    assert shown.titles[n_steps:] == ["Simulating two observers"]
    of_two = Session.objects.filter(observer__study__title=demo.SIMULATED_TITLE)
    assert of_two.filter(finished_at__isnull=False, observer__is_simulated=True).count() == 2
    page = client.get(simulated.report.removeprefix("http://127.0.0.1:8000")).content.decode()
    assert "Simulated observers" in page
    assert "Synthetic images" in page
    assert "<svg" in page

    demo_file().unlink()
    renewed = prepare_demo(simulate=False, base_url="http://127.0.0.1:8000", show_progress=shown)
    assert renewed.password != first.password
    assert User.objects.get().check_password(renewed.password)
