"""Blinding: whatever reaches an observer is read here as an adversary would read it."""

import ast
import inspect
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils.http import parse_http_date_safe

from studies import observer_views, sessions
from studies.models import Answer, Observer, Session, Stimulus, Study, Trial, Truth
from tests.studies.factories import make_open_study

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Reply:
    kind: str
    url: str
    perturbed: bool | None
    status: int
    headers: dict[str, str]
    body: bytes


def reply_of(kind: str, url: str, perturbed: bool | None, response: HttpResponseBase) -> Reply:
    assert not response.cookies, "an observer's browser is given no cookie"
    body = bytes(getattr(response, "content", b""))
    return Reply(kind, url, perturbed, response.status_code, dict(response.headers), body)


def play(token: str, *, script: bool) -> list[Reply]:
    """Walk a whole session and return everything that the server sent, each with the truth of the current trial."""
    client = Client(headers={"Accept": "application/json"} if script else {})
    replies: list[Reply] = []

    def fetch(kind: str, url: str, perturbed: bool | None = None, data: dict[str, str] | None = None) -> Reply:
        response = client.get(url) if data is None else client.post(url, data)
        replies.append(reply_of(kind, url, perturbed, response))
        return replies[-1]

    fetch("welcome", reverse("observer:welcome", args=[token]))
    fetch("consent", reverse("observer:welcome", args=[token]), data={})
    session = Session.objects.get(observer__token=token)
    for trial in session.trials.select_related("stimulus"):
        perturbed = Truth.objects.get(stimulus=trial.stimulus).perturbed
        fetch("page", reverse("observer:trial", args=[token]), perturbed)
        fetch("image", reverse("observer:image", args=[token, trial.token]), perturbed)
        answer = reverse("observer:answer", args=[token, trial.token])
        fetch("answer", answer, perturbed, {"response": "clean"})
    fetch("end", reverse("observer:trial", args=[token]))
    return replies


@pytest.fixture(params=[False, True], ids=["form", "script"])
def played(request: pytest.FixtureRequest) -> tuple[Study, list[Reply]]:
    study = make_open_study(n_perturbed=6, n_clean=6, title="A study of pictures", closes_when_finished=False)
    observer = Observer.objects.get(study=study)
    return study, play(observer.token, script=request.param)


def test_no_reply_names_what_is_perturbed_or_where_an_image_comes_from(played: tuple[Study, list[Reply]]) -> None:
    study, replies = played
    secrets = {study.pair_set.name, study.pair_set.dataset.name, study.pair_set.attack.name, str(study.uid)}
    secrets |= {study.protocol_sha256, str(study.seed) + " seed", study.owner.username}
    for truth in Truth.objects.select_related("pair__image", "stimulus"):
        secrets |= {truth.pair.image.name, truth.pair.image.lesion, truth.stimulus.sha256}
        secrets |= {str(name) for name in (truth.stimulus.file, truth.pair.clean_file, truth.pair.perturbed_file)}

    for reply in replies:
        text = reply.url + repr(reply.headers) + reply.body.decode("latin-1")
        found = [secret for secret in secrets if secret in text]
        assert not found, f"{reply.kind} {reply.url} holds {found}"
        assert "truth" not in text.lower()


def test_the_words_perturbed_and_clean_stand_only_on_the_buttons_and_in_the_texts(
    played: tuple[Study, list[Reply]],
) -> None:
    _, replies = played
    pages = {
        re.sub(r"(?<![\w-])[A-Za-z0-9_-]{22}(?![\w-])", "TOKEN", reply.body.decode()).replace(
            f"Image {number}", "Image N"
        )
        for number, reply in enumerate((reply for reply in replies if reply.kind == "page"), start=1)
    }
    skeletons = {
        re.sub(r'\d+(?=</span> of)|(?<=value=")\d+|Image N|Image \d+|(?<=next-image=")[^"]*', "", page)
        for page in pages
    }

    assert len(skeletons) == 1, "trial pages differ in more than tokens and the position"


