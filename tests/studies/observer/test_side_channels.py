"""What reaches an observer's browser besides the pixels: every byte of whole sessions, searched and learnt from.

False alarms: each statistical test here fails by chance once in 20,000 runs or less (`ALPHA`), all together once in
10,000. That they would find a leak is shown on servers that leak on purpose.
"""

import datetime as dt
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from numpy.typing import NDArray

from studies.models import Observer, Session, Study, Trial, Truth
from studies.sessions.start import start_session
from tests.studies.factories import make_open_study, make_pair_set, make_researcher
from tests.studies.observer.side_channels import (
    Numbers,
    Played,
    features,
    fit_and_judge,
    play,
    without_pixels,
)

ALPHA = 5e-5

pytestmark = pytest.mark.thorough
N_STUDIES = 20
N_SPARE = 3  # observers of each study, for the servers that leak
N_LEAKY = 15  # sessions on each of these
N_EACH = 10  # images of either kind in a study
# Far from any other number that a page may show.
FIRST_ID, SEED = 918_273_640, 7_413_905_268_117

GetResponse = Callable[[HttpRequest], HttpResponse]
Judged = tuple[Numbers, NDArray[np.bool_]]


def make_studies(count: int) -> list[Study]:
    """Return open studies, each drawn anew from the same few pairs; nobody is invited to them twice."""
    pair_set, owner = make_pair_set(n=2 * N_EACH), make_researcher()
    return [
        make_open_study(
            owner=owner,
            pair_set=pair_set,
            title=f"Pictures {number}",
            n_perturbed=N_EACH,
            n_clean=N_EACH,
            seed=SEED + number,
            observers=1 + N_SPARE,
            closes_when_finished=False,
        )
        for number in range(count)
    ]


def truth_of(played: Played) -> NDArray[np.bool_]:
    """Return whether the trials' images are perturbed, in the order in which they were shown."""
    stimuli = dict(Trial.objects.values_list("token", "stimulus_id"))
    truth = dict(Truth.objects.values_list("stimulus_id", "perturbed"))
    return np.array([truth[stimuli[shown.token]] for shown in played.shown])


def judged(played: Played) -> Judged:
    return features(played), truth_of(played)


# ---- servers that leak ----------------------------------------------------------------------------------------------


def is_perturbed(request: HttpRequest) -> bool | None:
    """Return the truth of the trial whose token the address ends with; None where it has none."""
    match = re.search(r"/(?:image|trial)/([\w-]{22})/$", request.path)
    if match is None:
        return None
    return Truth.objects.get(stimulus=Trial.objects.get(token=match[1]).stimulus).perturbed


def leak_in_a_header(get_response: GetResponse) -> GetResponse:
    """Add a header to four of five perturbed images, and to one of five clean ones."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        perturbed = is_perturbed(request)
        if perturbed is not None and (hash(request.path) % 5 == 0) != perturbed:
            response.headers["X-Cache"] = "HIT"
        return response

    return respond


def leak_by_time(get_response: GetResponse) -> GetResponse:
    """Work some milliseconds longer for perturbed images."""

    def respond(request: HttpRequest) -> HttpResponse:
        until = time.thread_time() + (0.006 if is_perturbed(request) else 0.0)
        while time.thread_time() < until:
            pass
        return get_response(request)

    return respond


def leak_by_length(get_response: GetResponse) -> GetResponse:
    """Give perturbed images one byte more behind their end, where no decoder looks."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if is_perturbed(request) and response.headers["Content-Type"] == "image/png":
            response.content += b"\0"
            response.headers["Content-Length"] = str(len(response.content))
        return response

    return respond


def play_with_telling_tokens(token: str) -> Played:
    """Play a session whose tokens begin with a letter of the first half of the alphabet where perturbed, mostly."""
    session = start_session(observer=Observer.objects.get(token=token))
    for trial in session.trials.all():
        perturbed = Truth.objects.get(stimulus=trial.stimulus).perturbed
        low = perturbed if trial.position % 5 else not perturbed
        trial.token = ("ABCDEFGHIJKLMNOP" if low else "QRSTUVWXYZabcdef")[trial.position % 16] + trial.token[1:]
        trial.save(update_fields=["token"])
    return play(token, script=True)


# ---- the tests ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_nothing_can_be_learnt_from_what_is_around_the_pixels() -> None:
    """A classifier of all side channels is as good as a coin; the same classifier finds each of four leaks."""
    studies = make_studies(N_STUDIES)
    tokens = [list(study.observers.order_by("pk").values_list("token", flat=True)) for study in studies]

    honest = [judged(play(one, script=number % 2 == 0)) for number, (one, *_) in enumerate(tokens)]
    spare = (other for _, *others in tokens for other in others)
    leaky: dict[str, list[Judged]] = {}
    for leak in (leak_in_a_header, leak_by_time, leak_by_length):
        with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, f"{__name__}.{leak.__name__}"]):
            leaky[leak.__name__] = [judged(play(next(spare), script=True)) for _ in range(N_LEAKY)]
    leaky["telling tokens"] = [judged(play_with_telling_tokens(next(spare))) for _ in range(N_LEAKY)]

    for browser, sessions in (("script", honest[::2]), ("form", honest[1::2])):
        judgement = fit_and_judge(sessions)
        assert judgement.p > ALPHA / 2, f"{browser}: {judgement}"
    for name, sessions in leaky.items():
        judgement = fit_and_judge(sessions)
        assert judgement.auc > 0.6, f"{name}: {judgement}"
        assert judgement.p < 0.001, f"{name} was not found: {judgement}"


