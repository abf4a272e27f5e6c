"""Blinding: whatever reaches an observer is read here as an adversary would read it."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils.http import parse_http_date_safe
from pytest_django import DjangoDbBlocker

from studies.models import Answer, Observer, PracticeKey, Session, Stimulus, Study, Trial, Truth
from studies.sessions.stage import Stage, stage_of
from studies.sessions.trials import break_is_due, position_of
from studies.trial_types import TRIAL_TYPES
from tests.shared_rows import rows_of
from tests.studies.factories import (
    begin_trials,
    make_open_study,
    make_pair_set,
    make_pair_set_of_attack,
    make_pair_set_of_strength,
)

pytestmark = pytest.mark.django_db

ANSWERS = {
    "yes_no": {"response": "clean"},
    "yes_no_confidence": {"response": "clean", "confidence": "2"},
    "rating": {"rating": "2"},
    "two_afc": {"response": "first"},
    "same_different": {"response": "same"},
    "degradation": {"grade": "4"},
    "marked_place": {"rating": "2", "place_x": "3", "place_y": "1"},
    "flicker": {"response": "first"},
}


OWN_WORDS: dict[str, Any] = {
    "images_word": "chest radiographs",
    "images_word_fr": "radiographies du thorax",
    "perturbed_word": "altered",
    "perturbed_word_fr": "altérée",
    "clean_word": "as taken",
    "clean_word_fr": "telle quelle",
}
HYPOTHESIS = "The change is too small to be seen"


@dataclass(frozen=True)
class Reply:
    kind: str
    url: str
    expected: str
    """What would be right to the current trial of the series; empty beside it."""
    status: int
    headers: dict[str, str]
    body: bytes


class Adversary:
    """A browser that keeps everything, and is told the truth of each trial to compare."""

    def __init__(self, *, script: bool) -> None:
        self.replies: list[Reply] = []
        self._client = Client(headers={"Accept": "application/json"} if script else {})

    def fetch(self, kind: str, url: str, expected: str = "", data: dict[str, str] | None = None) -> Reply:
        response: HttpResponseBase = self._client.get(url) if data is None else self._client.post(url, data)
        assert not response.cookies, "an observer's browser is given no cookie"
        body = bytes(getattr(response, "content", b""))
        self.replies.append(Reply(kind, url, expected, response.status_code, dict(response.headers), body))
        return self.replies[-1]


def play(token: str, *, script: bool) -> list[Reply]:
    """Walk a whole session and return everything that the server sent, each with the truth of the current trial."""
    adversary = Adversary(script=script)
    fetch = adversary.fetch
    study = Study.objects.get(observers__token=token)
    fetch("welcome", reverse("observer:welcome", args=[token]))
    fetch("data", reverse("observer:data", args=[token]))
    fetch("consent", reverse("observer:welcome", args=[token]), data={})
    fetch_beside(adversary, token)
    session = Session.objects.get(observer__token=token)
    for number in range(2):
        fetch("check", reverse("observer:check", args=[token]))
        for index in range(1, 9):
            fetch("figure", reverse("observer:figure", args=[token, index]))
        fetch("check sent", reverse("observer:check", args=[token]), data={"number": str(number)})
        fetch("check given up", reverse("observer:check", args=[token]), data={"number": str(number), "cannot": "1"})
    fetch("questions", reverse("observer:questions", args=[token]))
    fetch("questions sent", reverse("observer:questions", args=[token]), data={"q1": "7"})
    fetch("instructions", reverse("observer:instructions", args=[token]))
    for place in (1, 2):
        fetch("example", reverse("observer:example", args=[token, place]))
    fetch("instructions left", reverse("observer:instructions", args=[token]), data={})
    fetch("comprehension", reverse("observer:comprehension", args=[token]))
    fetch("comprehension sent", reverse("observer:comprehension", args=[token]), data={"q1": "1"})
    page = reverse("observer:trial", args=[token])
    for trial in session.trials.select_related("stimulus", "second_stimulus"):
        if trial.phase == Trial.Phase.PRACTICE:
            fetch("practice page", page)
            fetch("practice image", reverse("observer:image", args=[token, trial.token]))
            fetch(
                "practice answer", reverse("observer:answer", args=[token, trial.token]), "", ANSWERS[study.trial_type]
            )
            fetch("feedback", reverse("observer:feedback", args=[token, trial.token]))
            continue
        expected = expected_of(study, trial)
        if break_is_due(study, trial):
            fetch("break", page, expected)
        fetch("page", f"{page}?continue={trial.position}", expected)
        fetch_beside(adversary, token, expected)
        fetch("image", reverse("observer:image", args=[token, trial.token]), expected)
        if trial.second_stimulus is not None:
            fetch("image", reverse("observer:second-image", args=[token, trial.token]), expected)
        answer = reverse("observer:answer", args=[token, trial.token])
        fetch("answer", answer, expected, ANSWERS[study.trial_type])
        fetch("answer again", answer, expected, ANSWERS[study.trial_type])
    fetch("comments", reverse("observer:comments", args=[token]))
    fetch("comments sent", reverse("observer:comments", args=[token]), data={"comments": "None."})
    fetch("end", page)
    fetch_beside(adversary, token)
    return adversary.replies


BESIDE = ("data", "consent copy", "consent file")


def fetch_beside(adversary: Adversary, token: str, expected: str = "") -> None:
    """Fetch the pages that are read at any stage."""
    for kind, name in zip(BESIDE, ("data", "consent", "consent-text"), strict=True):
        adversary.fetch(kind, reverse(f"observer:{name}", args=[token]), expected)


def expected_of(study: Study, trial: Trial) -> str:
    perturbed = dict(Truth.objects.filter(stimulus__in=trial.stimuli).values_list("stimulus_id", "perturbed"))
    return study.trials.expected(tuple(perturbed[stimulus.pk] for stimulus in trial.stimuli))


@pytest.fixture(scope="module", params=[(key, script) for key in TRIAL_TYPES for script in (False, True)], ids=str)
def played(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[Study, list[Reply]]]:
    """Return a study that has everything a study can have, and all that was sent in one session of it."""
    trial_type, script = request.param
    with rows_of(lambda: play_everything(trial_type, script=script), django_db_blocker) as made:
        yield made


def play_everything(trial_type: str, *, script: bool) -> tuple[Study, list[Reply]]:
    pair_set = make_pair_set(n=18)
    study = make_open_study(
        pair_set=pair_set,
        further_pair_sets=[make_pair_set_of_strength(pair_set, 8), make_pair_set_of_attack(pair_set, "fgsm")],
        compares_attacks=True,
        trial_type=trial_type,
        n_perturbed=5,
        n_clean=6,
        n_practice=2,
        n_catch=2,
        n_repeated=4,
        catch_pair_set=make_pair_set_of_strength(pair_set, 20),
        break_every=5,
        longest_run=4,
        questionnaire="Years of practice: number 0-60",
        asks_comments=True,
        checks_brightness="record",
        checks_colour_vision="record",
        checks_comprehension="record",
        comprehension="How often may you look?: once | as often as I like =",
        comprehension_tries=1,
        title="A study of pictures",
        debriefing=f"{HYPOTHESIS}: nobody sees it.",
        debriefing_fr=f"{HYPOTHESIS} : personne ne la voit.",
        debriefs_withdrawn=True,
        **OWN_WORDS,
        shows_score=True,
        closes_when_finished=False,
    )
    observer = Observer.objects.get(study=study)
    return study, play(observer.token, script=script)


def test_no_reply_names_what_is_perturbed_or_where_an_image_comes_from(played: tuple[Study, list[Reply]]) -> None:
    study, replies = played
    secrets = {study.pair_set.name, study.pair_set.dataset.name, study.pair_set.attack.name, str(study.uid)}
    secrets |= {name for used in study.strengths for name in (used.name, used.attack.name, used.attack.kind)}
    secrets |= {*study.attack_names, study.protocol_sha256, str(study.seed) + " seed", study.owner.username}
    for truth in Truth.objects.select_related("pair__image", "stimulus"):
        secrets |= {truth.pair.image.name, truth.pair.image.lesion, truth.stimulus.sha256}
        secrets |= {str(name) for name in (truth.stimulus.file, truth.pair.clean_file, truth.pair.perturbed_file)}

    for reply in replies:
        text = reply.url + repr(reply.headers) + reply.body.decode("latin-1")
        found = [secret for secret in secrets if secret in text]
        assert not found, f"{reply.kind} {reply.url} holds {found}"
        assert "truth" not in text.lower()


def test_a_study_with_words_of_its_own_says_no_others(played: tuple[Study, list[Reply]]) -> None:
    """What stands in fields and addresses, for programs, stays as it is stored."""
    study, replies = played
    for reply in replies:
        if not reply.headers.get("Content-Type", "").startswith("text/"):
            continue
        said = re.sub(r'value="\w+"', "", reply.body.decode())
        assert not re.search(r"perturbed|\bclean\b|lesion|dermatoscopic", said, re.IGNORECASE), (
            reply.kind,
            said,
        )
    told = " ".join(reply.body.decode() for reply in replies if reply.kind in {"welcome", "instructions", "feedback"})
    assert "chest radiographs" in told
    # Where something flickers, observers are told where it does, and nothing of either answer.
    assert ("Altered" in told) != study.flickers


def test_what_the_study_is_about_is_told_at_the_end_and_nowhere_before(played: tuple[Study, list[Reply]]) -> None:
    _, replies = played
    telling = [
        reply.kind for reply in replies if HYPOTHESIS in reply.url + repr(reply.headers) + reply.body.decode("latin-1")
    ]
    assert telling == ["end"]


def test_trial_pages_differ_in_tokens_and_positions_alone(played: tuple[Study, list[Reply]]) -> None:
    _, replies = played
    for kind in ("page", "break", "answer", "answer again", *BESIDE):
        of_trials = [reply for reply in replies if reply.kind == kind and (reply.expected or kind not in BESIDE)]
        texts = [skeleton(reply.body.decode()) for reply in of_trials]
        # The last of the series leads elsewhere, and one before a break asks for a page: by position, not by truth.
        assert len(set(texts)) <= (1 if kind in {"page", "break", *BESIDE} else 3), kind


def skeleton(text: str) -> str:
    """Return a page or a reply without its tokens and positions, and without what is said of the trial after."""
    text = re.sub(r"(?<![\w-])[A-Za-z0-9_-]{22}(?![\w-])", "TOKEN", text)
    text = re.sub(r'"next": (\{.*?\}|null)', "", text)
    return re.sub(r"\b\d+\b", "N", text)


def test_what_a_reply_says_of_the_next_trial_follows_from_the_position() -> None:
    """Of many sessions, each position's reply has one form, whatever is shown there."""
    forms: defaultdict[int, set[str]] = defaultdict(set)
    pair_set = make_pair_set(n=12)
    for seed in range(8):
        study = make_open_study(pair_set=pair_set, n_perturbed=4, n_clean=4, break_every=3, seed=seed)
        token = Observer.objects.get(study=study).token
        begin_trials(Observer.objects.get(study=study))
        for position, trial in enumerate(Trial.objects.filter(session__observer__token=token), start=1):
            url = reverse("observer:answer", args=[token, trial.token])
            reply = Client(headers={"Accept": "application/json"}).post(url, ANSWERS["yes_no"])
            forms[position].add(re.sub(r"(?<![\w-])[A-Za-z0-9_-]{22}(?![\w-])", "TOKEN", reply.content.decode()))

    assert {position: len(seen) for position, seen in forms.items()} == dict.fromkeys(range(1, 9), 1)


