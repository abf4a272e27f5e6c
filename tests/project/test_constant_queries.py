"""A page of a list asks the database as often for thirty rows as for three."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ml.models import Attack, Classifier, Dataset, PairSet, Run
from studies.models import Observer, Session, Study, StudyRole
from tests.studies.factories import make_open_study, make_pair_set, make_researcher, make_study

pytestmark = pytest.mark.django_db

FEW, MANY = 3, 30


@dataclass(frozen=True, slots=True)
class Ground:
    """What the rows of the lists hang on: a study that is open, one set of image pairs, and who looks at them."""

    study: Study
    draft: Study
    pair_set: PairSet
    looks: User


def add_studies(ground: Ground, number: int) -> None:
    """Two studies: one that is the reader's own, and a colleague's in which they have a role."""
    for owner in (ground.looks, make_researcher()):
        study = Study.objects.get(pk=ground.draft.pk)
        study.pk, study.uid, study.owner = None, uuid.uuid4(), owner
        study._state.adding = True
        study.save()
        StudyRole.objects.create(study=study, user=ground.looks, role=StudyRole.Role.MONITOR)
        add_observers(Ground(study, ground.draft, ground.pair_set, ground.looks), number)


def add_observers(ground: Ground, number: int) -> None:
    """One who is invited, and one who has finished."""
    Observer.objects.create(study=ground.study, label=f"invited {number}")
    finished = Observer.objects.create(study=ground.study, label=f"finished {number}")
    now = timezone.now()
    Session.objects.create(
        observer=finished, seed=1, drawing_version=1, consent_sha256="0" * 64, consented_at=now, finished_at=now
    )


def add_pilots(ground: Ground, number: int) -> None:
    """One pilot that is over, with an observer."""
    pilot = Study.with_pilots.get(pk=ground.study.pk)
    pilot.pk, pilot.uid, pilot.pilot_of, pilot.state = None, uuid.uuid4(), ground.study, "closed"
    pilot.closed_at = timezone.now()
    pilot._state.adding = True
    pilot.save()
    add_observers(Ground(pilot, ground.draft, ground.pair_set, ground.looks), number)


def add_datasets(ground: Ground, number: int) -> None:
    _copy(ground.pair_set.dataset, f"dataset of {number}")


def add_classifiers(ground: Ground, number: int) -> None:
    _copy(Classifier.objects.get(attacks=ground.pair_set.attack), f"classifier of {number}")


def add_attacks(ground: Ground, number: int) -> None:
    _copy(ground.pair_set.attack, f"attack of {number}")


def add_pair_sets(ground: Ground, number: int) -> None:
    _copy(ground.pair_set, f"pairs of {number}")


def add_pairs(ground: Ground, number: int) -> None:
    """One image of the dataset, and its pair."""
    pair = ground.pair_set.pairs.select_related("image").first()
    assert pair is not None
    image = pair.image
    image.pk, image.name = None, f"image {number}"
    image._state.adding = True
    image.save()
    pair.pk, pair.image = None, image
    pair._state.adding = True
    pair.save()


def add_runs(ground: Ground, number: int) -> None:
    """Two runs that have ended: of one the result is there, of the other it is gone."""
    for name in (ground.pair_set.name, f"gone {number}"):
        Run.objects.create(
            kind=Run.Kind.MAKE_PAIRS,
            options={"name": name, "uid": str(uuid.uuid4())},
            state=Run.State.SUCCEEDED,
            result={"kind": "pair set", "name": name},
            started_at=timezone.now(),
            finished_at=timezone.now(),
            owner=ground.looks,
        )


def add_accounts(ground: Ground, number: int) -> None:
    make_researcher()


def _copy(row: Dataset | Classifier | Attack | PairSet, name: str) -> None:
    """Store a row once more, under another name."""
    copied = type(row).objects.get(pk=row.pk)
    copied.pk, copied.name = None, name
    if hasattr(copied, "uid"):
        copied.uid = uuid.uuid4()
    copied._state.adding = True
    copied.save()


LISTS: Mapping[str, tuple[Callable[[Ground, int], None], ...]] = {
    "studies:study-list": (add_studies,),
    "studies:study-detail": (add_observers, add_pilots),
    "studies:study-report": (add_observers,),
    "studies:study-data-protection": (add_observers, add_pilots),
    "studies:study-links": (add_observers,),
    "ml:dataset-list": (add_datasets,),
    "ml:dataset-detail": (add_classifiers, add_pair_sets),
    "ml:classifier-list": (add_classifiers,),
    "ml:classifier-detail": (add_attacks,),
    "ml:attack-list": (add_attacks,),
    "ml:attack-detail": (add_pair_sets,),
    "ml:pair-set-list": (add_pair_sets,),
    "ml:pair-set-detail": (add_pairs,),
    "ml:run-list": (add_runs,),
    "accounts:account-list": (add_accounts,),
}
"""The pages that list rows, and how there come to be more of them."""


@pytest.fixture
def ground() -> Ground:
    looks, pair_set = make_researcher(), make_pair_set()
    return Ground(
        make_open_study(owner=looks, pair_set=pair_set), make_study(owner=looks, pair_set=pair_set), pair_set, looks
    )


def address_of(name: str, ground: Ground) -> str:
    of = {
        "study": ground.study,
        "dataset": ground.pair_set.dataset,
        "classifier": ground.pair_set.attack.classifier,
        "attack": ground.pair_set.attack,
        "pair": ground.pair_set,
    }
    row = of.get(name.partition(":")[2].partition("-")[0])
    return reverse(name) if name.endswith("-list") or row is None else reverse(name, args=[row.pk])


def n_queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", LISTS)
def test_a_page_asks_as_often_for_many_rows_as_for_few(client: Client, ground: Ground, name: str) -> None:
    if name.startswith("accounts:"):
        User.objects.filter(pk=ground.looks.pk).update(is_superuser=True)
    client.force_login(ground.looks)
    address = address_of(name, ground)
    for number in range(FEW):
        for add in LISTS[name]:
            add(ground, number)
    client.get(address)  # what is read once in the life of a process is read now
    few = n_queries(client, address)

    for number in range(FEW, MANY):
        for add in LISTS[name]:
            add(ground, number)

    assert n_queries(client, address) == few


def test_every_list_is_asked() -> None:
    from tests.project.access import addresses

    named = {address.name for address in addresses() if address.name.endswith("-list")}

    assert named <= LISTS.keys()
