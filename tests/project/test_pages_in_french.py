"""Every page of a researcher in French: all that is said is given to the translation, and figures stay readable.

Whatever is outside of the brackets of `tests.project.pseudo_language` was forgotten, unless it is a name that somebody
gave, or one that is the same in every language.
"""

import re
from collections.abc import Iterator
from dataclasses import fields

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.dates import MONTHS_AP

from ml.attacks import ATTACKS
from ml.models import Attack, Classifier, Dataset, Image, PairSet, Run
from perception.accounts.models import AccountEvent
from studies.design.lifecycle.consequences import CONFIRMED
from studies.design.options import STEPS
from studies.models import AuditEvent, Observer, OpenLink, Study
from tests.project.access import OBSERVERS, World, addresses, make_world, path_of
from tests.project.pseudo_language import LEFT, RIGHT, bracketed, spoken
from tests.project.test_translations import SAME_IN_EVERY_LANGUAGE
from tests.studies.answered import evaluate
from tests.studies.factories import make_pair_set, make_study_in

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

SAME = {
    *SAME_IN_EVERY_LANGUAGE,
    *("AUC", "NA", "min", "s", "ms", "d", "δ"),
    *("Prolific", "SONA", "Amazon", "Mechanical", "Turk", "CloudResearch", "Connect"),
    "link",  # in braces, where a mail is filled in
    # Django's own, by context, which the brackets do not reach.
    *(str(month).rstrip(".") for month in MONTHS_AP.values()),
}
"""What is written alike in every language: names, and units."""
ADDRESS = re.compile(r"https?://\S+")
STORED = {"nv", "mel", "bcc", "none", "densenet", "tiny", "small", "backbone"} | {
    part
    for method in ATTACKS.values()
    for setting in fields(method.settings)
    for choice in setting.metadata["choices"] or ()
    for part in re.findall(r"[^\W\d_]+", choice)
}
"""Codes of diagnoses, architectures and of what attacks are set to: they are in files, commands and reports as well."""
OBSERVERS_PAGES = ("preview:",)
"""They are in the language that their observer chose, on a page of their own."""
PLANS = (
    "studies:study-plan?goal=equivalence&margin=0.1&dprime=0&observers=3&images=80&prevalence=0.5&icc=0.1&observer_sd=0"
    "&power=0.8&seed=1",
    "studies:study-plan?goal=detection&dprime=0.3&observers=2&images=80&prevalence=0.5&icc=0.1&observer_sd=0&power=0.8",
    "studies:two-arm-plan?dprime=1&two_arms=1.5&observers=4&prevalence=0.5&icc=0.1&observer_sd=0.3&likeness=0.5"
    "&power=0.8&images=60",
)
PRECISION_PLANS = {
    "thresholds": "trials=10&observers=2",
    "places": "observers=3&images=10",
    "grades": "half_width=0.2",
    "repeats": "repeats=2&observers=3&images=10",
}
DECIMAL_COMMA = re.compile(r"\b(data-[\w-]+|value|style|width|height|min|max|step)=\"[^\"]*\d,\d[^\"]*\"")
WITH_LISTS = re.compile(r"value=\"2, ?4|data-(copy|told)=")
"""Attributes that hold a sentence or a list, and no figure for a program."""


Visit = tuple[str, str, str]
"""Method, path, and what the page is."""


@pytest.fixture
def world() -> World:
    """Return one of everything, in all states that a study has, named in brackets throughout."""
    world = make_world()
    for state in Study.State:
        make_study_in(state, owner=world.owner, pair_set=make_pair_set(n=12), n_practice=2)
    evaluate(PairSet.objects.order_by("pk")[0])
    for run_state in Run.State:
        asked = {"kind": Run.Kind.TRAIN_ATTACK, "options": {"name": f"{LEFT}net{RIGHT}", "learning_rate": 0.5}}
        Run.objects.create(state=run_state, done=3, total=8, curve=[[1, {"loss": 0.5}], [2, {"loss": 0.25}]], **asked)
    for model in (Dataset, Classifier, Attack, PairSet, Image):
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(name=f"{LEFT}{row.pk}{RIGHT}")
    Image.objects.update(lesion=f"{LEFT}{RIGHT}")
    Dataset.objects.update(credit=f"{LEFT}{RIGHT}")
    Run.objects.update(owner=world.owner)
    for run in Run.objects.all():
        Run.objects.filter(pk=run.pk).update(options=run.options | {"name": f"{LEFT}net{RIGHT}"})
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(username=f"{LEFT}user {user.pk}{RIGHT}")
    Study.with_pilots.update(title=f"{LEFT}title{RIGHT}")
    for observer in Observer.objects.all():
        Observer.objects.filter(pk=observer.pk).update(label=f"{LEFT}observer {observer.pk}{RIGHT}")
    OpenLink.objects.update(name=f"{LEFT}link{RIGHT}")
    AccountEvent.objects.update(by=f"{LEFT}{RIGHT}")
    AuditEvent.objects.update(by=f"{LEFT}{RIGHT}", details={})
    return world