def test_images_have_one_length_and_one_set_of_headers(played: tuple[Study, list[Reply]]) -> None:
    """Whatever they are there for: a catch trial's image is as long as any other."""
    study, replies = played
    images = [reply for reply in replies if reply.kind in {"image", "practice image", "example"}]

    assert len(images) == 17 * study.trials.images + 2 + 2
    assert {reply.status for reply in images} == {200}
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
    """Per kind of reply: status, length and headers take the same values for all truths."""
    _, replies = played
    seen: defaultdict[str, defaultdict[str, set[object]]] = defaultdict(lambda: defaultdict(set))
    for reply in replies:
        if not reply.expected:
            continue
        dates = [value for value in reply.headers.values() if parse_http_date_safe(value) is not None]
        assert len(dates) <= 1, "Expires, from never_cache, is the only date"
        headers = {
            name: value
            for name, value in reply.headers.items()
            if name not in {"Expires", "Location"} and not (name == "Content-Length" and reply.kind != "image")
        }
        seen[reply.kind][reply.expected].add((reply.status, tuple(sorted(headers.items()))))

    for kind in ("page", "image", "answer", "answer again", *BESIDE):
        one, other = seen[kind].values()
        assert one == other, kind


def test_only_practice_is_told(played: tuple[Study, list[Reply]]) -> None:
    """The one table that the observer's side may read holds practice, whose lesions are in no series."""
    study, _ = played
    told = set(PracticeKey.objects.values_list("stimulus_id", flat=True))
    truths = Truth.objects.filter(stimulus__study=study).select_related("pair__image")

    assert told == {truth.stimulus_id for truth in truths if truth.role in {"practice", "example"}}
    lesions: defaultdict[bool, set[str]] = defaultdict(set)
    for truth in truths:
        lesions[truth.stimulus_id in told].add(truth.pair.image.lesion)
    assert not lesions[True] & lesions[False]
    for key in PracticeKey.objects.select_related("stimulus"):
        assert key.perturbed == Truth.objects.get(stimulus=key.stimulus).perturbed


