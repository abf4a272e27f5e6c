"""A study of several attacks: which image pairs go together, how images are shared out, and what the protocol fixes."""

import hashlib
from collections import Counter
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ml.images.pixels import Pixels, encode_png
from ml.models import ImagePair, PairSet
from studies.design.lifecycle import open_study
from studies.errors import StudyError
from studies.models import Study, Truth
from tests.studies.factories import (
    make_open_study,
    make_pair_set,
    make_pair_set_of_attack,
    make_pair_set_of_strength,
    make_study,
)

pytestmark = pytest.mark.django_db


def three_sets(*, n: int = 30) -> tuple[PairSet, list[PairSet]]:
    """Return pairs of a generator, and those of the same at another strength and of FGSM."""
    pair_set = make_pair_set(n=n, size=4)
    return pair_set, [make_pair_set_of_strength(pair_set, 8), make_pair_set_of_attack(pair_set, "fgsm")]


def refused(field: str, message: str, **fields: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_study(**fields)
    assert message in " ".join(refusal.value.message_dict[field])
    assert not Study.objects.exists()


def test_another_attack_is_refused_unless_attacks_are_compared_and_the_way_out_is_told() -> None:
    pair_set, further = three_sets()
    refused("further_pair_sets", "--compare-attacks", pair_set=pair_set, further_pair_sets=further)
    assert make_study(pair_set=pair_set, further_pair_sets=further, compares_attacks=True).attack_names


def test_several_attacks_need_more_than_one() -> None:
    pair_set = make_pair_set(n=8)
    refused("compares_attacks", f"{pair_set.name} is of one attack", pair_set=pair_set, compares_attacks=True)
    refused(
        "compares_attacks",
        "All of these image pairs are of one attack",
        pair_set=pair_set,
        further_pair_sets=[make_pair_set_of_strength(pair_set, 8)],
        compares_attacks=True,
    )


def test_one_of_several_attacks_may_be_a_positive_control_and_comes_last_whatever_its_bound() -> None:
    pair_set = make_pair_set(n=8)
    control = make_pair_set_of_attack(pair_set, "fgsm", strength=32)
    others = [control, make_pair_set_of_attack(pair_set, "pgd", strength=255)]

    study = make_study(pair_set=pair_set, further_pair_sets=others, compares_attacks=True, control_pair_set=control)

    assert study.attack_names == ("Generator", "PGD", "FGSM (positive control)")
    assert study.control_name == "FGSM (positive control)"


def test_a_positive_control_is_among_the_further_pairs_and_alone_of_its_attack() -> None:
    pair_set = make_pair_set(n=8)
    fgsm = make_pair_set_of_attack(pair_set, "fgsm", strength=4)
    fields: dict[str, object] = {"pair_set": pair_set, "control_pair_set": fgsm}
    refused("control_pair_set", "one of several attacks", **fields)
    fields["compares_attacks"] = True
    pgd = make_pair_set_of_attack(pair_set, "pgd")
    refused("control_pair_set", "is not among the further image pairs", further_pair_sets=[pgd], **fields)
    refused(
        "control_pair_set",
        "are of the same attack",
        further_pair_sets=[fgsm, make_pair_set_of_strength(fgsm, 8)],
        **fields,
    )


def test_two_attacks_may_have_one_strength_and_one_attack_may_not_have_it_twice() -> None:
    pair_set = make_pair_set(n=8)
    other = make_pair_set_of_attack(pair_set, "fgsm", strength=4)
    again = make_pair_set_of_strength(other, 4)
    refused(
        "further_pair_sets",
        "both have the strength 4",
        pair_set=pair_set,
        further_pair_sets=[other, again],
        compares_attacks=True,
    )
    refused(
        "further_pair_sets",
        "3 sets of image pairs need at least as many perturbed images; there are 2",
        pair_set=pair_set,
        further_pair_sets=[other, make_pair_set_of_strength(pair_set, 8)],
        compares_attacks=True,
        n_perturbed=2,
    )


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"target_class": "mel"}, "Generator, towards mel"),
        ({"options": {"settings": {"loss": "margin"}}}, "Generator, with loss margin"),
        ({"options": {"settings": {"filters": 24}}}, "Generator, with filters 24"),
    ],
)
def test_attacks_of_one_kind_are_told_apart_by_what_they_differ_in(changed: dict[str, Any], name: str) -> None:
    pair_set = make_pair_set(n=8)
    other = make_pair_set_of_attack(pair_set, "generator")
    for field, value in changed.items():
        setattr(other.attack, field, value)
    other.attack.save()

    study = make_study(pair_set=pair_set, further_pair_sets=[other], compares_attacks=True)

    assert study.attack_names[1] == name
    assert study.attack_names[0] not in {name, "Generator"}


