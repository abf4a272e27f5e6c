"""What each trial type takes for an answer, and what would have been right."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import get_template
from django.utils.translation import override

from studies.errors import IncompleteAnswerError
from studies.models import Answer, Study
from studies.trial_types import OWN_PACE, TRIAL_TYPES, Buttons, Judgement, Words
from studies.trial_types.marked_place import require_within

WORDS = Words(images="radiographs", perturbed="altered", clean="as taken")


@pytest.mark.parametrize(
    ("trial_type", "said", "judgement"),
    [
        ("yes_no", {"response": "perturbed"}, Judgement("perturbed")),
        ("yes_no", {"response": "clean", "rating": "6", "confidence": "x"}, Judgement("clean")),
        ("yes_no_confidence", {"response": "clean", "confidence": "3"}, Judgement("clean", confidence=3)),
        ("rating", {"rating": "1"}, Judgement("clean", rating=1)),
        ("rating", {"rating": "3"}, Judgement("clean", rating=3)),
        ("rating", {"rating": "4"}, Judgement("perturbed", rating=4)),
        ("rating", {"rating": "6", "response": "clean"}, Judgement("perturbed", rating=6)),
        ("two_afc", {"response": "second"}, Judgement("second")),
        ("same_different", {"response": "different"}, Judgement("different")),
        (
            "marked_place",
            {"rating": "5", "place_x": "0", "place_y": "11"},
            Judgement("perturbed", rating=5, place_x=0, place_y=11),
        ),
        ("degradation", {"grade": "1"}, Judgement("different", grade=1)),
        ("degradation", {"grade": "4", "response": "same"}, Judgement("different", grade=4)),
        ("degradation", {"grade": "5"}, Judgement("same", grade=5)),
        ("flicker", {"response": "first", "confidence": "3"}, Judgement("first")),
    ],
)
def test_an_answer_is_read(trial_type: str, said: dict[str, str], judgement: Judgement) -> None:
    assert TRIAL_TYPES[trial_type].read(said, WORDS) == judgement


@pytest.mark.parametrize(
    ("trial_type", "said"),
    [
        ("yes_no", {}),
        ("yes_no", {"response": "first"}),
        ("yes_no", {"response": "PERTURBED"}),
        ("yes_no_confidence", {"response": "clean"}),
        ("yes_no_confidence", {"response": "clean", "confidence": "4"}),
        ("yes_no_confidence", {"confidence": "1"}),
        ("rating", {"response": "clean"}),
        ("rating", {"rating": "0"}),
        ("rating", {"rating": "7"}),
        ("rating", {"rating": "٣"}),
        ("two_afc", {"response": "perturbed"}),
        ("same_different", {"response": "clean"}),
        ("marked_place", {"place_x": "1", "place_y": "1"}),
        ("degradation", {"response": "same"}),
        ("degradation", {"grade": "0"}),
        ("degradation", {"grade": "6"}),
        ("flicker", {"response": "different"}),
    ],
)
def test_what_is_no_answer_is_refused_with_the_choices(trial_type: str, said: dict[str, str]) -> None:
    with pytest.raises(IncompleteAnswerError, match="Choose one of these answers: “"):
        TRIAL_TYPES[trial_type].read(said, WORDS)


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"place_x": "3"},
        {"place_x": "-1", "place_y": "3"},
        {"place_x": "1.5", "place_y": "3"},
        {"place_x": "٣", "place_y": "3"},
        {"place_x": "9" * 6, "place_y": "3"},
    ],
)
def test_a_rating_without_a_place_is_refused(place: dict[str, str]) -> None:
    with pytest.raises(IncompleteAnswerError, match="Mark a place in the image"):
        TRIAL_TYPES["marked_place"].read({"rating": "2", **place}, WORDS)


@pytest.mark.parametrize("place", [(12, 0), (0, 12)])
def test_a_place_outside_the_image_is_refused(place: tuple[int, int]) -> None:
    with pytest.raises(IncompleteAnswerError, match="Mark a place in the image"):
        require_within(Judgement("clean", rating=2, place_x=place[0], place_y=place[1]), 12)


@pytest.mark.parametrize(
    ("trial_type", "perturbed", "expected"),
    [
        ("yes_no", (True,), "perturbed"),
        ("yes_no", (False,), "clean"),
        ("yes_no_confidence", (True,), "perturbed"),
        ("yes_no_confidence", (False,), "clean"),
        ("rating", (True,), "perturbed"),
        ("rating", (False,), "clean"),
        ("two_afc", (True, False), "first"),
        ("two_afc", (False, True), "second"),
        ("same_different", (False, False), "same"),
        ("same_different", (True, False), "different"),
        ("same_different", (False, True), "different"),
        ("marked_place", (True,), "perturbed"),
        ("marked_place", (False,), "clean"),
        ("degradation", (False, False), "same"),
        ("degradation", (False, True), "different"),
        ("flicker", (True, False), "first"),
        ("flicker", (False, True), "second"),
    ],
)
def test_what_is_right(trial_type: str, perturbed: tuple[bool, ...], expected: str) -> None:
    assert TRIAL_TYPES[trial_type].images == len(perturbed)
    assert TRIAL_TYPES[trial_type].expected(perturbed) == expected


@pytest.mark.parametrize("key", TRIAL_TYPES)
def test_each_has_what_its_page_needs(key: str) -> None:
    """A template, texts in both languages, no key twice, no answer that cannot be stored, and a word for each."""
    trial_type = TRIAL_TYPES[key]

    get_template(trial_type.template)
    for text in (trial_type.default_question, trial_type.default_instructions):
        assert text.in_language("en") != text.in_language("fr")
    for choices in (trial_type.responses, trial_type.ratings, trial_type.confidences, trial_type.grades):
        keys = [shortcut for choice in choices for shortcut in choice.shortcuts.split()]
        assert len(set(keys)) == len(keys)
    assert {choice.value for choice in trial_type.responses} <= set(Answer.Response.values)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("key", TRIAL_TYPES)
def test_the_standard_instructions_leave_time_only_where_the_study_does(key: str, language: str) -> None:
    own, timed = (
        Study(trial_type=key, display_ms=display_ms).text("instructions", language) for display_ms in (None, 400)
    )
    pace = OWN_PACE.in_language(language)

    assert pace.strip() in own
    assert own.replace(pace, "") == timed
    assert "{" not in own + timed


OWN = {
    "images_word": "chest {radiographs}",
    "images_word_fr": "radiographies du {thorax}",
    "perturbed_word": "altered",
    "perturbed_word_fr": "altérée",
    "clean_word": "as taken",
    "clean_word_fr": "telle quelle",
}


@pytest.mark.parametrize(
    ("language", "images"), [("en", "chest {radiographs}"), ("fr", "des radiographies du {thorax}")]
)
@pytest.mark.parametrize("key", TRIAL_TYPES)
def test_the_standard_texts_and_buttons_are_in_the_studys_words(key: str, language: str, images: str) -> None:
    study = Study(trial_type=key, **OWN)
    words = study.words(language)
    with override(language):
        choices = Buttons.of(study.trials, words)
    labels = [str(choice.label) for kind in (choices.responses, choices.ratings, choices.grades) for choice in kind]
    instructions = study.text("instructions", language)

    assert images in instructions
    for text in (*labels, instructions, study.text("question", language)):
        assert not re.search("perturb|clean|intact|lesion|lésion|dermato", text, re.IGNORECASE)
    if study.trials.images == 1:
        assert words.perturbed in instructions
        assert words.clean in instructions
        assert all(words.perturbed in label.lower() or words.clean in label.lower() for label in labels)
    assert all(label[0].isupper() for label in labels)


def test_a_word_is_there_in_both_languages_or_in_neither_and_the_two_answers_differ() -> None:
    for name in OWN:
        with pytest.raises(ValidationError) as refused:
            Study(**{name: OWN[name]}).clean()
        (field,) = refused.value.message_dict
        assert field in {f"{name}_fr", name.removesuffix("_fr")} - {name}
    with pytest.raises(ValidationError) as refused:
        Study(**{**OWN, "clean_word_fr": "Altérée"}).clean()
    assert list(refused.value.message_dict) == ["clean_word_fr"]