def test_no_image_of_the_series_is_served_beside_its_trial_and_the_one_before() -> None:
    study = make_open_study(n_perturbed=4, n_clean=4, n_practice=2, pair_set=make_pair_set(n=14))
    observer = Observer.objects.get(study=study)
    token, client = observer.token, Client()
    trials = list(begin_trials(observer).trials.all())
    for current in range(len(trials)):
        served = [
            client.get(reverse("observer:image", args=[token, trial.token])).status_code == 200 for trial in trials
        ]
        practised = [trial.phase == Trial.Phase.PRACTICE and place < current for place, trial in enumerate(trials)]
        now = [place in {current, current + 1} for place in range(len(trials))]
        assert served == [one or other for one, other in zip(practised, now, strict=True)]
        assert client.get(reverse("observer:example", args=[token, 1])).status_code == 404
        client.post(reverse("observer:answer", args=[token, trials[current].token]), ANSWERS["yes_no"])
    session = Session.objects.get(observer=observer)
    assert stage_of(session, study) == Stage.END
    assert position_of(session).trial is None


def test_feedback_is_given_on_answered_practice_trials_alone() -> None:
    study = make_open_study(n_perturbed=2, n_clean=2, n_practice=2, pair_set=make_pair_set(n=10))
    observer = Observer.objects.get(study=study)
    token, client = observer.token, Client()
    trials = list(begin_trials(observer).trials.all())
    for current, trial in enumerate(trials):
        told = [client.get(reverse("observer:feedback", args=[token, one.token])).status_code == 200 for one in trials]
        assert told == [place < min(current, 2) for place in range(len(trials))]
        client.post(reverse("observer:answer", args=[token, trial.token]), ANSWERS["yes_no"])
    assert not any(
        client.get(reverse("observer:feedback", args=[token, one.token])).status_code == 200 for one in trials
    )