def settings_of(pair_set: PairSet, **settings: object) -> PairSet:
    """Give the attack of image pairs settings of its own, as a training stores them."""
    pair_set.attack.options = {"seed": 3, "settings": settings}
    pair_set.attack.save()
    return pair_set


@pytest.mark.parametrize(
    ("kind", "one", "other", "names"),
    [
        ("pgd", {"steps": 7}, {"steps": 100, "step_size": 0.125}, ("PGD, with steps 7", "PGD, with steps 100")),
        ("pgd", {}, {"random_start": "on"}, ("PGD, with random start off", "PGD, with random start on")),
        ("one_pixel", {"pixels": 1}, {"pixels": 5}, ("One pixel, with pixels 1", "One pixel, with pixels 5")),
        (
            "transform",
            {"rotation": "off"},
            {"zoom": "off"},
            ("Transform, with rotation off, with zoom on", "Transform, with rotation on, with zoom off"),
        ),
    ],
)
def test_attacks_of_one_kind_with_other_settings_are_two_methods(
    kind: str, one: dict[str, object], other: dict[str, object], names: tuple[str, str]
) -> None:
    pair_set = make_pair_set(n=8)
    pair_set.attack.kind = kind
    settings_of(pair_set, **one)
    second = settings_of(make_pair_set_of_attack(pair_set, kind), **other)

    study = make_study(pair_set=pair_set, further_pair_sets=[second], compares_attacks=True)

    assert study.attack_names == names


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("generator", {"steps": 300, "loss": "margin"}, {"steps": 900, "size_penalty": 0.1, "loss": "margin"}),
        ("generator", {}, {"loss": "log-cross-entropy", "upsampling": "transposed"}),
        ("pgd", {"stop": "never", "margin": 1.0}, {"stop": "never", "margin": 2.0}),
    ],
)
def test_attacks_that_were_trained_otherwise_or_asked_for_the_default_are_one_method(
    kind: str, one: dict[str, object], other: dict[str, object]
) -> None:
    pair_set = make_pair_set(n=8)
    pair_set.attack.kind = kind
    settings_of(pair_set, **one)
    stronger = settings_of(make_pair_set_of_attack(pair_set, kind, strength=8), **other)

    refused(
        "compares_attacks",
        "All of these image pairs are of one attack",
        pair_set=pair_set,
        further_pair_sets=[stronger],
        compares_attacks=True,
    )
    assert make_study(pair_set=pair_set, further_pair_sets=[stronger]).pk


def test_a_study_opened_when_attacks_of_two_losses_counted_as_one_keeps_its_attacks() -> None:
    pair_set = make_pair_set(n=30, size=4)
    other_loss = settings_of(make_pair_set_of_attack(pair_set, "generator", strength=8), loss="margin")
    fgsm = make_pair_set_of_attack(pair_set, "fgsm")
    study = make_open_study(
        pair_set=pair_set,
        further_pair_sets=[other_loss, fgsm],
        compares_attacks=True,
        n_perturbed=6,
        n_clean=3,
    )
    protocol = study.protocol
    assert protocol is not None
    assert [arm["name"] for arm in protocol["attack"]["arms"]] == [
        "Generator, with loss log-cross-entropy",
        "FGSM",
        "Generator, with loss margin",
    ]
    first, second, third = protocol["attack"]["arms"]
    first["pair_sets"] += third["pair_sets"]
    for arm in (first, second):
        del arm["settings"]
        arm["loss"] = ""
    protocol["attack"]["arms"] = [second, {**first, "name": "Generator"}]
    study.save()

    study = Study.objects.get(pk=study.pk)

    assert study.attack_names == ("FGSM", "Generator")
    assert [arm.strengths for arm in study.attack_arms] == [(4.0,), (4.0, 8.0)]
    assert study.attack_of_pairs == {pair_set.pk: "Generator", other_loss.pk: "Generator", fgsm.pk: "FGSM"}


