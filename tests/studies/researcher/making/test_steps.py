"""The steps of making a study: first that they work, then what they refuse, and what they keep."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from studies.design.options import STEPS
from studies.models import AuditEvent, Observer, Study
from studies.models.screening.check import Check
from studies.models.texts.consent import CONSENT
from tests.studies.factories import (
    make_open_study,
    make_pair_set,
    make_pair_set_of_attack,
    make_pair_set_of_strength,
    make_study,
)
from tests.studies.worker import do_queued_work

pytestmark = pytest.mark.django_db

# What the form of each step sends of a draft that nobody has changed.
SENT: dict[str, dict[str, object]] = {
    "asked": {"title": "Which were changed?", "trial_type": "yes_no"},
    "images": {
        "n_perturbed": 3,
        "n_clean": 2,
        "prevalence": "fixed",
        "one_lesion_once": "on",
        "allocation": "shared",
        "n_subsets": 1,
    },
    "trials": {
        "scale": 1,
        "display_rule": "flag",
        "n_repeated": 0,
        "flicker_hz": 5,
        "break_every": 0,
        "fixation_ms": 0,
        "pause_ms": 0,
        "longest_run": 0,
    },
    "practice": {"n_practice": 1, "n_catch": 0},
    "people": {
        "consent_text": CONSENT.en,
        "consent_text_fr": CONSENT.fr,
        "legal_basis": "consent",
        "later_withdrawal": "not",
        "outside_ids_kept_days": 30,
        **{f"checks_{check}": "off" for check in Check},
        "least_window_width": 1000,
        "least_window_height": 600,
        "least_pixel_ratio": 1,
        "most_pixel_ratio": 3,
        "brightness_at_least": 6,
        "colour_vision_at_least": 7,
        "least_acuity": 0.3,
        "acuity_distance_cm": 60,
        "least_distance_cm": 40,
        "most_distance_cm": 80,
        "comprehension_tries": 2,
        "closes_when_finished": "on",
    },
    "analysis": {"margin": 0.05, "catch_at_least": 0, "rt_at_least_ms": 0},
}


def address(study: Study, step: str) -> str:
    return reverse("studies:study-step", args=[study.pk, step])


def sent(study: Study, step: str, **changes: object) -> dict[str, object]:
    pairs = {"pair_set": study.pair_set_id} if step == "images" else {}
    return SENT[step] | pairs | changes


def text_of(browser: Client, url: str) -> str:
    page = browser.get(url)
    assert page.status_code == 200
    return unescape(page.content.decode())


def test_step_after_step_leads_to_an_open_study(browser: Client, owner: User) -> None:
    study = make_study(owner=owner, pair_set=make_pair_set(n=8))
    at = reverse("studies:study-edit", args=[study.pk])
    for step in STEPS:
        page = browser.get(at, follow=True)
        assert f"<h1>{step.title}</h1>" in page.content.decode()
        data = sent(study, step.key, then="next") | ({"labels": "Anna\nBen"} if step.key == "people" else {})
        answer = browser.post(address(study, step.key), data)
        assert answer.status_code == 302, answer.content.decode()
        at = answer["Location"]

    assert at == reverse("studies:study-check", args=[study.pk])
    assert "Open the study" in text_of(browser, at)
    browser.post(reverse("studies:study-open", args=[study.pk]))
    do_queued_work()
    study.refresh_from_db()
    assert (study.state, study.title, study.n_practice) == ("open", "Which were changed?", 1)
    assert study.consent_text == CONSENT.en
    assert list(Observer.objects.values_list("label", flat=True)) == ["Anna", "Ben"]


@pytest.mark.parametrize(
    ("then", "name"), [("next", "images"), ("", "images"), ("?", "images"), ("people", "people"), ("asked", "asked")]
)
def test_the_button_says_where_to_go_on(browser: Client, owner: User, then: str, name: str) -> None:
    study = make_study(owner=owner)

    answer = browser.post(address(study, "asked"), sent(study, "asked", then=then))

    assert answer["Location"] == address(study, name)


def test_saved_and_left(browser: Client, owner: User) -> None:
    study = make_study(owner=owner)

    answer = browser.post(address(study, "asked"), sent(study, "asked", title="Another", then="leave"))

    assert answer["Location"] == reverse("studies:study-detail", args=[study.pk])
    study.refresh_from_db()
    assert study.title == "Another"


@pytest.mark.parametrize(
    ("step", "changes", "message"),
    [
        ("asked", {"title": ""}, "This field is required"),
        ("images", {"n_clean": 0}, "greater than or equal to 1"),
        ("images", {"n_perturbed": 1001}, "less than or equal to 1000"),
        ("images", {"seed": "x"}, "Enter a whole number"),
        ("images", {"seed": 2**60}, "less than or equal to"),
        ("images", {"pair_set": 999_999}, "Select a valid choice"),
        ("trials", {"scale": 9}, "less than or equal to 8"),
        ("practice", {"catch_pair_set": "", "n_catch": 2}, "Choose where the images of the catch trials come from"),
        ("people", {"questionnaire": "Age: how old?"}, "two or more different choices"),
        ("people", {"labels": "Anna\nAnna"}, "Each observer needs a label of their own"),
        ("analysis", {"catch_at_least": 50}, "There are no catch trials"),
        ("analysis", {"margin": 0.7}, "less than or equal to 0.49"),
    ],
)
def test_what_cannot_be_is_shown_again_with_a_summary_and_changes_nothing(
    browser: Client, owner: User, step: str, changes: dict[str, object], message: str
) -> None:
    study = make_study(owner=owner, pair_set=make_pair_set(n=8))
    events = AuditEvent.objects.count()

    answer = browser.post(address(study, step), sent(study, step, **changes))

    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "<title>Error: " in page
    name = next(iter(changes))
    target = re.search(rf'<a href="#(id_{name}\w*)">[^<]*{re.escape(message)}', page)
    assert target, "no link from the summary to the field"
    assert f'id="{target[1]}"' in page
    field = re.search(rf'<\w+[^>]*name="{name}"[^>]*>', page)
    assert field
    assert 'aria-invalid="true"' in field[0]
    assert f"id_{name}_error" in field[0]
    assert f'id="id_{name}_error"' in page
    assert AuditEvent.objects.count() == events
    assert not Observer.objects.exists()


def test_observers_who_cannot_be_invited_leave_the_step_unsaved_and_what_was_typed_there(
    browser: Client, owner: User
) -> None:
    study = make_study(owner=owner)
    data = sent(study, "people", consent_text="I agree to it.", labels="Anna\nAnna")

    page = browser.post(address(study, "people"), data).content.decode()

    study.refresh_from_db()
    assert study.consent_text == ""
    assert "I agree to it." in page
    assert "Anna\nAnna" in page


@pytest.mark.parametrize("sent_number", ["9" * 40, "-" + "9" * 40, "0", "x"])
def test_numbers_of_pairs_that_no_row_can_have_are_refused(sent_number: str) -> None:
    study = make_study()
    stronger = make_pair_set_of_strength(study.pair_set, 8)
    browser = Client()
    browser.force_login(study.owner)
    for name, given in (("further_pair_sets", [stronger.pk, sent_number]), ("pair_set", sent_number)):
        page = browser.post(address(study, "images"), sent(study, "images", **{name: given}))
        assert page.status_code == 422
        assert page.context["form"].errors.keys() == {name}
    assert not study.further_pair_sets.exists()


def test_wrong_strengths_are_told_beside_the_field(browser: Client, owner: User) -> None:
    pair_set = make_pair_set(n=8)
    stronger, other = make_pair_set_of_strength(pair_set, 8), make_pair_set(n=8, strength=6)
    study = make_study(owner=owner, pair_set=pair_set)

    wrong = sent(study, "images", further_pair_sets=[stronger.pk, other.pk])
    page = browser.post(address(study, "images"), wrong)
    assert page.status_code == 422
    assert "has other images than" in page.content.decode()
    # The main pairs are offered too: who ticks them says nothing new.
    browser.post(address(study, "images"), sent(study, "images", further_pair_sets=[pair_set.pk, stronger.pk]))
    assert [used.strength for used in Study.objects.get().strengths] == [4, 8]


def test_attacks_are_chosen_in_groups_and_compared_only_where_the_form_says_so(browser: Client, owner: User) -> None:
    pair_set = make_pair_set(n=8)
    stronger, other = make_pair_set_of_strength(pair_set, 8), make_pair_set_of_attack(pair_set, "fgsm")
    study = make_study(owner=owner, pair_set=pair_set)
    images = address(study, "images")

    offered = browser.get(images).content.decode()
    groups = re.findall(r"<strong>(dataset [^<]*)</strong>", offered)
    assert [group.partition(": ")[2].partition(" (")[0] for group in groups] == ["FGSM", "generator"]
    listed = offered.partition(f"<strong>{groups[0]}</strong>")[2]
    assert listed.index(other.name) < listed.index(f"<strong>{groups[1]}</strong>") < listed.index(stronger.name)
    page = browser.post(images, sent(study, "images", further_pair_sets=[stronger.pk, other.pk]))
    assert page.status_code == 422
    assert "Say that several attacks are compared" in page.content.decode()
    alike = sent(study, "images", further_pair_sets=[stronger.pk], compares_attacks="on")
    page = browser.post(images, alike)
    assert page.status_code == 422
    assert "All of these image pairs are of one attack" in page.content.decode()
    both = sent(study, "images", further_pair_sets=[stronger.pk, other.pk], compares_attacks="on")
    assert browser.post(images, both).status_code == 302
    assert Study.objects.get().attack_names == ("Generator", "FGSM")


def test_what_becomes_wrong_in_another_step_is_told_and_hinders_no_step(browser: Client, owner: User) -> None:
    pair_set, larger = make_pair_set(n=8), make_pair_set(n=8, size=16)
    catch = make_pair_set_of_strength(pair_set, 9)
    study = make_study(owner=owner, pair_set=pair_set, n_catch=1, catch_pair_set=catch)

    answer = browser.post(address(study, "images"), sent(study, "images", pair_set=larger.pk))

    assert answer.status_code == 302
    assert "catch trials would show by their size" in text_of(browser, address(study, "practice"))
    check = text_of(browser, reverse("studies:study-check", args=[study.pk]))
    assert "catch trials would show by their size" in check
    assert f'href="{address(study, "practice")}#div_id_catch_pair_set"' in check
    assert "Open the study" not in check
    browser.post(reverse("studies:study-open", args=[study.pk]))
    do_queued_work()
    study.refresh_from_db()
    assert study.state == "draft"
    browser.post(address(study, "practice"), sent(study, "practice"))
    assert "Open the study" in text_of(browser, reverse("studies:study-check", args=[study.pk]))


def test_what_is_seldom_changed_is_folded_unless_it_was_changed_or_is_wrong(browser: Client, owner: User) -> None:
    def is_open(page: str) -> bool:
        folded = re.search(r'<details class="folded"( open)?>\s*<summary>How they are drawn</summary>', page)
        assert folded
        return folded[1] is not None

    study = make_study(owner=owner)
    assert not is_open(text_of(browser, address(study, "images")))
    wrong = browser.post(address(study, "images"), sent(study, "images", n_subsets=0)).content.decode()
    assert is_open(wrong)
    browser.post(address(study, "images"), sent(study, "images", prevalence="random"))
    assert is_open(text_of(browser, address(study, "images")))


def test_the_standard_consent_is_there_to_be_changed_and_not_stored_as_it_is(browser: Client, owner: User) -> None:
    """Who changes the English one alone gets no French text that says something else."""
    study = make_study(owner=owner)
    page = text_of(browser, address(study, "people"))
    assert "Taking part is voluntary" in page
    assert "La participation est volontaire" in page
    # As a browser sends them.
    standard = {
        "consent_text": CONSENT.en.replace("\n", "\r\n"),
        "consent_text_fr": CONSENT.fr.replace("\n", "\r\n"),
    }

    browser.post(address(study, "people"), sent(study, "people", **standard))
    study.refresh_from_db()
    assert (study.consent_text, study.consent_text_fr) == ("", "")
    assert study.text("consent_text", "fr") == CONSENT.fr
    browser.post(address(study, "people"), sent(study, "people", **standard | {"consent_text": "I agree."}))
    study.refresh_from_db()
    assert (study.consent_text, study.text("consent_text", "fr")) == ("I agree.", "I agree.")


def test_an_open_study_is_not_changed(browser: Client, owner: User) -> None:
    study = make_open_study(owner=owner)

    page = browser.post(address(study, "asked"), sent(study, "asked", title="Another"), follow=True)

    assert "only a study that is a draft can be changed" in page.content.decode()
    study.refresh_from_db()
    assert study.title == "Noise study"
    check = browser.get(reverse("studies:study-check", args=[study.pk]))
    assert check["Location"] == reverse("studies:study-detail", args=[study.pk])


@pytest.mark.parametrize("step", ["nowhere", "check"])
def test_there_is_no_other_step(browser: Client, owner: User, step: str) -> None:
    study = make_study(owner=owner)

    assert browser.get(address(study, step)).status_code == 404
    assert browser.post(reverse("studies:study-estimate", args=[study.pk, step])).status_code == 404


def test_a_colleagues_steps_are_not_there(browser: Client) -> None:
    study = make_study()

    for step in STEPS:
        assert browser.get(address(study, step.key)).status_code == 404
        assert browser.post(address(study, step.key), sent(study, step.key)).status_code == 404
        assert browser.post(reverse("studies:study-estimate", args=[study.pk, step.key])).status_code == 404


def test_the_estimate_follows_what_is_typed_and_saves_nothing(browser: Client, owner: User) -> None:
    study = make_study(owner=owner, pair_set=make_pair_set(n=8))
    url = reverse("studies:study-estimate", args=[study.pk, "images"])

    text = browser.post(url, sent(study, "images", n_perturbed=500, n_clean=500)).content.decode()

    assert "A session takes about 84 minutes." in text  # 1,000 trials of 5 s, and the texts
    assert "The series needs 1,000 lesions, and the image pairs hold 8: 992 too few." in text
    study.refresh_from_db()
    assert study.n_perturbed == 3
    # The same figure from the server, without a script.
    browser.post(address(study, "images"), sent(study, "images", n_perturbed=500, n_clean=500))
    saved = text_of(browser, address(study, "images"))
    assert "A session takes about 84 minutes." in saved
    assert "992 too few" in saved


def test_the_estimate_passes_over_what_is_wrong(browser: Client, owner: User) -> None:
    study = make_study(owner=owner, pair_set=make_pair_set(n=8))
    url = reverse("studies:study-estimate", args=[study.pk, "images"])

    text = browser.post(url, sent(study, "images", n_perturbed="many", n_clean=4, seed="")).content.decode()

    assert "The series needs 7 lesions" in text