def test_the_judgement_is_fair_and_sharp() -> None:
    """Of noise, p is even between 0 and 1; of one weak feature among many, it is near 0."""
    generator = np.random.default_rng(1)

    def session(strength: float) -> Judged:
        truth = generator.permutation(np.arange(20) < 10)
        x = generator.normal(size=(20, 30))
        x[:, 7] += strength * truth
        return x, truth

    noise = [fit_and_judge([session(0.0) for _ in range(10)]).p for _ in range(200)]
    assert abs(np.mean(noise) - 0.5) < 4 * np.sqrt(1 / 12 / 200)
    assert fit_and_judge([session(1.5) for _ in range(10)]).p < ALPHA


@pytest.fixture
def recorded(db: None, request: pytest.FixtureRequest) -> tuple[Study, list[Played]]:
    """Return a study whose ids and seeds cannot be mistaken for other numbers, and its sessions, played."""
    number_from(FIRST_ID)
    study = make_open_study(
        title="Pictures", n_perturbed=4, n_clean=4, seed=SEED, observers=2, closes_when_finished=False
    )
    one, other = study.observers.order_by("pk")
    return study, [play(one.token, script=True), play(other.token, script=False, response="perturbed")]


def number_from(first: int) -> None:
    """Let the ids of all rows of studies and images begin there."""
    tables = [table for table in connection.introspection.table_names() if table.startswith(("studies_", "ml_"))]
    with connection.cursor() as cursor:
        for offset, table in enumerate(tables):
            number = first + 10_000 * offset
            if connection.vendor == "postgresql":
                for sequence in connection.introspection.get_sequences(cursor, table):
                    cursor.execute("SELECT setval(%s, %s)", [sequence["name"], number])
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])


def test_no_id_name_seed_hash_or_date_reaches_the_browser(recorded: tuple[Study, list[Played]]) -> None:
    study, sessions = recorded
    secrets = {str(FIRST_ID)[:5], str(study.uid), study.protocol_sha256, str(study.seed), study.owner.username}
    secrets |= {study.pair_set.name, study.pair_set.dataset.name, study.pair_set.attack.name}
    for truth in Truth.objects.select_related("pair__image", "stimulus"):
        secrets |= {truth.pair.image.name, truth.pair.image.lesion, truth.stimulus.sha256, truth.stimulus.name}
        files = (truth.stimulus.file, truth.pair.clean_file, truth.pair.perturbed_file)
        secrets |= {Path(str(file)).stem for file in files}
    for session in Session.objects.select_related("observer"):
        secrets |= {str(session.seed), session.observer.label}
    today = dt.datetime.now(tz=dt.UTC)
    dates = re.compile(rf"\d{{4}}-\d\d-\d\d|\b{today:%d %b %Y}|\b{int(today.timestamp()) // 100_000}\d{{5}}")

    assert min(study.stimuli.values_list("pk", flat=True)) > FIRST_ID, "the ids are what they are looked for as"
    for reply in (reply for session in sessions for reply in session.replies):
        text = reply.text if reply.kind != "image" else reply.head + without_pixels(reply.body).decode("latin-1")
        assert not [secret for secret in secrets if secret in text], f"{reply.kind} {reply.url}"
        # never_cache sets Expires to the time of the reply, as Date does.
        timeless = "\n".join(line for line in text.splitlines() if not line.lower().startswith(("date:", "expires:")))
        assert not dates.search(timeless), f"{reply.kind} {reply.url}"
        assert not reply.cookies
        assert not {name.lower() for name, _ in reply.headers} & {"etag", "last-modified", "server-timing", "age"}


def test_images_differ_in_their_pixels_alone(recorded: tuple[Study, list[Played]]) -> None:
    _, sessions = recorded
    images = [image for session in sessions for shown in session.shown for image in shown.images]

    assert len(images) == 16
    assert len({image.head for image in images}) == 1
    assert len({without_pixels(image.body) for image in images}) == 1
    assert len({len(image.body) for image in images}) == 1


def test_no_query_of_an_observers_request_asks_for_the_truth(db: None) -> None:
    """Neither the tables that hold it nor the protocol, in which it is written down, are read for a page."""
    study = make_open_study(n_perturbed=3, n_clean=3, observers=2)
    telling = re.compile(r"studies_truth|studies_practicekey|ml_imagepair|\bprotocol\b")
    for script, observer in zip((True, False), study.observers.all(), strict=True):
        with CaptureQueriesContext(connection) as queries:
            play(observer.token, script=script)
        asked = [query["sql"] for query in queries.captured_queries]
        assert asked
        assert not [sql for sql in asked if telling.search(sql)]