@pytest.mark.parametrize("trial_type", ["yes_no", "two_afc", "same_different"])
def test_perturbed_images_are_shared_out_evenly_among_attacks_and_strengths(trial_type: str) -> None:
    pair_set, further = three_sets(n=60)
    study = make_open_study(
        trial_type=trial_type,
        pair_set=pair_set,
        further_pair_sets=further,
        compares_attacks=True,
        n_perturbed=12,
        n_clean=6,
        n_practice=12,
        n_subsets=2,
    )

    truths = Truth.objects.filter(stimulus__study=study, perturbed=True).select_related("pair__pair_set", "pair__image")
    by_subset: dict[int, Counter[str]] = {0: Counter(), 1: Counter()}
    practised: Counter[str] = Counter()
    for truth in truths:
        if truth.role == Truth.Role.SERIES:
            by_subset[truth.subset][truth.pair.pair_set.name] += 1
        elif truth.role == Truth.Role.PRACTICE:
            practised[truth.pair.pair_set.name] += 1
    each = 6 if trial_type == "two_afc" else 4
    assert all(set(counts.values()) == {each} for counts in by_subset.values())
    assert set(practised.values()) == {4 if trial_type == "two_afc" else 2}
    assert len(practised) == 3
    shown = Truth.objects.filter(stimulus__study=study, role=Truth.Role.SERIES, perturbed=True)
    images = list(shown.values_list("pair__image", flat=True))
    assert len(images) == len(set(images)), "no image is shown under two attacks"


def test_the_protocol_names_the_attacks_and_which_of_them_made_each_image() -> None:
    pair_set, further = three_sets()
    study = make_open_study(
        pair_set=pair_set,
        further_pair_sets=further,
        compares_attacks=True,
        n_perturbed=6,
        n_clean=3,
        n_catch=2,
        catch_pair_set=make_pair_set_of_attack(pair_set, "pgd", strength=30),
    )
    protocol = study.protocol
    assert protocol is not None

    arms = protocol["attack"]["arms"]
    assert [(arm["name"], [one["strength_levels"] for one in arm["pair_sets"]]) for arm in arms] == [
        ("Generator", [4.0, 8.0]),
        ("FGSM", [4.0]),
    ]
    named = Counter((stimulus["role"], stimulus["perturbed"], stimulus["attack"]) for stimulus in protocol["stimuli"])
    assert named == {
        ("series", True, "Generator"): 4,
        ("series", True, "FGSM"): 2,
        ("series", False, ""): 3,
        ("catch", True, ""): 2,
    }
    assert protocol["analysis"]["attacks_compared_by"] == "sensitivity"
    assert protocol["analysis"]["families_of_tests"].startswith("one verdict for each attack and strength")


def test_a_study_of_one_attack_has_a_protocol_without_arms() -> None:
    protocol = make_open_study().protocol
    assert protocol is not None
    assert "arms" not in protocol["attack"]
    assert "attacks_compared_by" not in protocol["analysis"]
    assert not any("attack" in stimulus for stimulus in protocol["stimuli"])


def exchange_clean_images(pair_set: PairSet, pixels: Pixels, *, compress_level: int = 6) -> None:
    """Give every pair of a set another clean twin."""
    data = encode_png(pixels, compress_level=compress_level)
    for pair in pair_set.pairs.all():
        name = default_storage.save("pairs/other.png", ContentFile(data))
        ImagePair.objects.filter(pk=pair.pk).update(clean_file=name, clean_sha256=hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("compares_attacks", [True, False])
def test_image_pairs_of_images_that_were_cut_otherwise_are_refused(compares_attacks: bool) -> None:
    """Observers would tell a perturbed image by its framing."""
    pair_set = make_pair_set(n=8, size=4)
    make_other = make_pair_set_of_attack if compares_attacks else make_pair_set_of_strength
    other = make_other(pair_set, "fgsm" if compares_attacks else 8)  # type: ignore[arg-type]
    exchange_clean_images(other, np.full((4, 4, 3), 7, dtype=np.uint8))
    study = make_study(pair_set=pair_set, further_pair_sets=[other], compares_attacks=compares_attacks)

    with pytest.raises(
        StudyError, match=rf"of the image pairs {other.name} is not that of {pair_set.name}: it was cut"
    ):
        open_study(study=study, by=study.owner)

    study.refresh_from_db()
    assert study.state == Study.State.DRAFT


def test_clean_images_that_were_written_otherwise_are_the_same() -> None:
    """Another version of a library packs the same pixels into other bytes."""
    pair_set = make_pair_set(n=8, size=4)
    other = make_pair_set_of_attack(pair_set, "fgsm")
    pixels = np.full((4, 4, 3), 90, dtype=np.uint8)
    exchange_clean_images(pair_set, pixels)
    exchange_clean_images(other, pixels, compress_level=0)
    study = make_study(pair_set=pair_set, further_pair_sets=[other], compares_attacks=True)

    assert open_study(study=study, by=study.owner).state == Study.State.OPEN