@pytest.mark.thorough
@pytest.mark.parametrize("allocation", ["shared", "pool"])
@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
def test_ids_tokens_and_positions_are_independent_of_the_truth(trial_type: str, allocation: str) -> None:
    """Over many studies, the rank of a trial by id, number, name of file or position is even (AUC 0.5).

    For trials with two images: of the image on the left, and, of the perturbed one among the two, too.
    """
    ranks: defaultdict[str, list[tuple[bool, float]]] = defaultdict(list)
    pair_set = make_pair_set(n=12, size=4)
    for seed in range(40):
        study = make_open_study(
            pair_set=pair_set,
            trial_type=trial_type,
            allocation=allocation,
            n_perturbed=5,
            n_clean=5,
            seed=seed,
            longest_run=3,
        )
        session = begin_trials(Observer.objects.get(study=study))
        right = study.trials.expected((True, False))
        keys = {
            "id": lambda trial: trial.stimulus_id,
            "number": lambda trial: trial.stimulus.number,
            "file": lambda trial: str(trial.stimulus.file.name),
            "position": lambda trial: trial.position,
            "token": lambda trial: trial.token,
            "second": lambda trial: (trial.second_stimulus or trial.stimulus).number,
            "order": lambda trial: trial.stimulus.number - (trial.second_stimulus or trial.stimulus).number,
        }
        trials = list(Trial.objects.filter(session=session).select_related("stimulus", "second_stimulus"))
        truth = {trial.pk: expected_of(study, trial) == right for trial in trials}
        for name, key in keys.items():
            for rank, trial in enumerate(sorted(trials, key=key)):
                ranks[name].append((truth[trial.pk], rank))

    # 40 studies of 5 + 5: the standard error of the mean difference in rank is 0.29.
    for name, values in ranks.items():
        of_perturbed = [rank for perturbed, rank in values if perturbed]
        of_clean = [rank for perturbed, rank in values if not perturbed]
        difference = sum(of_perturbed) / len(of_perturbed) - sum(of_clean) / len(of_clean)
        assert abs(difference) < 4.5 * 0.29, name


