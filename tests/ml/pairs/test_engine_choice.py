"""Pairs made by each engine: the same rows; which engine it is, is no option of what is made."""

import uuid
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from ml.errors import MlError
from ml.models import Attack, PairSet, Run
from ml.pairs.engines.inline import InlineEngine
from ml.pairs.making import PairMaking
from ml.runs.checkpoints import has_checkpoint
from ml.runs.leases.stopping import StoppingError
from ml.runs.lifecycle import perform
from ml.runs.reuse import find_reusable
from ml.shards.manifest import Manifest
from tests.ml.universal_attack import make_universal_attack

pytestmark = [pytest.mark.django_db, pytest.mark.process]


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    settings.WORK_DIR = tmp_path / "data" / "work"
    (tmp_path / "data").mkdir()


@pytest.fixture
def attack() -> Attack:
    return make_universal_attack()


def rows_of(pair_set: PairSet) -> list[tuple[object, ...]]:
    return list(pair_set.pairs.values_list("image__name", "clean_sha256", "perturbed_sha256", "linf", "l2", "ssim"))


def test_several_processes_make_the_pairs_that_one_makes(attack: Attack, settings: Settings) -> None:
    alone = perform(PairMaking(attack=attack, name="alone"))
    told: list[str] = []

    shared = perform(
        PairMaking(attack=attack, name="shared", engine="local", shards=3),
        progress=lambda done, total, note="", figures=None: told.append(note),
    )

    assert len(rows_of(alone)) == 48
    assert rows_of(shared) == rows_of(alone)
    assert any("being made" in note for note in told)
    assert list(settings.WORK_DIR.iterdir()) == []


def test_what_another_engine_made_is_not_made_again(attack: Attack) -> None:
    made = perform(PairMaking(attack=attack, name="p", engine="inline", shards=2))

    assert find_reusable(PairSet, PairMaking(attack=attack, name="p", engine="local", shards=7)) == made
    assert {"engine", "shards"}.isdisjoint(made.provenance["options"])
    assert Run.objects.get().options["shards"] == 2


def test_the_settings_say_what_is_taken_where_nobody_does(attack: Attack, settings: Settings) -> None:
    settings.ENGINE, settings.SHARDS = "local", 2
    told: list[str] = []

    perform(
        PairMaking(attack=attack, name="p"),
        progress=lambda done, total, note="", figures=None: told.append(note),
    )

    assert any("being made" in note for note in told)


def test_the_command_takes_an_engine_and_a_number(attack: Attack) -> None:
    call_command("make_pairs", "--engine", "local", "--shards", "2", "--name", "p")

    assert PairSet.objects.get().pairs.count() == 48
    assert {name: Run.objects.get().options[name] for name in ("engine", "shards")} == {"engine": "local", "shards": 2}


@pytest.mark.parametrize(
    ("asked", "said"), [({"engine": "cloud"}, "There is no engine 'cloud'"), ({"shards": 0}, "shards is to be above 0")]
)
def test_what_cannot_be_is_refused(attack: Attack, asked: dict[str, object], said: str) -> None:
    with pytest.raises(MlError, match=said):
        perform(PairMaking(attack=attack, name="p", **asked))  # type: ignore[arg-type]


class _Watched(InlineEngine):
    """An engine of jobs that outlive this process, as far as anybody can tell: it notes when they are ended."""

    goes_on = True

    def __init__(self) -> None:
        self.ends = 0

    def end(self, manifest: Manifest) -> None:
        self.ends += 1


@pytest.mark.parametrize(("stopped_by", "ended"), [(MlError, 1), (KeyboardInterrupt, 1), (StoppingError, 0)])
def test_what_goes_on_is_ended_with_the_run_and_left_to_the_next_worker(
    attack: Attack, monkeypatch: pytest.MonkeyPatch, stopped_by: type[BaseException], ended: int
) -> None:
    engine = _Watched()
    monkeypatch.setattr("ml.pairs.making.engine_named", lambda name: engine)

    def stop(done: int, total: int, note: str = "", figures: object = None) -> None:
        if done:
            raise stopped_by

    with pytest.raises(stopped_by):
        perform(PairMaking(attack=attack, name="p"), progress=stop)

    assert engine.ends == ended
    assert has_checkpoint(Run.objects.get().options["uid"]), "whoever takes it over finds what is under way"


def test_a_run_says_where_its_shards_stand(attack: Attack) -> None:
    perform(PairMaking(attack=attack, name="p", shards=3))

    assert Run.objects.get().shards == {
        "engine": "inline",
        "done": 3,
        "running": 0,
        "pending": 0,
        "failed": [],
        "waiting_for": "",
    }


def test_what_a_run_left_that_ended_elsewhere_goes_with_the_next(attack: Attack, settings: Settings) -> None:
    perform(PairMaking(attack=attack, name="p"))
    ended, other = Run.objects.get().options["uid"], uuid.uuid4()
    for uid in (ended, other):
        (settings.WORK_DIR / f"pairs-{uid}" / "shards").mkdir(parents=True)

    perform(PairMaking(attack=attack, name="q"))

    assert [folder.name for folder in settings.WORK_DIR.iterdir()] == [f"pairs-{other}"], "perhaps another site's"