def test_images_have_one_length_and_one_set_of_headers(played: tuple[Study, list[Reply]]) -> None:
    _, replies = played
    images = [reply for reply in replies if reply.kind == "image"]

    assert len(images) == 12
    assert len({len(reply.body) for reply in images}) == 1
    assert len({tuple(sorted(reply.headers.items())) for reply in images}) == 1
    telling = {"etag", "last-modified", "content-disposition", "content-encoding", "age"}
    assert not telling & {name.lower() for reply in images for name in reply.headers}


def test_images_are_bare_pngs(played: tuple[Study, list[Reply]]) -> None:
    """Nothing but the header, the pixels and the end: no text, no time, no profile."""
    _, replies = played
    for reply in replies:
        if reply.kind == "image":
            assert chunk_names(reply.body) == {"IHDR", "IDAT", "IEND"}


def chunk_names(png: bytes) -> set[str]:
    names, at = set(), 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        names.add(png[at + 4 : at + 8].decode("ascii"))
        at += 12 + length
    return names


def test_no_side_channel_tells_the_truth(played: tuple[Study, list[Reply]]) -> None:
    """Per kind of reply: status, length and headers take the same values for both truths."""
    _, replies = played
    seen: defaultdict[tuple[str, bool], set[object]] = defaultdict(set)
    for reply in replies:
        if reply.perturbed is None:
            continue
        dates = [value for value in reply.headers.values() if parse_http_date_safe(value) is not None]
        assert len(dates) <= 1, "Expires, from never_cache, is the only date"
        headers = {
            name: value
            for name, value in reply.headers.items()
            if name not in {"Expires", "Location"} and not (name == "Content-Length" and reply.kind != "image")
        }
        seen[reply.kind, reply.perturbed].add((reply.status, tuple(sorted(headers.items()))))

    for kind in ("page", "image", "answer"):
        assert seen[kind, True] == seen[kind, False], kind


def test_ids_tokens_and_positions_are_independent_of_the_truth() -> None:
    """Over many studies, the rank of a perturbed stimulus by id, number, name of file or position is even (AUC 0.5)."""
    ranks: defaultdict[str, list[tuple[bool, float]]] = defaultdict(list)
    for seed in range(60):
        study = make_open_study(n_perturbed=5, n_clean=5, seed=seed)
        session = sessions.start_session(observer=Observer.objects.get(study=study))
        truth = dict(Truth.objects.filter(stimulus__study=study).values_list("stimulus_id", "perturbed"))
        keys = {
            "id": lambda trial: trial.stimulus_id,
            "number": lambda trial: trial.stimulus.number,
            "file": lambda trial: str(trial.stimulus.file.name),
            "position": lambda trial: trial.position,
            "token": lambda trial: trial.token,
        }
        trials = list(Trial.objects.filter(session=session).select_related("stimulus"))
        for name, key in keys.items():
            for rank, trial in enumerate(sorted(trials, key=key)):
                ranks[name].append((truth[trial.stimulus_id], rank))

    # 60 studies of 5 + 5: the standard error of the mean difference in rank is 0.23.
    for name, values in ranks.items():
        of_perturbed = [rank for perturbed, rank in values if perturbed]
        of_clean = [rank for perturbed, rank in values if not perturbed]
        difference = sum(of_perturbed) / len(of_perturbed) - sum(of_clean) / len(of_clean)
        assert abs(difference) < 4 * 0.235, name


def test_from_what_observers_reach_no_attribute_leads_to_the_truth() -> None:
    for model in (Stimulus, Trial, Session, Answer):
        for relation in model._meta.related_objects:
            if relation.related_model is Truth:
                assert relation.hidden, f"{model.__name__}.{relation.get_accessor_name()} leads to the truth"


def test_the_observers_modules_and_templates_never_speak_of_the_truth() -> None:
    for module in (observer_views, sessions):
        names = {
            node.attr if isinstance(node, ast.Attribute) else node.id
            for node in ast.walk(ast.parse(inspect.getsource(module)))
            if isinstance(node, ast.Attribute | ast.Name)
        }
        assert not {name for name in names if "truth" in name.lower() or name in {"protocol", "pair", "perturbed"}}
    for template in (Path(settings.BASE_DIR) / "templates/observer").glob("*.html"):
        tags = " ".join(re.findall(r"{[{%].*?[%}]}", template.read_text()))
        assert not re.search(r"truth|protocol|perturbed|\bpair\b|seed|stimulus", tags), template.name