@pytest.mark.thorough
def test_ids_tokens_and_positions_are_independent_of_the_attack() -> None:
    """Over many studies of two attacks, the ranks of the images of each are even among those of both."""
    pair_set = make_pair_set(n=12, size=4)
    other = make_pair_set_of_attack(pair_set, "fgsm")
    ranks: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for seed in range(40):
        study = make_open_study(
            pair_set=pair_set, further_pair_sets=[other], compares_attacks=True, n_perturbed=8, n_clean=2, seed=seed
        )
        session = begin_trials(Observer.objects.get(study=study))
        attack_of = study.attack_of_pairs
        truths = Truth.objects.filter(stimulus__study=study, perturbed=True).select_related("pair")
        attacks = {truth.stimulus_id: attack_of[truth.pair.pair_set_id] for truth in truths}
        trials = list(Trial.objects.filter(session=session, stimulus__in=attacks).select_related("stimulus"))
        keys = {
            "id": lambda trial: trial.stimulus_id,
            "file": lambda trial: str(trial.stimulus.file.name),
            "position": lambda trial: trial.position,
            "token": lambda trial: trial.token,
        }
        for name, key in keys.items():
            for rank, trial in enumerate(sorted(trials, key=key)):
                ranks[name].append((attacks[trial.stimulus_id], rank))

    # 40 studies of 4 + 4: the standard error of the mean difference in rank is 0.27.
    for name, values in ranks.items():
        one, two = ([rank for attack, rank in values if attack == own] for own in study.attack_names)
        assert len(one) == len(two) == 160
        assert abs(sum(one) / len(one) - sum(two) / len(two)) < 4.5 * 0.27, name


