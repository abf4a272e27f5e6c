"""The options of attacks: defaults, bounds, refusals in words."""

from dataclasses import dataclass, fields
from typing import Any

import pytest

from ml.attacks import ATTACKS
from ml.attacks.taxonomy import ATLAS, BLACK_BOX, NIST, WHITE_BOX
from ml.errors import MlError
from ml.options import AttackSettings, read_settings, setting


@dataclass(frozen=True, slots=True)
class Settings(AttackSettings):
    steps: int = setting(5, "steps", above=0, at_most=10)
    share: float = setting(0.5, "share", at_least=0)
    word: str = setting("this", "word", choices=("this", "that"))


def test_what_is_not_given_has_its_default_and_numbers_have_their_kind() -> None:
    read = read_settings("x", Settings, {"share": 1, "steps": 3.0})

    assert read == Settings(steps=3, share=1.0, word="this")
    assert isinstance(read.steps, int)
    assert isinstance(read.share, float)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"size": 1}, "--size: no option of the attack x. It has --steps, --share, --word"),
        ({"steps": 0}, "--steps is to be above 0, not 0"),
        ({"steps": 11}, "--steps is 10 at most, not 11"),
        ({"steps": 2.5}, "--steps is a whole number, not 2.5"),
        ({"steps": "2"}, "--steps is a number, not '2'"),
        ({"steps": True}, "--steps is a number, not True"),
        ({"share": -0.1}, "--share is 0 or more, not -0.1"),
        ({"share": float("nan")}, "--share is a number, not nan"),
        ({"word": "other"}, "--word is one of this, that; not 'other'"),
    ],
)
def test_what_cannot_be_is_refused_in_words(given: dict[str, Any], message: str) -> None:
    with pytest.raises(MlError) as refused:
        read_settings("x", Settings, given)

    assert message in str(refused.value)


@pytest.mark.parametrize("kind", ATTACKS)
def test_every_attack_explains_itself_and_its_options(kind: str) -> None:
    method = ATTACKS[kind]

    assert method.title
    assert method.strength_explained
    assert {technique.catalogue for technique in method.techniques} == {ATLAS, NIST}
    read_settings(kind, method.settings, {})
    for one in fields(method.settings):
        assert one.metadata["explained"]


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("fgsm", {"steps": 2}, "--steps: no option of the attack fgsm. It has none of its own"),
        ("pgd", {"step_size": 1.5}, "--step-size is 1 at most, not 1.5"),
        ("pgd", {"random_start": "yes"}, "--random-start is one of on, off; not 'yes'"),
        ("pgd", {"stop": "now"}, "--stop is one of once-read, never; not 'now'"),
        ("one_pixel", {"pixels": 0}, "--pixels is to be above 0"),
        ("one_pixel", {"population": 4}, "--population is 5 or more"),
        ("transform", {"trials": 0}, "--trials is to be above 0"),
        (
            "transform",
            dict.fromkeys(("rotation", "zoom", "brightness", "contrast"), "off"),
            "One of --rotation, --zoom, --brightness and --contrast is to be on",
        ),
    ],
)
def test_what_an_attack_cannot_be_asked_is_refused_in_words(kind: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(MlError) as refused:
        read_settings(kind, ATTACKS[kind].settings, given)

    assert message in str(refused.value)


def test_an_attack_that_asks_for_the_output_alone_is_a_black_box_one() -> None:
    black_box = {kind for kind, method in ATTACKS.items() if method.techniques is BLACK_BOX}

    assert black_box == {"one_pixel", "transform"}
    assert {kind for kind, method in ATTACKS.items() if method.techniques is WHITE_BOX} == set(ATTACKS) - black_box
