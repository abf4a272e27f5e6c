"""What a draft lacks, and its remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.design.drafts.readiness import findings_about, is_this_machine
from studies.design.lifecycle import change_study, keep_plan, open_study
from studies.errors import StudyError
from studies.models import Study
from studies.planning.kept_plan import make_kept_plan
from tests.studies.factories import (
    make_draft_with_observers,
    make_pair_set,
    make_pair_set_of_attack,
    make_pair_set_of_strength,
    make_study,
)

pytestmark = pytest.mark.django_db

SITE = "https://study.example.org"


def ready(*, observers: int = 1, **fields: object) -> Study:
    """Return a draft that lacks nothing."""
    usual = {
        "pair_set": make_pair_set(n=12),
        "title_fr": "Une étude",
        "consent_text": "I agree.",
        "consent_text_fr": "J’accepte.",
        "data_controller": "A clinic",
        "data_contact": "dpo@clinic.example",
        "kept_days": 365,
        "later_withdrawal": "erases",
    }
    if not observers:
        return make_study(**usual | fields)  # type: ignore[arg-type]
    return make_draft_with_observers(observers=observers, **usual | fields)


def texts(study: Study, *, base_url: str = SITE) -> list[str]:
    return [finding.text for finding in findings_about(study, base_url=base_url)]


def test_nothing_is_said_of_a_draft_that_lacks_nothing() -> None:
    assert texts(ready()) == []


@pytest.mark.parametrize(
    ("fields", "option", "text"),
    [
        ({"observers": 0}, "", "Nobody is invited."),
        ({"consent_text": "", "consent_text_fr": ""}, "consent_text", "The consent text is the standard one"),
        ({"data_contact": " "}, "data_contact", "Observers are not told who is responsible"),
        ({"kept_days": None}, "kept_days", "No time is set"),
        ({"later_withdrawal": "not"}, "later_withdrawal", "The data rest on consent, which can be taken back"),
        ({"data_purpose": "P"}, "data_purpose_fr", "Not in French: purpose."),
        (
            {"n_perturbed": 8, "n_clean": 2},
            "n_perturbed",
            "80% of the images are perturbed. Who is not told expects about half, and leans to one answer. The "
            "standard instructions do not tell the share.",
        ),
        ({"title_fr": ""}, "title_fr", "Not in French: title."),
        ({"title": "Copy of A"}, "title", "Observers read in the title that this is a copy: “Copy of A”."),
        ({"title_fr": "Copie de A"}, "title_fr", "Observers read in the title that this is a copy"),
        ({"question": "Q?", "instructions": "I"}, "question_fr", "Not in French: question, instructions."),
        ({"questionnaire": "Age: number 1-99"}, "questionnaire_fr", "Not in French: questionnaire."),
        (
            {"questionnaire": "Age: number 1-9\nWhy?: text 300", "questionnaire_fr": "Âge : nombre 1-9\nÂ : texte 300"},
            "questionnaire",
            "Observers answer in their own words: “Why?”.",
        ),
        (
            {"questionnaire": "A: b | text 300", "questionnaire_fr": "A : b | texte 300"},
            "questionnaire",
            "“text 300” is offered as an answer to “A”",
        ),
        ({"n_perturbed": 10, "n_clean": 9}, "n_perturbed", "The series needs 19 lesions, and the image pairs hold 12"),
        ({"n_practice": 9}, "n_practice", "Practice and its example need 10 lesions"),
    ],
)
def test_each_thing_that_is_lacking_is_told_with_its_place(fields: dict[str, object], option: str, text: str) -> None:
    (finding,) = findings_about(ready(**fields), base_url=SITE)  # type: ignore[arg-type]

    assert finding.text.startswith(text)
    assert finding.remedy
    assert finding.option == option
    assert finding.step is not None


def test_a_share_that_is_told_is_not_said_to_be_told_to_nobody() -> None:
    (text,) = texts(ready(n_perturbed=8, n_clean=2, instructions="8 of 10 are.", instructions_fr="8 sur 10."))

    assert "standard instructions" not in text


def test_of_two_images_side_by_side_the_share_is_half_whatever_the_numbers() -> None:
    assert texts(ready(trial_type="two_afc", n_perturbed=8, n_clean=2)) == []


def test_mixed_strengths_are_told_with_how_many_images_each_has() -> None:
    pair_set = make_pair_set(n=12)
    further = [make_pair_set_of_strength(pair_set, 8)]
    (text,) = texts(ready(pair_set=pair_set, further_pair_sets=further, n_perturbed=4, n_clean=4))

    assert "The 4 perturbed images are shared out among 2 image pairs" in text
    assert "2 of each" in text


def test_attacks_of_other_strengths_are_told_to_be_compared_with_their_strengths() -> None:
    pair_set = make_pair_set(n=12)
    told = "The attacks have different strengths"
    for strength, is_told in ((4, False), (8, True)):
        other = make_pair_set_of_attack(pair_set, "fgsm", strength=strength)
        study = ready(pair_set=pair_set, further_pair_sets=[other], compares_attacks=True)
        found = " ".join(texts(study))
        assert (told in found) == is_told
        assert "sensitivity is a mean, that of each attack over its strengths" in found


def test_the_strength_of_a_control_or_of_an_attack_without_a_bound_is_no_other_strength() -> None:
    pair_set = make_pair_set(n=12)
    unbounded = make_pair_set_of_attack(pair_set, "perc_al", strength=255)
    control = make_pair_set_of_attack(pair_set, "fgsm", strength=32)
    study = ready(
        pair_set=pair_set, further_pair_sets=[unbounded, control], compares_attacks=True, control_pair_set=control
    )

    assert "different strengths" not in " ".join(texts(study))


@pytest.mark.parametrize("n_practice", [0, 2])
def test_of_several_attacks_it_is_told_of_which_the_example_is(n_practice: int) -> None:
    pair_set = make_pair_set(n=16)
    other = make_pair_set_of_attack(pair_set, "fgsm")
    study = ready(pair_set=pair_set, further_pair_sets=[other], compares_attacks=True, n_practice=n_practice)
    told = "The example in the instructions is of the attack “Generator” alone"
    assert (told in " ".join(texts(study))) == bool(n_practice)
    assert told not in " ".join(texts(ready(n_practice=n_practice)))


def test_what_stops_the_opening_comes_first_and_nothing_else_does() -> None:
    study = ready(n_practice=9, title_fr="")
    first, second = findings_about(study, base_url=SITE)
    assert (first.stops, second.stops) == (True, False)
    with pytest.raises(StudyError, match="practice"):
        open_study(study=study, by=study.owner)

    change_study(study=study, by=study.owner, n_practice=0)
    study.refresh_from_db()
    (left,) = findings_about(study, base_url=SITE)
    assert not left.stops
    assert open_study(study=study, by=study.owner).state == "open"


def test_options_that_contradict_one_another_across_steps_are_told_in_place_of_images() -> None:
    study = ready(n_catch=1, catch_pair_set=make_pair_set(n=4, strength=9))
    change_study(study=study, by=study.owner, pair_set=make_pair_set(n=1, strength=20), n_clean=2)
    study.refresh_from_db()

    found = findings_about(study, base_url=SITE)

    assert [(finding.option, finding.stops) for finding in found] == [("catch_pair_set", True), ("n_perturbed", True)]
    assert "catch trials are to be plainer" in found[0].text


def test_a_study_that_departs_from_its_plan_is_told() -> None:
    study = ready()
    study = keep_plan(study=study, by=study.owner, plan=make_kept_plan("images=20&observers=3&margin=0.1"))

    (text,) = texts(study)

    assert text == (
        "Otherwise than planned: The study has 3 perturbed + 2 clean images in the place of 10 + 10; a margin of 0.05 "
        "in the place of 0.1; 1 observer in the place of 3."
    )


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000", "http://0.0.0.0", "http://a.localhost"],
)
def test_links_that_lead_to_this_machine_alone_are_told(url: str) -> None:
    (text,) = texts(ready(), base_url=url)

    assert url in text


@given(st.ip_addresses())
def test_a_number_is_this_machines_if_it_loops_back_or_is_none(number: object) -> None:
    assert is_this_machine(str(number)) == (number.is_loopback or number.is_unspecified)  # type: ignore[attr-defined]


@pytest.mark.parametrize("host", ["", "study.example.org", "192.168.1.4", "localhost.example.org", "10.0.0.1"])
def test_other_hosts_are_reached_by_others(host: str) -> None:
    assert not is_this_machine(host)


def test_of_a_pool_it_is_told_how_often_each_image_will_be_seen() -> None:
    pair_set = make_pair_set(n=20)
    fields = {"pair_set": pair_set, "allocation": "pool", "n_perturbed": 3, "n_clean": 2}

    (often,) = findings_about(ready(observers=8, **fields), base_url=SITE)
    (seldom,) = findings_about(ready(observers=2, pool_size=16, **fields), base_url=SITE)

    assert often.text == (
        "With 8 observers each of the 20 images of the pool is shown 2.0 times in the mean, of which perturbed, at "
        "each strength, 1.2 times."
    )
    assert (often.option, often.stops) == ("pool_size", False)
    assert often.remedy.startswith("Nothing, if it is meant")
    assert "each of the 16 images of the pool is shown 0.6 times" in seldom.text
    assert "some images will be shown to nobody" in seldom.remedy


def test_a_pool_without_images_enough_stops_the_opening() -> None:
    found = findings_about(ready(allocation="pool", pool_size=14), base_url=SITE)

    assert [finding.text for finding in found if finding.stops] == [
        "The pool needs 14 lesions, and 12 are there for it: 2 too few."
    ]


def test_of_a_large_pool_it_is_told_what_the_opening_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studies.design.drafts.readiness.MANY_FILES", 20)

    found = texts(ready(allocation="pool"))

    assert "The opening makes 24 files, 0.0 GB; it takes some minutes." in found
