"""Who gets what answer at which address: asked of every address that there is, in every role, on real rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from ml.models import Attack, Classifier, Dataset, Image, ImagePair, PairSet, Run, Worker
from perception.accounts.lifecycle import new_link
from studies.design.lifecycle import close_study
from studies.models import Study, StudyRole
from studies.researcher.preview.place import PreviewPlace
from tests.ml.factories import make_dataset
from tests.studies.factories import (
    answer_trials,
    begin_trials,
    make_open_link,
    make_open_study,
    make_pair_set,
    make_researcher,
)
from tests.studies.masks import corner, give_mask

COLUMNS = (
    "nobody",
    "observer",
    "researcher",
    "researcher, shared",
    "monitor",
    "collaborator",
    "owner",
    "administrator",
)
"""Who asks. An observer has their link and no account. A researcher has no role in the study, and the image side is
private to its owner, or shared."""
METHODS = ("GET", "POST")
OBSERVERS = ("observer:", "open-link:")
"""Addresses that hold their credential."""


@dataclass(frozen=True, slots=True)
class Address:
    """One address of the site."""

    name: str
    """With the namespace."""
    arguments: tuple[str, ...]
    """What its pattern asks for."""


@dataclass(slots=True)
class World:
    """A closed study with an observer who has begun, an image side that its owner made, and somebody in each role."""

    owner: User
    people: dict[str, User]
    study: Study
    arguments: dict[str, dict[str, object]] = field(default_factory=dict)
    """What fills a pattern, by the beginning of the address's name; the longest that fits counts."""
    observer_arguments: dict[str, object] = field(default_factory=dict)
    link_arguments: dict[str, object] = field(default_factory=dict)
    """Of an open link, which an observer has."""

    def share(self, *, shared: bool) -> None:
        """Share all of the image side, or keep it private."""
        for model in (Dataset, Classifier, Attack, PairSet, Run):
            model.objects.update(is_shared=shared)


def addresses() -> list[Address]:
    """Return every address that has a name, and fail on one that has none."""
    return sorted(_walk(get_resolver(), ""), key=lambda address: address.name)


def _walk(resolver: URLResolver, namespace: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _walk(pattern, namespace + inner)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern} has no name"
            yield Address(namespace + pattern.name, tuple(pattern.pattern.converters))


def make_world() -> World:
    """Make one of everything that addresses speak of."""
    owner, administrator = make_researcher(), make_researcher(superuser=True)
    people = {name: make_researcher() for name in ("researcher", "monitor", "collaborator")}
    people |= {"researcher, shared": people["researcher"], "owner": owner, "administrator": administrator}
    dataset, pair_set = make_dataset("lesions", per_class=2), make_pair_set(n=7)
    Worker.objects.create(name="one", machine="here", pid=1, started_at=Now(), heard_at=Now())
    run = Run.objects.create(kind=Run.Kind.TRAIN_CLASSIFIER, options={"name": "net"})
    for model in (Dataset, Classifier, Attack, PairSet, Run):
        model.objects.update(owner=owner)
    study = make_open_study(owner=owner, pair_set=pair_set, asks_comments=True)
    observer = study.observers.get()
    session = begin_trials(observer)
    answer_trials(session, count=1)
    open_link = make_open_link(study)
    study = close_study(study=study, by=owner)
    for role in StudyRole.Role:
        StudyRole.objects.create(study=study, user=people[role.value], role=role)
    trial = session.trials.order_by("pk")[0]
    link = new_link(account=people["researcher"], by=administrator).strip("/").split("/")
    world = World(owner, people, study)
    world.observer_arguments = {"token": observer.token, "trial_token": trial.token, "index": 0}
    world.link_arguments = {"token": open_link.token}
    world.arguments = {
        "studies:": {
            "link": open_link.pk,
            "person": observer.pk,
            "pk": study.pk,
            "method": "places",
            "name": "answers.csv",
            "key": "images",
            "change": "revoke",
        },
        "preview:": {"token": PreviewPlace(study.pk, "en", "trial"), "trial_token": "first", "index": 1},
        "ml:dataset": {"pk": dataset.pk},
        "ml:image": {"pk": Image.objects.filter(dataset=dataset)[0].pk},
        "ml:classifier": {"pk": pair_set.attack.classifier_id},
        "ml:attack": {"pk": pair_set.attack_id},
        "ml:pair-set": {"pk": pair_set.pk},
        "ml:pair-": {"pk": _masked_pair(pair_set).pk},
        "ml:upload": {"uid": "00000000-0000-0000-0000-000000000000", "place": 0},
        "ml:run": {"pk": run.pk},
        "accounts:account": {"pk": people["researcher"].pk},
        "accounts:link": {"uidb64": link[-2], "token": link[-1]},
    }
    return world


def _masked_pair(pair_set: PairSet) -> ImagePair:
    """Return a pair that has all that its pages show: a mask, too."""
    pair = ImagePair.objects.filter(pair_set=pair_set)[0]
    give_mask(pair, corner(pair_set.image_size))
    return pair


def answers(world: World, address: Address) -> dict[str, str]:
    """Return, for everybody, the status of the answers to GET and POST, as `200/405`."""
    found: dict[str, str] = {}
    for who in COLUMNS:
        like = _same_as(address, who)
        if like is None:
            found[who] = "/".join(str(_status(world, address, who, method)) for method in METHODS)
        else:
            found[who] = found[like]
    return found


def _same_as(address: Address, who: str) -> str | None:
    """Return in whose place somebody asks there, who is nobody else to the site at that address; None: ask."""
    of_observers = address.name.startswith(OBSERVERS)
    if who == "observer" and not of_observers:
        return "nobody"  # has no cookie, and a link that no page but an observer's looks at
    if of_observers and who not in {"nobody", "observer", "researcher"}:
        return "researcher"  # who does not know the link
    if who == "researcher, shared" and not address.name.startswith("ml:"):
        return "researcher"
    return None


def _status(world: World, address: Address, who: str, method: str) -> int:
    with transaction.atomic():
        world.share(shared=who == "researcher, shared")
        client = Client(raise_request_exception=True)
        if who in world.people:
            client.force_login(world.people[who])
        status: int = client.generic(method, path_of(world, address, who)).status_code
        transaction.set_rollback(True)
    return status


def path_of(world: World, address: Address, who: str) -> str:
    """Return the path of an address, its pattern filled for whoever asks."""
    if address.name.startswith(OBSERVERS):
        unknown = {"token": "x" * 22, "trial_token": "y" * 22, "index": 0}
        known = world.link_arguments if address.name.startswith("open-link:") else world.observer_arguments
        given = known if who == "observer" else unknown
    else:
        fitting = [start for start in world.arguments if address.name.startswith(start)]
        given = world.arguments[max(fitting, key=len)] if fitting else {}
    return reverse(address.name, kwargs={name: given[name] for name in address.arguments})


def table(rows: dict[str, dict[str, str]]) -> str:
    """Return the table as Markdown."""
    lines = [
        f"| address | {' | '.join(COLUMNS)} |",
        "|---" * (len(COLUMNS) + 1) + "|",
        *(f"| `{name}` | {' | '.join(cells[who] for who in COLUMNS)} |" for name, cells in rows.items()),
    ]
    return "\n".join(lines)
