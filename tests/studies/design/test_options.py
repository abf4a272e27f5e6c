"""The list of a study's options: form, command, lifecycle and protocol take every one of them."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import BooleanField, TextField
from django.test import Client
from django.urls import reverse

from ml.models import PairSet
from studies.design import protocol
from studies.design.lifecycle import change_study, close_study, drafts
from studies.design.option import StudyOption
from studies.design.options import OPTIONS, STEPS, STUDY_OPTIONS
from studies.errors import StudyError
from studies.models import Study
from studies.report import facts
from studies.report.build import build_report
from studies.report.facts import StudyFacts
from studies.report.sections.elements import Section
from studies.report.sections.study.design import design_section
from studies.researcher.study_form import StudyForm
from tests.ml.visibility_rows import add_visibility
from tests.pages import without_addresses
from tests.studies.factories import (
    make_open_study,
    make_pair_set,
    make_pair_set_of_attack,
    make_pair_set_of_strength,
    make_researcher,
    make_study,
)

pytestmark = pytest.mark.django_db

every_option = pytest.mark.parametrize("option", STUDY_OPTIONS, ids=lambda option: option.name)
every_entry = pytest.mark.parametrize(
    "option", [option for option in STUDY_OPTIONS if option.protocol], ids=lambda option: option.name
)

# What cannot be set alone.
NEEDED = {
    "flicker_hz": ("trial_type",),
    "n_catch": ("catch_pair_set",),
    "catch_pair_set": ("n_catch",),
    "catch_at_least": ("n_catch", "catch_pair_set"),
    "leaves_out_rejected": ("trial_type",),
    "questionnaire_fr": ("questionnaire",),
    "further_pair_sets": ("compares_attacks",),
    "compares_attacks": ("further_pair_sets",),
    "control_pair_set": ("compares_attacks", "further_pair_sets"),
    "adapts_strength": ("further_pair_sets", "allocation", "n_perturbed"),
    "ethics_number": ("ethics_committee",),
    # A word is there in both languages, or in neither.
    **{f"{name}_word": (f"{name}_word_fr",) for name in ("images", "perturbed", "clean")},
    **{f"{name}_word_fr": (f"{name}_word",) for name in ("images", "perturbed", "clean")},
    "pool_size": ("allocation",),
    **{f"visibility_{limit}": ("visibility_measure",) for limit in ("low", "high", "tolerance")},
    "group_question": ("questionnaire",),
    # What passes a check is of no matter where there is none.
    **{f"least_window_{side}": ("checks_window",) for side in ("width", "height")},
    **{f"{end}_pixel_ratio": ("checks_pixel_ratio",) for end in ("least", "most")},
    "brightness_at_least": ("checks_brightness",),
    "colour_vision_at_least": ("checks_colour_vision",),
    **dict.fromkeys(("refuses_wide_gamut", "refuses_high_dynamic_range"), ("checks_screen_colours",)),
    "checks_viewing_distance": ("asks_calibration",),
    **dict.fromkeys(("least_distance_cm", "most_distance_cm"), ("checks_viewing_distance", "asks_calibration")),
    "checks_acuity": ("asks_calibration",),
    **dict.fromkeys(("least_acuity", "acuity_distance_cm"), ("checks_acuity", "asks_calibration")),
    "checks_comprehension": ("comprehension",),
    "comprehension_fr": ("comprehension",),
    **{f"comprehension_{name}": ("checks_comprehension", "comprehension") for name in ("at_least", "tries")},
}
# What no study has together.
SETS = ("n_subsets", "groups", "flicker_hz", "adapts_strength")
POOL = ("allocation", "pool_size", "group_question", "flicker_hz", "adapts_strength")
# What counts for another trial type than that of `other_values`.
OF_ANOTHER_TYPE: dict[str, dict[str, object]] = {"flicker_hz": {"trial_type": "flicker"}}

# The report's section on the design is written in sentences, and so is the list on the page of a study: neither follows
# from the records. A new option is told there, or it is named here with the reason why not.
NOT_IN_THE_SECTION = {
    *("instructions", "consent_text", "title_fr", "question_fr", "instructions_fr", "consent_text_fr"),  # long texts
    *("questionnaire", "questionnaire_fr", "asks_comments", "asks_calibration"),  # told where the answers are
    "title",  # the report's own
    "session_minutes",  # no part of a trial
    *("debriefing", "debriefing_fr", "debriefs_withdrawn"),  # after the last trial
    *("comprehension", "comprehension_fr"),  # long texts
    "display_rule",  # told with the windows that were unfit
    *("shows_score", "closes_when_finished", "seed"),  # no part of a trial; in the protocol, or of no effect on it
    "may_be_reopened",  # told where it was made use of
    # What becomes of the data is promised to observers; a reader is told what came of it.
    *("data_controller", "data_contact", "data_purpose", "data_purpose_fr", "legal_basis"),
    *("kept_days", "keeps_detached_answers", "later_withdrawal", "outside_ids_kept_days"),
    "abandoned_after_minutes",  # told with the observers' way through the study
    *("authors", "institution", "ethics_committee", "ethics_number", "ethics_exemption"),  # a section of their own
    *("registry", "registration", "funding", "conflicts"),
}
NOT_ON_THE_PAGE = {
    *("asks_calibration", "asks_comments", "shows_score", "debriefs_withdrawn"),
    *("data_purpose", "data_purpose_fr", "legal_basis"),  # on the study's page on data protection
    "keeps_detached_answers",  # told where the time is set after which it counts
}


def other_values() -> dict[str, object]:
    """Return a value for each option that is not the usual one; there are image pairs for all of them."""
    pair_set = make_pair_set(n=1, size=4)
    fgsm = make_pair_set_of_attack(pair_set, "fgsm", strength=6)
    return {
        "title": "Another",
        "title_fr": "Une autre",
        "trial_type": "degradation",
        "question": "Q?",
        "question_fr": "Q ?",
        "instructions": "I",
        "instructions_fr": "J",
        "images_word": "chest radiographs",
        "images_word_fr": "radiographies du thorax",
        "perturbed_word": "altered",
        "perturbed_word_fr": "altérée",
        "clean_word": "original",
        "clean_word_fr": "originale",
        "consent_text": "C",
        "consent_text_fr": "D",
        "session_minutes": 25,
        "questionnaire": "Age: number 1-99\nSpecialty: dermatology | other *",
        "questionnaire_fr": "Âge : nombre 1-99\nSpécialité : dermatologie | autre *",
        "asks_diagnosis": True,
        "pair_set": pair_set,
        "n_perturbed": 5,
        "n_clean": 4,
        "one_lesion_once": False,
        "visibility_measure": "flip",
        "visibility_low": 0.0,
        "visibility_high": 1.0,
        "visibility_tolerance": 0.5,
        "n_subsets": 2,
        "allocation": "pool",
        "pool_size": 60,
        "prevalence": "random",
        "longest_run": 3,
        "n_practice": 2,
        "n_catch": 2,
        "n_repeated": 3,
        "catch_pair_set": make_pair_set_of_strength(pair_set, 30),
        "further_pair_sets": [fgsm],
        "compares_attacks": True,
        "control_pair_set": fgsm,
        "adapts_strength": True,
        "margin": 0.1,
        "catch_at_least": 50,
        "rt_at_least_ms": 200,
        "leaves_out_partly_shown": True,
        "leaves_out_rejected": True,
        "scale": 2,
        "display_rule": "refuse",
        "display_ms": 500,
        "flicker_hz": 3.0,
        "fixation_ms": 200,
        "pause_ms": 100,
        "break_every": 3,
        "asks_calibration": True,
        "asks_comments": True,
        "shows_score": True,
        "debriefing": "B",
        "debriefing_fr": "E",
        "debriefs_withdrawn": True,
        "data_controller": "A clinic",
        "data_contact": "dpo@clinic.example",
        "data_purpose": "P",
        "data_purpose_fr": "F",
        "legal_basis": "public_interest",
        "kept_days": 90,
        "keeps_detached_answers": False,
        "later_withdrawal": "erases",
        "outside_ids_kept_days": 90,
        "groups": "dermatologists\ngeneral practitioners",
        "group_question": "Specialty",
        "abandoned_after_minutes": 60,
        "checks_touch": "end",
        "checks_window": "record",
        "least_window_width": 900,
        "least_window_height": 500,
        "checks_pixel_ratio": "end",
        "least_pixel_ratio": 1.5,
        "most_pixel_ratio": 2.5,
        "checks_zoom": "record",
        "checks_screen_colours": "leave_out",
        "refuses_wide_gamut": True,
        "refuses_high_dynamic_range": True,
        "checks_viewing_distance": "leave_out",
        "least_distance_cm": 45,
        "most_distance_cm": 70,
        "checks_brightness": "record",
        "brightness_at_least": 5,
        "checks_colour_vision": "end",
        "colour_vision_at_least": 6,
        "checks_acuity": "record",
        "least_acuity": 0.5,
        "acuity_distance_cm": 80,
        "checks_comprehension": "end",
        "comprehension_at_least": 1,
        "comprehension_tries": 3,
        "comprehension": "How often?: once | as often as I like =\nAlone?: yes = | no",
        "comprehension_fr": "Combien de fois ? : une fois | autant que je veux =\nSeul ? : oui = | non",
        "closes_when_finished": False,
        "may_be_reopened": True,
        "authors": "Ada Lovelace, 0000-0002-1825-0097\nCharles Babbage",
        "institution": "A hospital",
        "ethics_committee": "A committee",
        "ethics_number": "17/2026",
        "ethics_exemption": "No patient takes part.",
        "registry": "OSF",
        "registration": "osf.io/abcde",
        "funding": "A foundation, which had no say.",
        "conflicts": "none",
        "seed": 10,
    }


def changes_of(option: StudyOption) -> dict[str, object]:
    """Return the option with another value, and what else it needs."""
    values = other_values() | OF_ANOTHER_TYPE.get(option.name, {})
    usual = {"pair_set": values["pair_set"]}
    if option.name == "adapts_strength":  # strengths of one attack
        pair_set = values["pair_set"]
        assert isinstance(pair_set, PairSet)
        values["further_pair_sets"] = [make_pair_set_of_strength(pair_set, strength) for strength in (6, 8)]
    return usual | {name: values[name] for name in (option.name, *NEEDED.get(option.name, ()))}


def value_of(study: Study, option: StudyOption) -> object:
    value = getattr(Study.objects.get(pk=study.pk), option.name)
    return list(value.all()) if option.name == "further_pair_sets" else value


def arguments_for(option: StudyOption, value: object, folder: Path) -> list[str]:
    """Return what is typed for the option to have the value."""
    if isinstance(option.field, BooleanField):
        return [option.flag.name]
    if isinstance(value, list):
        return [argument for one in value for argument in arguments_for(option, one, folder)]
    if isinstance(option.field, TextField):
        path = folder / option.name
        path.write_text(str(value), encoding="utf-8")
        return [option.flag.name, str(path)]
    text = value.name if isinstance(value, PairSet) else str(value)
    return [option.flag.name, text] if option.flag.name.startswith("-") else [text]


def held(value: object) -> object:
    """Return what the protocol holds of a value: image pairs by their names."""
    if isinstance(value, list):
        return [{"pair_set": one.name, "attack": one.attack.name, "strength_levels": one.strength} for one in value]
    return value.name if isinstance(value, PairSet) else value


def test_the_list_has_every_field_that_a_researcher_sets() -> None:
    fields = [*Study._meta.fields, *Study._meta.many_to_many]
    assert OPTIONS.keys() == {field.name for field in fields if field.editable and not field.auto_created} - {"owner"}
    assert len(OPTIONS) == len(STUDY_OPTIONS)
    assert other_values().keys() == OPTIONS.keys()


def test_the_steps_ask_for_every_option_once_and_in_the_lists_order() -> None:
    pair_set = make_pair_set(n=1)
    make_pair_set_of_strength(pair_set, 8)
    study = make_study(pair_set=pair_set)

    forms = [StudyForm(step=step, instance=study, by=study.owner) for step in STEPS]

    laid_out = [pointer.name for form in forms for pointer in form.helper.layout.get_field_names()]
    assert laid_out == list(OPTIONS)
    assert {name for form in forms for name in form.fields} == OPTIONS.keys()
    assert {option.step for option in STUDY_OPTIONS} == set(STEPS)


@every_option
def test_an_option_that_was_changed_is_not_as_usual(option: StudyOption) -> None:
    changes = changes_of(option)
    usual, changed = make_study(pair_set=make_pair_set(n=1)), make_study(**changes)  # type: ignore[arg-type]
    if option.name not in {"title", "n_perturbed", "n_clean"}:  # the factory's
        assert option.is_usual(usual)
    has_none = option.name in {"pair_set", "seed"}
    assert option.is_usual(changed) == has_none


def test_what_is_asked_first_is_what_has_no_default() -> None:
    assert [option.name for option in STUDY_OPTIONS if option.is_asked_first] == ["title", "pair_set"]


@every_option
def test_a_flag_gives_a_study_the_option(option: StudyOption, tmp_path: Path) -> None:
    make_researcher()
    changes = changes_of(option)
    title = [] if option.name == "title" else ["T"]
    arguments = [text for name in changes for text in arguments_for(OPTIONS[name], changes[name], tmp_path)]

    call_command("create_study", *title, *arguments, stdout=io.StringIO())

    assert value_of(Study.objects.get(), option) == changes[option.name]


@every_option
def test_an_option_is_changed_in_a_draft(option: StudyOption) -> None:
    changes = changes_of(option)
    draft = make_study(pair_set=make_pair_set(n=1))
    assert value_of(draft, option) != changes[option.name]

    change_study(study=draft, by=draft.owner, **changes)

    assert value_of(draft, option) == changes[option.name]
    if option.may_be_emptied:
        change_study(study=draft, by=draft.owner, **({"n_catch": 0} | {option.name: None}))
        assert value_of(draft, option) is None


def test_every_option_that_is_fixed_at_the_opening_is_refused_from_then_on() -> None:
    study, values = make_open_study(), other_values()

    for option in STUDY_OPTIONS:
        before = value_of(study, option)
        assert before != values[option.name]
        if option.fixed_at_opening:
            with pytest.raises(StudyError, match="is open"):
                change_study(study=study, by=study.owner, **{option.name: values[option.name]})
            assert value_of(study, option) == before


@every_entry
def test_the_protocol_holds_the_option_and_gives_it_back(option: StudyOption) -> None:
    changes = changes_of(option)
    assert option.protocol is not None
    unchanged = protocol.write_protocol(make_study(pair_set=make_pair_set(n=1)), stimuli=[])
    changed = protocol.write_protocol(make_study(**({"n_perturbed": 3} | changes)), stimuli=[])  # type: ignore[arg-type]

    assert option.protocol.read(changed) == held(changes[option.name])
    assert option.protocol.read(unchanged) != held(changes[option.name])


@pytest.mark.parametrize("left_out", [SETS, POOL])
def test_all_flags_together_make_and_open_a_study_whose_protocol_holds_all_options(
    left_out: tuple[str, ...], tmp_path: Path
) -> None:
    make_researcher()
    pair_set = make_pair_set(n=70, size=4)
    values = {name: value for name, value in other_values().items() if name not in left_out} | {
        "pair_set": pair_set,
        "catch_pair_set": make_pair_set_of_strength(pair_set, 30),
        "further_pair_sets": [control := make_pair_set_of_attack(pair_set, "fgsm", strength=6)],
        "control_pair_set": control,
    }
    for measured in (pair_set, *values["further_pair_sets"]):  # type: ignore[misc]
        add_visibility(measured, [place / 70 for place in range(70)])
    arguments = [text for name, value in values.items() for text in arguments_for(OPTIONS[name], value, tmp_path)]

    call_command("create_study", *arguments, "--open", stdout=io.StringIO())

    study = Study.objects.get()
    assert study.state == Study.State.OPEN
    assert study.protocol is not None
    for option in [OPTIONS[name] for name in values]:
        assert value_of(study, option) == values[option.name], option.name
        if option.protocol is not None:
            assert option.protocol.read(study.protocol) == held(values[option.name]), option.name


def test_no_two_entries_of_the_protocol_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    study = make_study()
    entries = [option.protocol for option in STUDY_OPTIONS if option.protocol]
    monkeypatch.setattr(protocol, "STUDY_OPTIONS", ())

    facts = protocol.write_protocol(study, stimuli=[])

    assert len({entry.path for entry in entries}) == len(entries)
    assert not [entry.path for entry in entries if entry.is_in(facts)]


def test_the_protocol_is_the_document_that_readers_know() -> None:
    """Its hash is published: neither a key nor a value may come to look otherwise."""
    pair_set = make_pair_set(n=1)
    for one, name in ((pair_set.dataset, "D"), (pair_set.attack.attacked_classifier, "C"), (pair_set.attack, "A")):
        one.name = name
        one.save()
    pair_set.name = "P"
    pair_set.save()
    study = make_study(pair_set=pair_set, title="T", question="Q", display_ms=500, questionnaire="Age: number 1-9")

    written = protocol.write_protocol(Study.objects.get(pk=study.pk), stimuli=[{"name": "S01", "sha256": "0"}])

    assert written.pop("study") == str(study.uid)
    assert protocol.protocol_text(written) == (
        '{"analysis":{"exclusions":{"answers_to_partly_shown_images":false,"catch_trials_seen_at_least_percent":0,'
        '"observers_rejected_by_bt500":false,"response_time_at_least_ms":0},'
        '"families_of_tests":"one verdict for each strength, p-values adjusted after '
        'Holm over the strengths","included":"the series of sessions that were finished, and neither rejected nor '
        "given back to a recruiter, without practice and catch trials; a withdrawn session's answers are deleted\","
        '"level":0.95,"margin_of_equivalence":0.05,'
        '"pooled_interval":"clustered by image; with three or more observers also images and observers random",'
        '"rule_of_equivalence":"d_prime"},'
        '"asks_comments":false,"asks_diagnosis":false,"attack":{"classifier":"C","compares_attacks":false,"further_strengths":[],'
        ""
        '"kind":"generator","name":"A","strength_levels":4.0,"target_class":"nv"},"catch":{"n":0,"pair_set":null,'
        '"strength_levels":null},"consent_text":"","consent_text_fr":"","debriefing":"","debriefing_fr":"","debriefs_withdrawn":false,"display":{"asks_calibration":false,'
        '"break_every_trials":0,"fixation_ms":0,"image_ms":500,"pause_ms":0,"screen_pixels_per_image_pixel":1,'
        '"unfit_window":"flag"},"group_question":"","groups":"","images":{"allocation":"shared","dataset":"D","n_clean":2,"n_perturbed":3,"n_subsets":1,'
        '"one_lesion_once":true,"pair_set":"P","pool_size":null,"prevalence":"fixed","side_pixels":12,"split":"test",'
        '"synthetic":true,"visibility":{"from":null,"matched_within":null,"measure":"","to":null}},"instructions":"","instructions_fr":"","minutes_told":null,"practice":{"feedback":true,"n":0},'
        '"protocol_version":6,"question":"Q","question_fr":"","questionnaire":"Age: number 1-9",'
        '"questionnaire_fr":"","randomization":{"drawing_version":2,"lesions_apart":true,"longest_run":0,"seed":1},"repeats":{"n":0},'
        '"running":{"abandoned_after_minutes":null,"may_be_reopened":false},"screening":{"acuity":"off","acuity_distance_cm":60,"brightness":"off","brightness_at_least":6,"colour_vision":"off","colour_vision_at_least":7,"comprehension":"off","comprehension_at_least":null,"comprehension_questions":"","comprehension_questions_fr":"","comprehension_tries":2,"least_acuity":0.3,"least_distance_cm":40,"least_pixel_ratio":1.0,"least_window_height":600,"least_window_width":1000,"most_distance_cm":80,"most_pixel_ratio":3.0,"pixel_ratio":"off","refuses_high_dynamic_range":false,"refuses_wide_gamut":false,"screen_colours":"off","touch":"off","viewing_distance":"off","window":"off","zoom":"off"},"shows_score":false,"stimuli":[{"name":"S01","sha256":"0"}],"title":"T","title_fr":"",'
        '"trial_type":"yes_no","trial_type_explained":"'
        + study.trials.explained
        + '","words":{"clean":"","clean_fr":"",'
        '"images":"","images_fr":"","perturbed":"","perturbed_fr":""}}'
    )


def test_what_is_not_fixed_at_the_opening_is_changed_until_the_study_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drafts, "CHANGEABLE_LATER", frozenset({"closes_when_finished"}))
    study = make_open_study()

    change_study(study=study, by=study.owner, closes_when_finished=False)

    study.refresh_from_db()
    assert not study.closes_when_finished
    refused: list[dict[str, object]] = [{"closes_when_finished": True, "title": "T"}, {"further_pair_sets": []}, {}]
    for fields in refused:
        with pytest.raises(StudyError, match="is open"):
            change_study(study=study, by=study.owner, **fields)
    close_study(study=study, by=study.owner)
    with pytest.raises(StudyError, match="is closed"):
        change_study(study=study, by=study.owner, closes_when_finished=True)


def test_further_strengths_that_are_no_image_pairs_are_an_error_of_the_program() -> None:
    with pytest.raises(TypeError, match="further strengths are image pairs, not 'pairs 1'"):
        make_study(further_pair_sets=["pairs 1"])


def without(option: StudyOption, changes: dict[str, object]) -> dict[str, object]:
    """Return what gives a study that differs from the one of `changes` in the option alone."""
    others = {name: value for name, value in changes.items() if name != option.name}
    if option.name == "catch_pair_set":  # there is none without catch trials
        pair_set = changes["pair_set"]
        assert isinstance(pair_set, PairSet)
        others[option.name] = make_pair_set_of_strength(pair_set, 20)
    if "_word" in option.name:
        (other,) = NEEDED[option.name]
        del others[other]
    if option.name == "further_pair_sets":  # nothing is compared without them
        del others["compares_attacks"]
    if option.name == "compares_attacks":  # pairs of another attack are compared, or refused
        pair_set = changes["pair_set"]
        assert isinstance(pair_set, PairSet)
        others["further_pair_sets"] = [make_pair_set_of_strength(pair_set, 6)]
    return others


def section_of(study: Study) -> Section:
    study.state = Study.State.CLOSED
    return design_section(build_report(study))


def page_of(study: Study, client: Client) -> str:
    """Return what the page says of the design, without addresses and tokens, which no two studies share."""
    client.force_login(study.owner)
    page = client.get(reverse("studies:study-detail", args=[study.pk])).content.decode()
    design = page.partition('<h2 id="design">')[2].partition("<summary>What was done</summary>")[0]
    assert design
    return without_addresses(design)


@pytest.mark.thorough
@every_option
def test_the_report_and_the_page_of_the_study_tell_the_option(option: StudyOption, client: Client) -> None:
    changes = changes_of(option)
    study, other = make_study(**changes), make_study(**without(option, changes))  # type: ignore[arg-type]

    assert (page_of(study, client) == page_of(other, client)) == (option.name in NOT_ON_THE_PAGE)
    assert (section_of(study) == section_of(other)) == (option.name in NOT_IN_THE_SECTION)


def test_the_figures_keep_the_keys_that_readers_know_and_their_order() -> None:
    study = make_study(pair_set=make_pair_set(n=1), title="T", question="Q", display_ms=500)

    written = StudyFacts.of(Study.objects.get(pk=study.pk)).as_dict()

    assert json.dumps(written, ensure_ascii=False) == (
        '{"title": "T", "trial_type": "yes_no", "question": "Q", "asks_diagnosis": false, "state": "draft", '
        '"opened_at": null, "closed_at": null, "unblinded_at": null, "protocol_sha256": "", "n_perturbed": 3, '
        '"n_clean": 2, "n_catch": 0, "n_practice": 0, "n_subsets": 1, "prevalence": "fixed", "strengths": [4.0], '
        '"margin": 0.05, "display_ms": 500, "synthetic_images": true}'
    )


def test_an_option_that_is_new_in_the_figures_stands_after_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    told = replace(OPTIONS["scale"], in_figures=True)
    monkeypatch.setattr(facts, "STUDY_OPTIONS", (told, *STUDY_OPTIONS))

    written = StudyFacts.of(make_study(pair_set=make_pair_set(n=1), scale=2)).as_dict()

    assert list(written.items())[-1] == ("scale", 2)
