"""The way of a study with its files on a server that speaks S3: none of them lies in a folder of this machine."""

import json
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from ml.attacks.training import AttackTraining
from ml.classifiers.training import ClassifierTraining
from ml.datasets.import_run import DatasetImporting
from ml.evaluation.attack import AttackEvaluation
from ml.lifecycle.deletion import delete
from ml.models import Attack, Classifier, Dataset, PairSet
from ml.pairs.making import PairMaking
from ml.runs.lifecycle import perform
from studies.design.invitations import invite_observers
from studies.design.lifecycle import close_study, create_study, delete_study, open_study
from studies.models import Observer, Stimulus, Study
from studies.sessions.trials import position_of
from tests.s3 import keys_in
from tests.studies.factories import begin_trials

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("tensorflow"),
    pytest.mark.usefixtures("shallow_generator", "eager_networks", "drawn_plots"),
]


@pytest.fixture
def anna() -> User:
    return User.objects.create_user("anna", password="a password of mine")


def folders_of(environment: dict[str, str]) -> set[str]:
    return {key.split("/")[1] for key in keys_in(environment)}


def files_of_this_machine() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def made_pairs(anna: User) -> PairSet:
    perform(DatasetImporting(name="skin", source=Dataset.Source.SYNTHETIC, train=40, test=24, size=64, seed=1), by=anna)
    dataset = Dataset.objects.get(name="skin")
    classifier = perform(
        ClassifierTraining(
            dataset=dataset, name="reads", architecture="densenet-tiny", image_size=64, steps=2, batch_size=4
        ),
        by=anna,
    )
    attack = perform(
        AttackTraining(
            classifier=classifier,
            name="fools",
            kind="generator",
            target_class="nv",
            strength=8.0,
            settings={"steps": 1, "batch_size": 2},
        ),
        by=anna,
    )
    pair_set = perform(PairMaking(attack=attack, name="pairs"), by=anna)
    perform(AttackEvaluation(pair_set=pair_set), by=anna)
    return pair_set


def answer_in_a_browser(client: Client, observer: Observer) -> int:
    """Answer every trial, with its image fetched as a browser does; return how many there were."""
    session = begin_trials(observer)
    answered = 0
    while (trial := position_of(session).trial) is not None:
        assert client.get(reverse("observer:trial", args=[observer.token])).status_code == 200
        image = client.get(reverse("observer:image", args=[observer.token, trial.token]))
        assert image.status_code == 200
        assert BytesIO(image.content).read(8) == b"\x89PNG\r\n\x1a\n"
        told = client.post(
            reverse("observer:answer", args=[observer.token, trial.token]),
            {"response": "clean" if answered % 2 else "perturbed"},
            headers={"Accept": "application/json"},
        )
        assert told.json()["stored"]
        answered += 1
    return answered


@pytest.mark.training
def test_a_study_from_its_images_to_its_archive(
    anna: User,
    client: Client,
    files_on_s3: dict[str, str],
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    before = files_of_this_machine()
    pair_set = made_pairs(anna)
    study = create_study(by=anna, title="On S3", pair_set=pair_set, n_perturbed=4, n_clean=4, scale=1)
    invite_observers(study=study, labels=["one", "two"], by=anna)
    study = open_study(study=study, by=anna)
    assert folders_of(files_on_s3) == {"datasets", "networks", "pairs", "stimuli"}

    assert [answer_in_a_browser(client, observer) for observer in study.observers.order_by("pk")] == [8, 8]
    study.refresh_from_db()
    if study.state == Study.State.OPEN:
        study = close_study(study=study, by=anna)
    client.force_login(anna)
    assert client.get(reverse("studies:study-report", args=[study.pk])).status_code == 200
    image = pair_set.pairs.order_by("pk").first()
    assert image is not None

    archive = tmp_path / "study.zip"
    call_command("export_study", str(study.pk), "--to", str(archive), stdout=StringIO())
    call_command("verify_archive", str(archive), stdout=StringIO())  # a status other than 0 is a SystemExit

    stimuli = set(Stimulus.objects.filter(study=study).values_list("file", flat=True))
    assert {f"perception/{name}" for name in stimuli} <= keys_in(files_on_s3)
    assert files_of_this_machine() == before


@pytest.mark.training
def test_what_is_deleted_is_gone_from_the_bucket(
    anna: User, files_on_s3: dict[str, str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    pair_set = made_pairs(anna)
    draft = create_study(by=anna, title="A draft", pair_set=pair_set, n_perturbed=4, n_clean=4, scale=1)
    with django_capture_on_commit_callbacks(execute=True):
        delete_study(study=draft, by=anna)
        delete(row=pair_set, by=anna)
    assert folders_of(files_on_s3) == {"datasets", "networks"}
    with django_capture_on_commit_callbacks(execute=True):
        delete(row=Attack.objects.get(), by=anna)
        delete(row=Classifier.objects.get(), by=anna)
        delete(row=Dataset.objects.get(), by=anna)
    assert keys_in(files_on_s3) == set()


def test_an_upload_is_put_together_on_whichever_machine_reads_it(
    anna: User,
    client: Client,
    files_on_s3: dict[str, str],
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from ml.tasks import perform_queued_run
    from tests.ml.factories import make_image_bytes

    client.force_login(anna)
    images = {f"{dx}/{n}.png": make_image_bytes(n, form="PNG") for n, dx in enumerate(["mel", "nv"] * 4)}
    announced = [{"path": path, "size": len(data), "modified": 0} for path, data in images.items()]
    begun = client.post(
        reverse("ml:upload-begin"), json.dumps({"name": "sent", "files": announced}), content_type="application/json"
    ).json()
    for place, file in enumerate(begun["files"]):
        url = reverse("ml:upload-piece", args=[begun["uid"], place]) + "?offset=0"
        told = client.post(url, images[file["path"]], content_type="application/octet-stream")
        assert told.json() == {"received": len(images[file["path"]])}
    assert folders_of(files_on_s3) == {"uploads"}

    queued = client.post(
        reverse("ml:dataset-create") + "?source=folder",
        {"upload": begun["uid"], "name": "sent", "test_share": "1", "seed": "0"},
    )
    assert queued.status_code == 302
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)  # the worker's machine has another folder
    from ml.models import Run

    with django_capture_on_commit_callbacks(execute=True):
        perform_queued_run.func(Run.objects.get().pk)
    assert Dataset.objects.get(name="sent").images.count() == 8
    assert folders_of(files_on_s3) == {"datasets"}
    assert not any((tmp_path / "sent").iterdir())