@pytest.mark.thorough
def test_catch_and_practice_do_not_show_by_ids_and_numbers() -> None:
    """Over many studies the images of each role are spread evenly over the numbers (and ids)."""
    pair_set = make_pair_set(n=12, size=4)
    plain = make_pair_set_of_strength(pair_set, 20)
    ranks: defaultdict[str, list[int]] = defaultdict(list)
    for seed in range(40):
        study = make_open_study(
            pair_set=pair_set, n_perturbed=2, n_clean=2, n_practice=2, n_catch=2, catch_pair_set=plain, seed=seed
        )
        for rank, truth in enumerate(Truth.objects.filter(stimulus__study=study).order_by("stimulus_id")):
            assert Stimulus.objects.get(pk=truth.stimulus_id).number == rank + 1
            ranks[truth.role].append(rank)

    # Ten places: a mean of 4.5, and of two to four of them in 40 studies with a standard error of 0.29 or less.
    assert all(abs(sum(places) / len(places) - 4.5) < 4.5 * 0.3 for places in ranks.values())


def test_from_what_observers_reach_no_attribute_leads_to_the_truth() -> None:
    for model in (Stimulus, Trial, Session, Answer, Observer):
        for relation in model._meta.related_objects:
            if relation.related_model in {Truth, PracticeKey}:
                assert relation.hidden, f"{model.__name__}.{relation.get_accessor_name()} leads to the truth"


OBSERVERS_PACKAGES = ("studies/observer", "studies/sessions")
# Practice tells what would have been right, by a table that holds practice stimuli alone.
PRACTICE = "studies/sessions/practice.py"


def observers_modules() -> list[str]:
    """Return every module of the observer's pages and sessions: a new one is among them by birth."""
    base = Path(settings.BASE_DIR)
    found = [
        path.relative_to(base).as_posix() for folder in OBSERVERS_PACKAGES for path in (base / folder).rglob("*.py")
    ]
    assert len(found) > 15
    return sorted(set(found) - {PRACTICE})


@pytest.mark.parametrize("folder", [*OBSERVERS_PACKAGES, "studies/trial_types", "studies/randomization"])
def test_no_module_of_the_blind_side_takes_what_it_does_not_import(folder: str) -> None:
    """Models and modules that are looked up by name are seen by no contract of imports."""
    for path in (Path(settings.BASE_DIR) / folder).rglob("*.py"):
        taken = {
            name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            for name in (getattr(node, "attr", None), getattr(node, "id", None), getattr(node, "name", None))
            if name in {"get_model", "get_models", "import_module", "import_string", "__import__", "importlib"}
        }
        assert not taken, path


@pytest.mark.parametrize("module", observers_modules())
def test_the_observers_modules_never_speak_of_the_truth(module: str) -> None:
    names = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(ast.parse((Path(settings.BASE_DIR) / module).read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute | ast.Name)
    }
    assert not {name for name in names if "truth" in name.lower() or name in {"protocol", "pair", "perturbed", "role"}}


# What practice tells stands in these, and no trial of the series is shown by them.
TOLD = {"feedback.html", "instructions.html", "right_answer.html"}


def test_the_observers_templates_never_speak_of_the_truth() -> None:
    folder = Path(settings.BASE_DIR) / "templates/observer"
    templates = list(folder.rglob("*.html"))
    assert len(templates) > 10
    for template in templates:
        tags = " ".join(re.findall(r"{[{%].*?[%}]}", template.read_text(encoding="utf-8")))
        # Texts in quotation marks are the same for everybody.
        code = re.sub(r'"[^"]*"|\'[^\']*\'', "", tags)
        forbidden = r"truth|protocol|\bpair\b|seed|stimulus|role|plan|catch"
        if template.name not in TOLD:
            forbidden += "|perturbed|expected|is_right"
        assert not re.search(forbidden, code), template.name
