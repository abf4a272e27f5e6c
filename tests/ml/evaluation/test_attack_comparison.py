"""Attacks side by side: the same rows on the command line, as JSON, as Markdown and on the classifier's page."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from ml.evaluation.attack_comparison import compare_attacks
from ml.models import Attack, Evaluation, Image, ImagePair, PairSet
from ml.models.pair_visibility import PairVisibility
from ml.models.visibility import Visibility
from ml.pairs.sizes import distribution
from perception.analysis.classification import summarise_attack
from tests.ml.network_rows import make_attack, make_classifier
from tests.studies.factories import make_researcher

pytestmark = pytest.mark.django_db

TRUTH = ["bcc", "bcc", "mel", "nv"]


def evaluated(attack: Attack, after: list[str], **fields: Any) -> PairSet:
    """Return a pair set of four images that the attack made in two seconds, evaluated."""
    pair_set = PairSet.objects.create(
        name=f"{attack.name} test",
        attack=attack,
        dataset=attack.attacked_classifier.dataset,
        split="test",
        strength=attack.strength,
        image_size=24,
        provenance={"seconds": 2.0},
        **fields,
    )
    table = summarise_attack(TRUTH, ["bcc", "mel", "nv", "nv"], after, classes=["bcc", "mel", "nv"], target="nv")
    sizes = {
        "linf": distribution([8, 8, 7, 8]),
        "psnr": distribution([38.0, 39.0, 41.0, None]),
        "ssim": distribution([0.9, 0.94, 0.96, 1.0]),
    }
    Evaluation.objects.create(pair_set=pair_set, table=table.as_dict(), sizes=sizes)
    return pair_set


@pytest.fixture
def attacks() -> list[Attack]:
    """Return two evaluated attacks on one classifier, one on another, and one that was never evaluated."""
    first, second = make_classifier(name="first"), make_classifier(name="second")
    made = [
        make_attack(first, name="strong", strength=8.0),
        make_attack(first, name="weak | faint", strength=2.0),
        make_attack(second, name="other", kind="pgd", strength=4.0),
    ]
    evaluated(made[0], ["nv", "nv", "nv", "nv"])
    evaluated(made[1], ["bcc", "nv", "nv", "nv"])
    evaluated(made[2], ["bcc", "mel", "nv", "nv"])
    make_attack(first, name="never evaluated")
    return made


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("compare_attacks", *arguments, stdout=out)
    return out.getvalue()


def test_a_row_holds_what_the_evaluation_found(
    attacks: list[Attack], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        weak, strong, other = compare_attacks()

    assert [row.attack for row in (weak, strong, other)] == ["weak | faint", "strong", "other"]
    assert (strong.n, strong.linf, strong.psnr) == (4, 8, 39.0)
    assert strong.ssim == pytest.approx(0.95)
    assert strong.images_per_second == 2.0
    assert strong.fooling_ratio.estimate == 1
    assert (weak.fooling_ratio.k, weak.fooling_ratio.n) == (2, 3)
    assert weak.read_as_target is not None
    assert weak.read_as_target.estimate == 0.75
    assert [row.attack for row in compare_attacks(attacks[2].classifier)] == ["other"]


def test_the_command_prints_the_rows_under_their_classifier(attacks: list[Attack]) -> None:
    lines = printed().splitlines()

    assert lines[0] == "first"
    assert lines[3].split() == [
        "strong",
        "8",
        "4",
        "50.0%",
        "→",
        "25.0%",
        "100.0%",
        "100.0%",
        "(43.9–100.0)",
        "39.0",
        "dB",
        "0.950",
        *("–", "–", "–"),
        "2.0",
    ]
    assert lines[5] == "second"
    assert "never evaluated" not in "".join(lines)
    assert len({len(line) for line in lines[1:4]}) == 1, "the columns stand below one another"


def test_a_name_with_a_bar_stays_in_its_cell_of_the_markdown_table(attacks: list[Attack]) -> None:
    lines = printed("--classifier", "first", "--format", "markdown").splitlines()

    assert len(lines) == 4
    assert "weak \\| faint" in lines[2]
    assert {line.replace("\\|", "").count("|") for line in lines} == {14}


def test_the_rows_as_json(attacks: list[Attack]) -> None:
    rows = json.loads(printed("--format", "json"))

    assert [row["strength"] for row in rows] == [2.0, 8.0, 4.0]
    assert rows[1]["accuracy_after"]["estimate"] == 0.25


def test_the_classifiers_page_shows_them(attacks: list[Attack], client: Client) -> None:
    client.force_login(make_researcher())

    text = client.get(reverse("ml:classifier-detail", args=[attacks[0].classifier_id])).content.decode()

    assert "50.0% → 25.0%" in text
    assert "66.7% (" in text
    assert "39.0 dB" in text
    assert "never evaluated" in text, "it is listed among the attacks"
    links = [reverse("ml:pair-set-detail", args=[pair_set.pk]) for pair_set in PairSet.objects.all()]
    assert [f'href="{link}"' in text for link in links] == [True, True, False], "those of the other classifier are not"


def test_without_evaluations_the_way_to_one_is_said() -> None:
    with pytest.raises(CommandError, match="make_pairs"):
        printed()
    with pytest.raises(CommandError, match="There is no classifier yet"):
        printed("--classifier", "none")
    assert json.loads(printed("--format", "json")) == []


def test_of_others_what_is_of_the_target_class_or_read_as_it_before_is_left_out() -> None:
    attack = make_attack(make_classifier(name="first"), name="brief", strength=8.0)
    pair_set = evaluated(attack, ["nv", "nv", "nv", "nv"])
    read = ["bcc", "nv", "nv", "nv"]
    for place, (truth, before) in enumerate(zip(TRUTH, read, strict=True)):
        image = Image.objects.create(
            dataset=pair_set.dataset,
            name=f"image {place}",
            diagnosis=truth,
            sha256=f"{place:064}",
            split="test",
            width=24,
            height=24,
        )
        changed = truth != "nv" and before != "nv"
        ImagePair.objects.create(
            pair_set=pair_set,
            image=image,
            linf=8 if changed else 0,
            l2=50.0 if changed else 0.0,
            psnr=40.0 if changed else None,
            ssim=0.9 if changed else 1.0,
            clean_prediction=before,
            perturbed_prediction="nv",
        )
        PairVisibility.objects.create(
            pair=pair_set.pairs.get(image=image),
            ciede2000_mean=1.5 if changed else 0.0,
            ciede2000_p95=2.0 if changed else 0.0,
            ciede2000_above_1=0.5 if changed else 0.0,
            flip=0.04 if changed else 0.0,
            ssimulacra2=81.0 if changed else 100.0,
        )
    Visibility.objects.create(pair_set=pair_set, pixels_per_degree=60, distributions={}, versions={})

    (row,) = compare_attacks(of_others=True)

    assert (row.n, row.n_measured) == (4, 1)
    assert (row.linf, row.psnr, row.ssim) == (8, 40.0, 0.9)
    assert (row.ciede2000_mean, row.flip, row.ssimulacra2, row.lowest_ssimulacra2) == (1.5, 0.04, 81.0, 81.0)
    assert row.fooling_ratio.estimate == 1, "of all"
    text = printed("--of-others")
    assert "4 (1)" in text
    assert "81.0 (81.0)" in text
    assert "SSIMULACRA2  Images/s" in text, "no column for a measure that nobody asked for"


def test_colorvideovdp_has_a_column_where_it_was_measured(attacks: list[Attack]) -> None:
    pair_set = PairSet.objects.get(attack=attacks[0])
    distributions = {"colorvideovdp": distribution([9.2, 9.6, 9.7])}
    Visibility.objects.create(pair_set=pair_set, pixels_per_degree=60, distributions=distributions, versions={})

    text, table, rows = printed(), printed("--format", "markdown"), json.loads(printed("--format", "json"))

    assert "SSIMULACRA2  ColorVideoVDP  Images/s" in text
    assert "9.60" in text
    assert "| SSIMULACRA2 | ColorVideoVDP | Images/s |" in table
    assert len({line.count(" | ") for line in table.replace("weak \\| faint", "").splitlines()}) == 1
    assert [row["colorvideovdp"] for row in rows] == [None, 9.6, None]


def test_of_others_without_a_target_class_it_is_what_was_read_rightly() -> None:
    pair_set = evaluated(make_attack(make_classifier(name="first"), name="any"), ["nv", "nv", "nv", "nv"])
    Attack.objects.filter(pk=pair_set.attack_id).update(kind=Attack.ELSEWHERE, classifier=None, target_class="")
    for place, before in enumerate(("bcc", "mel")):
        image = Image.objects.create(
            dataset=pair_set.dataset,
            name=f"image {place}",
            diagnosis="bcc",
            sha256=f"{place:064}",
            split="test",
            width=24,
            height=24,
        )
        ImagePair.objects.create(
            pair_set=pair_set, image=image, linf=3 + place, l2=1.0, psnr=50.0, ssim=0.9, clean_prediction=before
        )

    (row,) = compare_attacks(of_others=True)

    assert (row.n_measured, row.linf, row.ssimulacra2) == (1, 3, None)