def visits(world: World) -> Iterator[Visit]:
    """Go through every address of a researcher, and those that show more with a question or in another state."""
    for address in addresses():
        if not address.name.startswith((*OBSERVERS, *OBSERVERS_PAGES)):
            for method in ("GET", "POST"):
                yield method, path_of(world, address, "administrator"), address.name
    yield from of_studies()
    yield from of_images()


def of_studies() -> Iterator[Visit]:
    """Go through the pages of a study in each of its states, the steps of making one, and plans."""
    for study in Study.objects.all():
        for page in ("study-detail", "study-check", "study-report", *(f"study-{action.name}" for action in CONFIRMED)):
            yield "GET", reverse(f"studies:{page}", args=[study.pk]), f"{page} of one that is {study.state}"
    draft = Study.objects.filter(state=Study.State.DRAFT)[0]
    for step in STEPS:
        for method in ("GET", "POST"):
            yield method, reverse("studies:study-step", args=[draft.pk, step.key]), f"step {step.key}"
    for plan in PLANS:
        name, _, query = plan.partition("?")
        yield "GET", f"{reverse(name)}?{query}", name
    for key, query in PRECISION_PLANS.items():
        address = reverse("studies:precision-plan", args=[key])
        yield "GET", address, f"{key}, not planned"
        yield "GET", f"{address}?{query}", f"{key}, planned"


def of_images() -> Iterator[Visit]:
    """Go through runs in each of their states, and the forms that ask otherwise by what is chosen first."""
    for run in Run.objects.all():
        yield "GET", reverse("ml:run-detail", args=[run.pk]), f"run that is {run.state}"
    for source in Dataset.Source.values:
        yield "GET", f"{reverse('ml:dataset-create')}?source={source}", f"dataset from {source}"
    classifier = Classifier.objects.order_by("pk")[0]
    for kind in ATTACKS:
        path = f"{reverse('ml:attack-create')}?classifier={classifier.pk}&kind={kind}"
        for method in ("GET", "POST"):
            yield method, path, f"attack of the kind {kind}"


def pages(world: World) -> Iterator[tuple[str, str]]:
    """Return the pages in the language that is active; nothing that a visit does stays."""
    for method, path, name in visits(world):
        with transaction.atomic():
            client = Client()
            client.force_login(world.people["administrator"])
            response = client.generic(method, path, headers={"Accept-Language": "fr"})
            transaction.set_rollback(True)
        is_page = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
        if is_page and response.status_code not in {302, 404, 405}:
            yield f"{method} {name}", response.content.decode()


def test_whatever_a_page_says_is_given_to_the_translation(world: World) -> None:
    left_out: dict[str, str] = {}
    n_pages = 0
    with bracketed():
        for name, page in pages(world):
            n_pages += 1
            for text in spoken(page):
                if set(re.findall(r"[^\W\d_]+", ADDRESS.sub("", text.partition(": ")[2]))) - SAME - STORED:
                    left_out.setdefault(text, name)

    assert n_pages > 100
    assert left_out == {}


def test_pages_for_nobody_in_particular_are_given_to_the_translation(client: Client) -> None:
    with bracketed():
        first = client.get(reverse("accounts:first"), headers={"Accept-Language": "fr"}).content.decode()
        User.objects.create_user("somebody")
        sign_in = client.post(reverse("login"), {"username": "x"}, headers={"Accept-Language": "fr"}).content.decode()

    for page in (first, sign_in):
        assert [text for text in spoken(page) if set(re.findall(r"[^\W\d_]+", text.partition(": ")[2])) - SAME] == []


def test_no_attribute_that_a_program_reads_has_a_decimal_comma(world: World) -> None:
    wrong = {}
    with translation.override("fr"):
        for name, page in pages(world):
            for found in DECIMAL_COMMA.finditer(re.sub(r"<svg.*?</svg>", "", page, flags=re.S)):
                if not WITH_LISTS.match(found[0]):
                    wrong[found[0][:80]] = name

    assert wrong == {}


def test_figures_are_written_as_in_french(world: World) -> None:
    pair_set = PairSet.objects.order_by("pk")[0]
    client = Client()
    client.force_login(world.people["administrator"])
    page = client.get(reverse("ml:pair-set-detail", args=[pair_set.pk]), headers={"Accept-Language": "fr"})

    assert "50,0\N{NARROW NO-BREAK SPACE}%" in page.content.decode()
