"""A study of pairs that another program perturbed: its protocol, its report, and what reaches its observers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoDbBlocker

from ml.images.pixels import encode_png
from ml.models import Attack, Dataset, Evaluation, Image, PairSet
from ml.pairs.elsewhere.twins import NO_DIAGNOSIS
from ml.pairs.files import read_twins
from ml.runs.lifecycle import perform
from perception.analysis.classification import summarise_attack
from studies.design.options import SHOWING
from studies.exports.preregistration import preregistration_text
from studies.models import Study, Truth
from studies.models.pair_sets.rules import what_differs, why_not_together
from studies.report.build import build_report
from studies.report.methods.claim import CLAIM
from studies.report.methods.fitting_lists import fitting_lists
from studies.report.methods.paragraph import methods_of
from studies.report.methods.stard import STARD
from studies.report.methods.stard_ai import STARD_AI
from studies.report.sections.elements import Section
from studies.report.sections.study.attack import attack_sections
from studies.report.sections.study.versions import versions_section
from studies.researcher.study_form import StudyForm
from tests.ml.pairs.elsewhere.twins_on_disk import (
    clean_pixels,
    pair_import,
    perturbed_pixels,
    save,
    write_twins,
)
from tests.shared_rows import rows_of
from tests.studies.answered import simulated_study
from tests.studies.factories import make_open_study, make_pair_set, make_study
from tests.studies.observer.side_channels import play, without_pixels

pytestmark = pytest.mark.django_db

NAMES = [f"{dx}/telling_name_{number}" for dx in ("bkl", "mel", "nv") for number in range(4)]
MADE_BY = "torchattacks 3.5 (PGD, 40 steps)"


def write_telling_twins(folder: Path) -> Path:
    """Write twins whose files tell them apart: another format, other metadata, another length."""
    write_twins(folder, NAMES, levels=6)
    for number, name in enumerate(NAMES):
        (folder / f"clean/{name}.png").unlink()
        save(folder / f"clean/{name}.bmp", clean_pixels(number))
        save(folder / f"perturbed/{name}.png", perturbed_pixels(number, 6), dpi=(300, 300), compress_level=1)
    return folder


@pytest.fixture(scope="module")
def imported(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PairSet]:
    folder = write_telling_twins(tmp_path_factory.mktemp("twins"))
    work = pair_import(folder, name="brought", made_by=MADE_BY, reference="Madry 2018", classifier="ResNet-50")
    with rows_of(lambda: perform(work), django_db_blocker) as pair_set:
        yield pair_set


@pytest.fixture
def answered(imported: PairSet) -> Study:
    return simulated_study("yes_no", pair_set=imported)


def words_of(section: Section) -> str:
    return " ".join([*section.lead, *(f"{fact.name}: {fact.text} {fact.note}" for fact in section.facts)])


def test_observers_are_sent_the_very_pixels_and_nothing_that_tells_them_apart(imported: PairSet) -> None:
    study = make_open_study(pair_set=imported, n_perturbed=5, n_clean=5, observers=1, closes_when_finished=False)
    expected: dict[bytes, bool] = {}
    for truth in Truth.objects.filter(stimulus__study=study).select_related("pair__image"):
        clean, perturbed = read_twins(truth.pair)
        expected[encode_png(perturbed if truth.perturbed else clean, compress_level=0)] = truth.perturbed

    (observer,) = study.observers.all()
    played = play(observer.token, script=True)
    images = [image for shown in played.shown for image in shown.images]

    assert {image.body for image in images} == set(expected)
    assert sorted(expected.values()) == [False] * 5 + [True] * 5
    assert len({image.head for image in images}) == 1
    assert len({without_pixels(image.body) for image in images}) == 1
    assert len({len(image.body) for image in images}) == 1
    secrets = ["telling_name", "clean/", "perturbed/", "brought", "torchattacks", "ResNet", ".bmp"]
    for reply in played.replies:
        text = reply.text if reply.kind != "image" else reply.head + without_pixels(reply.body).decode("latin-1")
        assert not [secret for secret in secrets if secret in text], reply.url


def test_the_protocol_says_what_made_the_pairs(imported: PairSet) -> None:
    study = make_open_study(pair_set=imported, n_perturbed=2, n_clean=2, observers=0)
    assert (study.protocol or {})["attack"] == {
        "name": "brought",
        "kind": "elsewhere",
        "target_class": "",
        "strength_levels": 6.0,
        "classifier": "ResNet-50",
        "made_by": MADE_BY,
        "reference": "Madry 2018",
        "further_strengths": [],
        "compares_attacks": False,
    }
    assert f"perturbed elsewhere by {MADE_BY}, against ResNet-50, no target class" in preregistration_text(study)


def test_the_report_speaks_of_no_attack_that_was_not_here(answered: Study) -> None:
    report = build_report(answered)
    attack = words_of(*attack_sections(report))

    assert f"Perturbed elsewhere by {MADE_BY}, against ResNet-50, no target class, strength 6 of 255 levels" in attack
    assert "No classifier was measured." in attack
    assert "evaluate_attack" not in attack
    assert "the strength was not declared; measured on the 8-bit images, the largest change of a channel is 6" in attack
    assert "PSNR: median" in attack
    assert "Madry 2018" in attack

    images = methods_of(report).paragraphs[1]
    assert f"had been perturbed by another program, {MADE_BY} (Madry 2018), against the classifier “ResNet" in images
    assert "decoded and encoded anew by the same steps" in images
    assert "What the attack did to the classifier" not in images
    assert "Sizes of the change are L∞, L2, PSNR and SSIM" in images

    stard = " ".join(question.answer(report) for question in STARD.questions)
    assert f"“brought” (made elsewhere: {MADE_BY})" in stard

    versions = words_of(versions_section(report))
    assert f"Image pairs made by: {MADE_BY} elsewhere; brought in with" in versions
    assert "Seed of the attack" not in versions

    facts = report.as_dict()["attack"]
    assert (facts["made_by"], facts["evaluation"]) == (MADE_BY, None)
    assert facts["sizes"]["linf"]["max"] == 6
    assert facts["notes"] == list(answered.pair_set.notes)


def test_the_lists_of_a_classifier_that_is_not_here_leave_to_the_authors_what_is_not_known(answered: Study) -> None:
    report = build_report(answered)
    stard_ai, claim = ({item.number: item for item in one.answered_by(report)} for one in fitting_lists(report)[-2:])

    texts = [item.answer for one in (stard_ai, claim) for item in one.values()]
    assert not [text for text in texts if "evaluate_attack" in text or "“”" in text]
    for number in ("1", "19", "20", "24", "25", "26", "27", "29", "32", "33", "37", "38", "39"):
        assert not claim[number].is_recorded, claim[number]
    for number in ("15b", "15c", "17a", "19", "30", "31"):
        assert not stard_ai[number].is_recorded, stard_ai[number]
    assert "“ResNet-50”: its architecture, inputs and outputs" in claim["22"].answer
    assert f"perturbed elsewhere by {MADE_BY}, against ResNet-50, no target class, strength 6" in claim["22"].answer
    assert "Described in: Madry 2018." in claim["22"].answer
    assert f"Images perturbed by {MADE_BY}. Pairs brought in with Perception" in claim["23"].answer
    assert "“manage.py import_pairs” takes its predictions" in claim["37"].answer
    assert "refused at import: none" in claim["35"].answer
    assert "decoded and encoded anew" in claim["9"].answer


def test_predictions_that_were_given_answer_for_the_classifier(answered: Study) -> None:
    truth, before, after = ["bkl", "mel", "nv"], ["bkl", "mel", "mel"], ["nv", "mel", "nv"]
    table = summarise_attack(truth, before, after, classes=["bkl", "mel", "nv"], target=None).as_dict()
    Evaluation.objects.filter(pair_set=answered.pair_set).update(table=table)

    report = build_report(answered)
    claim = {item.number: item.answer for item in CLAIM.answered_by(report)}

    assert claim["37"].startswith("Accuracy 66.7% (13.3–100.0) clean and 66.7% (13.3–100.0) perturbed at strength 6")
    assert "the share of all images that are read as another class after the attack than before" in claim["28"]
    assert "of all images are read as another class than before" in claim["39"]
    assert "each of 3 diagnoses" in claim["38"]
    assert "as it was told with the pairs" in {item.number: item.answer for item in STARD_AI.answered_by(report)}["40b"]


def test_where_no_classifier_is_known_its_lists_are_left_out(answered: Study) -> None:
    Attack.objects.filter(pk=answered.pair_set.attack_id).update(classifier_elsewhere="")

    assert [one.key for one in fitting_lists(build_report(answered))] == ["stard", "grras"]


def test_images_without_diagnoses_have_no_reference_standard(answered: Study) -> None:
    Dataset.objects.filter(pk=answered.pair_set.dataset_id).update(classes=[NO_DIAGNOSIS])
    Image.objects.filter(dataset=answered.pair_set.dataset_id).update(diagnosis=NO_DIAGNOSIS)

    report = build_report(answered)
    claim = {item.number: item for item in CLAIM.answered_by(report)}

    assert not claim["14"].is_recorded
    assert not claim["17"].is_recorded
    assert "with one of the diagnoses" not in claim["8"].answer
    assert "Attacked: without a diagnosis 12." in claim["36"].answer
    assert not {item.number: item for item in STARD_AI.answered_by(report)}["16c"].is_recorded


def test_pairs_that_were_refused_are_counted_with_the_dataset_that_is_made_of_them(tmp_path: Path) -> None:
    folder = write_twins(tmp_path, ["mel/a", "nv/b", "nv/c"])
    (folder / "perturbed/nv/c.png").write_bytes(b"no image")

    pair_set = perform(pair_import(folder))

    assert pair_set.dataset.refused_in_words == "1 (not an image)"


def test_of_images_without_diagnoses_none_is_asked(tmp_path: Path) -> None:
    pair_set = perform(pair_import(write_twins(tmp_path, ["a", "b", "c", "d"])))
    with pytest.raises(ValidationError, match="have no two diagnoses to choose from"):
        make_study(pair_set=pair_set, n_perturbed=1, n_clean=1, asks_diagnosis=True)
    assert make_study(pair_set=pair_set, n_perturbed=1, n_clean=1).pk


def test_strengths_of_one_attack_go_together_and_other_attacks_do_not(imported: PairSet, tmp_path: Path) -> None:
    def brought(name: str, **options: object) -> PairSet:
        folder = write_telling_twins(tmp_path / name)
        given = {"made_by": MADE_BY, "classifier": "ResNet-50", "dataset": "brought", **options}
        return perform(pair_import(folder, name=name, **given))

    same = brought("same", strength=12.0)
    assert what_differs(imported.attack, same.attack) == ""
    assert why_not_together(imported, [same], compares_attacks=False, n_perturbed=4) == ""
    assert "making elsewhere" in what_differs(imported.attack, brought("other", made_by="foolbox").attack)
    assert "classifier" in what_differs(imported.attack, brought("third", classifier="DenseNet").attack)
    assert "kind" in what_differs(imported.attack, make_pair_set(n=1).attack)


def test_attacks_made_elsewhere_are_compared_under_what_made_them(imported: PairSet, tmp_path: Path) -> None:
    def brought(made_by: str) -> PairSet:
        folder = write_telling_twins(tmp_path / made_by)
        given = {"made_by": made_by, "classifier": "ResNet-50", "dataset": "brought"}
        return perform(pair_import(folder, name=made_by, **given))

    other, alike = brought("foolbox (our script)"), brought("torchattacks 3.5 (FGSM)")
    study = make_open_study(
        pair_set=imported,
        further_pair_sets=[other, alike],
        compares_attacks=True,
        n_perturbed=3,
        n_clean=2,
        observers=0,
    )

    assert study.attack_names == (
        f"Torchattacks 3.5, made by {MADE_BY}",
        "Foolbox",
        "Torchattacks 3.5, made by torchattacks 3.5 (FGSM)",
    )
    study = make_study(pair_set=imported, n_perturbed=1, n_clean=1)
    form = StudyForm(step=SHOWING, instance=study, by=study.owner)
    assert "pixels: perturbed elsewhere by foolbox (our script), against ResNet-50, no target class<" in form.as_div()
