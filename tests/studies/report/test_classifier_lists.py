"""The lists of the classifier's part: each answer follows from what is recorded of classifier, attack and images."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from pytest_django import DjangoDbBlocker

from ml.evaluation.survival_row import SurvivalRow
from ml.images.degradation import DEGRADATIONS
from ml.models import Attack, Classifier, Dataset, Evaluation, Image, PairSet, Survival
from perception.analysis.estimates.proportions import proportion
from studies.models import Study
from studies.report.build import Report, build_report
from studies.report.classifier_facts import ClassifierFacts
from studies.report.facts import AttackFacts
from studies.report.methods.claim import CLAIM
from studies.report.methods.reporting_list import NOT_RECORDED, ReportingList
from studies.report.methods.stard_ai import STARD_AI
from tests.studies.answered import evaluate, simulated_study
from tests.studies.factories import make_pair_set, make_pair_set_of_strength
from tests.studies.report.conftest import AnsweredStudies

pytestmark = pytest.mark.django_db

LEFT_TO_AUTHORS = {
    CLAIM.key: {"2", "3", "31", "34", "40", "41", "44"},
    STARD_AI.key: {"2", "3", "15d", "32", "33", "34", "35", "36", "38", "39"},
}
OF_EVERY_STUDY = {CLAIM.key: set[str](), STARD_AI.key: {"16c", "19"}}
VERSIONS = {"perception": "0.9", "python": "3.11", "keras": "3.15.1"}
TRAINED = {
    "steps": 300,
    "batch_size": 16,
    "learning_rate": 0.003,
    "weights": None,
    "seed": 7,
}
EXTERNAL = {
    "file": "clinic.keras",
    "file_sha256": "c" * 64,
    "value_range": [0, 255],
    "size": [224, 192],
    "inputs": {"age": [50.0]},
    "bgr": True,
    "logits": True,
}


@pytest.fixture(scope="module")
def report(answered: AnsweredStudies, django_db_blocker: DjangoDbBlocker) -> Report:
    """Return the report of a study whose attack was measured; what a test changes of its rows is undone after it."""
    with django_db_blocker.unblock():
        return build_report(Study.objects.get(pk=answered.full["yes_no"]))


def anew(report: Report) -> Report:
    """Return the report with what the database now says of attack, classifier and images."""
    study = Study.objects.get(pk=report.study.pk)
    attacks = AttackFacts.all_of(study)
    return replace(report, study=study, attacks=attacks, classifier=ClassifierFacts.of(attacks[0]))


def answers(reporting_list: ReportingList, report: Report) -> dict[str, str]:
    return {item.number: item.answer for item in reporting_list.answered_by(report)}


def change(row: Dataset | Classifier | Attack | PairSet, **fields: object) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**fields)


def of_patients(report: Report) -> None:
    """Have the images be those of HAM10000, which show patients."""
    change(report.study.pair_set.dataset, source=Dataset.Source.HAM10000, credit="Tschandl et al., CC BY-NC 4.0")
    for number, image in enumerate(report.study.pair_set.dataset.images.order_by("pk")):
        image.metadata = {"dx_type": "histo", "age": 40.0 + number, "sex": "female" if number % 2 else "male"}
        image.save()


def from_elsewhere(report: Report) -> None:
    """Have the classifier be one that somebody else trained."""
    change(report.study.pair_set.attack.attacked_classifier, architecture="added", options=EXTERNAL)


def of_another_dataset(report: Report) -> Dataset:
    """Have the classifier have learnt from another dataset, whose images show two lesions on both sides."""
    dataset = Dataset.objects.create(
        name="home",
        source=Dataset.Source.FOLDER,
        classes=["mel", "nv"],
        split_method=Dataset.SplitMethod.GIVEN,
        content_hash="1" * 64,
        refusals={"image without a label": 4, "damaged or truncated": 1},
    )
    for number in range(8):
        Image.objects.create(
            dataset=dataset,
            name=f"h{number}",
            lesion=f"L{number % 4}" if number < 6 else f"L{number}",
            diagnosis=["mel", "nv"][number % 2],
            split="test" if number < 3 else "train",
            width=8,
            height=6,
        )
    change(report.study.pair_set.attack.attacked_classifier, dataset=dataset)
    return dataset


def test_little_is_the_same_of_drawn_images_and_of_patients_whom_a_classifier_from_elsewhere_reads(
    report: Report,
) -> None:
    change(report.study.pair_set.attack.attacked_classifier, options=TRAINED)
    drawn = {one.key: answers(one, anew(report)) for one in (CLAIM, STARD_AI)}
    of_patients(report)
    from_elsewhere(report)
    change(report.study.pair_set, name="others", split=Image.Split.TRAIN)
    Evaluation.objects.filter(pair_set=report.study.pair_set).delete()

    for one in (CLAIM, STARD_AI):
        now = answers(one, anew(replace(report, simulated=False)))
        alike = {number for number in now if now[number] == drawn[one.key][number]}
        # Of the study and its pairs, which are the same.
        kept = {CLAIM.key: {"4", "21", "42"}, STARD_AI.key: {"4", "22", "26b", "37"}}[one.key]
        assert alike == LEFT_TO_AUTHORS[one.key] | OF_EVERY_STUDY[one.key] | kept


Mutation = Callable[[Report], None]


def dataset_with(**fields: object) -> Mutation:
    return lambda report: change(report.study.pair_set.dataset, **fields)


def classifier_with(**fields: object) -> Mutation:
    return lambda report: change(report.study.pair_set.attack.attacked_classifier, **fields)


def attack_with(**fields: object) -> Mutation:
    return lambda report: change(report.study.pair_set.attack, **fields)


def pairs_with(**fields: object) -> Mutation:
    return lambda report: change(report.study.pair_set, **fields)


def more_images(report: Report) -> None:
    Image.objects.create(
        dataset=report.study.pair_set.dataset, name="z", lesion="z", diagnosis="nv", split="test", width=4, height=3
    )


def other_diagnoses(report: Report) -> None:
    Image.objects.filter(dataset=report.study.pair_set.dataset).update(diagnosis="nv")


def without_evaluation(report: Report) -> None:
    Evaluation.objects.filter(pair_set=report.study.pair_set).delete()


def survived(report: Report) -> None:
    share = proportion(1, 3)
    rows = [
        SurvivalRow(
            key=degradation.key,
            name=degradation.name,
            n=3,
            fooling_ratio=share,
            fooling_ratio_of_others=share,
            accuracy_before=share,
            accuracy_after=share,
            clean_read_as_target=share,
        )
        for degradation in DEGRADATIONS[:2]
    ]
    Survival.objects.create(pair_set=report.study.pair_set, rows=[row.as_dict() for row in rows])


@pytest.mark.parametrize(
    ("mutate", "claim", "stard_ai"),
    [
        (dataset_with(name="others"), "7 9 19 33 35 36", "11 14 15b 24 25 29"),
        (dataset_with(content_hash="f" * 64), "7", "11"),
        (dataset_with(credit="A clinic"), "7 43", "11 40a"),
        (dataset_with(refusals={"unusable label": 3}), "8 12 35", "7 20 24"),
        (dataset_with(colours=Dataset.Colours.AS_STORED), "9", "14"),
        (dataset_with(options={"bits": 12}), "9", "14"),
        (dataset_with(split_method=Dataset.SplitMethod.BY_LESION, split_seed=9), "19", "15b"),
        (more_images, "8 9 10 19 35 36", "7 10 14 15b 24 25"),
        (other_diagnoses, "36", "25 26b 28"),
        (classifier_with(name="net"), "22", "15a"),
        (classifier_with(architecture="densenet201"), "1 22", "15a"),
        (classifier_with(weights_sha256="e" * 64), "22 43", "15a 40a"),
        (classifier_with(options=TRAINED), "24 25", "15b"),
        (classifier_with(provenance={"versions": VERSIONS}), "23", "13"),
        (classifier_with(metrics={"n": 100, "correct": 84}), "32", ""),
        (attack_with(kind="pgd", options={"settings": {"steps": 20}}), "22 25", "15a 15b"),
        (attack_with(options={"settings": {"steps": 5}, "split": "test", "seed": 3}), "19 24 25", "15b"),
        (attack_with(target_class="mel"), "22 28 39", "15a 23"),
        (pairs_with(split=Image.Split.TRAIN), "8 19 20", "7 15b"),
        (survived, "30", "21"),
        (without_evaluation, "28 29 30 37 38 39", "1 18 21 23 30 31 40b"),
        (of_patients, "5 7 11 13 14 15 16 17 18 35 36", "5 8 9 10 11 12 13 14 16a 16b 17b 25 26a 27 28"),
        (from_elsewhere, "1 6 7 9 12 19 20 22 25 26 27 32 33", "11 14 15a 15b 15c 17a 20 29"),
    ],
)
def test_another_record_is_another_answer(mutate: Mutation, claim: str, stard_ai: str, report: Report) -> None:
    before = {one.key: answers(one, report) for one in (CLAIM, STARD_AI)}

    mutate(report)

    for one, changed in ((CLAIM, claim), (STARD_AI, stard_ai)):
        after = answers(one, anew(report))
        still = [number for number in changed.split() if after[number] == before[one.key][number]]
        assert still == [], one.title


def test_of_images_that_a_program_drew_nothing_is_asked_of_patients(report: Report) -> None:
    for one in (CLAIM, STARD_AI):
        asked = [answer for answer in answers(one, report).values() if "atients" in answer]
        assert asked == []


def test_of_patients_it_is_told_what_the_archive_says_of_them(report: Report) -> None:
    of_patients(report)

    told = answers(CLAIM, anew(report))

    assert "It was confirmed, by image, by: histopathology 26." in told["14"]
    assert "age 40 to 65, median 52.5 years (of 26 images), sex female 13, male 13" in told["36"]
    assert "to fill in: skin type and origin of the patients." in told["36"]
    assert told["5"].startswith("Retrospective: ")
    assert "age and sex" in told["11"]
    for number in ("13", "15", "16", "18"):
        assert told[number].startswith(NOT_RECORDED)


def test_of_a_folder_it_is_not_told_what_nobody_said(report: Report) -> None:
    change(report.study.pair_set.dataset, source=Dataset.Source.FOLDER, credit="")

    told = answers(CLAIM, anew(report))

    assert "who made the images, and under which licence" in told["7"]
    assert "no licence is recorded" in told["43"]
    assert told["5"].startswith(NOT_RECORDED)
    assert "how diagnoses were made" in told["14"]
    assert "age, sex, skin type" in told["36"]


def test_nothing_is_claimed_of_the_training_of_a_classifier_from_elsewhere(report: Report) -> None:
    from_elsewhere(report)

    told = answers(CLAIM, anew(report))

    for number in ("19", "20", "24", "25", "26", "27", "32", "33"):
        assert told[number].startswith(NOT_RECORDED), number
    assert "clinic.keras" in told["22"]
    assert "its architecture" in told["22"]
    assert "black as 0 and white as 255, channels blue, green, red; it resizes them to 224 × 192" in told["9"]
    assert "further inputs (age) being held at constant values" in told["12"]
    assert "highest logit" in answers(STARD_AI, anew(report))["15c"]


def test_images_of_another_dataset_are_an_external_test(report: Report) -> None:
    of_another_dataset(report)
    attacked = report.study.pair_set.dataset.name

    told, of_accuracy = answers(CLAIM, anew(report)), answers(STARD_AI, anew(report))

    assert told["33"].startswith(f"On “{attacked}”, a dataset that the classifier did not learn from: Accuracy ")
    assert "5 images to train on, 3 to test on" in told["19"]
    assert "as the images came" in told["19"]
    assert f"The attacked images are of another dataset, “{attacked}”." in told["19"]
    assert told["20"].startswith("Dataset: “home” and ")
    assert "“home”, train: 5 images" in told["36"]
    assert f"“{attacked}”, test: 26 images" in told["36"]
    assert "8 of 8 images are not square and are cropped" in told["9"]
    assert "Learnt from: “home” (one folder a class), 8 images" in of_accuracy["29"]
    assert told["32"].startswith(NOT_RECORDED)


def test_at_which_level_training_and_test_have_nothing_in_common_is_counted(report: Report) -> None:
    dataset = of_another_dataset(report)
    change(report.study.pair_set, dataset=dataset)
    assert "Image: 2 of 6 lesions have images on both sides." in answers(CLAIM, anew(report))["20"]

    Image.objects.filter(dataset=dataset, split="train", lesion__in=("L0", "L1")).update(lesion="L9")
    assert "Lesion: none of 7 has images on both sides." in answers(CLAIM, anew(report))["20"]

    for image in Image.objects.filter(dataset=dataset):
        Image.objects.filter(pk=image.pk).update(lesion=image.name)
    assert "Image; each counts as a lesion of its own." in answers(CLAIM, anew(report))["20"]


def test_it_is_told_that_an_attack_learnt_from_the_images_that_it_was_measured_on(report: Report) -> None:
    change(report.study.pair_set.attack, options={"split": "test", "settings": {"steps": 5}, "seed": 1})
    assert "on which it was measured, too, which flatters it" in answers(CLAIM, anew(report))["19"]

    change(report.study.pair_set.attack, options={"split": "train", "settings": {"steps": 5}, "seed": 1})
    assert "flatters" not in answers(CLAIM, anew(report))["19"]


def test_it_is_told_that_a_classifier_learnt_from_the_attacked_images(report: Report) -> None:
    change(report.study.pair_set, split=Image.Split.TRAIN)

    told = answers(CLAIM, anew(report))

    assert "the classifier learnt from them" in told["19"]
    assert told["20"].startswith("None: the attacked images are of the side that the classifier learnt from.")


def test_accuracy_before_and_after_has_its_intervals(report: Report) -> None:
    told = answers(CLAIM, report)["37"]

    assert told.startswith("Accuracy 66.7% (13.3–100.0) clean and 33.3% (0.0–86.7) perturbed at strength 4, 3 images;")
    assert "fooling ratio" in told
    assert told == answers(STARD_AI, report)["31"]
    assert answers(STARD_AI, report)["30"].startswith(
        "Images read rightly: clean and perturbed 1, clean alone 1, perturbed alone 0, neither 1."
    )


def test_each_strength_has_its_accuracy_or_that_it_was_not_measured() -> None:
    weakest = make_pair_set(n=26, size=4)
    stronger, strongest = (make_pair_set_of_strength(weakest, strength) for strength in (9, 30))
    for pair_set in (weakest, stronger):
        evaluate(pair_set)
    study = simulated_study("yes_no", pair_set=weakest, further_pair_sets=[stronger, strongest])

    told = answers(CLAIM, build_report(study))

    assert "At other strengths: 9, accuracy 33.3% (0.0–86.7); 30, not measured." in told["37"]
    assert told["30"].startswith("The attack, at strength 4 and 9 of 255 levels")
    assert "26 image pairs of 26 lesions, at strength 4" in told["21"]


def test_where_nothing_was_measured_it_is_said_what_would(report: Report) -> None:
    Evaluation.objects.filter(pair_set=report.study.pair_set).delete()

    told: Mapping[str, str] = answers(CLAIM, anew(report))

    for number in ("28", "29", "37", "38", "39"):
        assert "“manage.py evaluate_attack” measures it" in told[number]


def test_the_clean_accuracy_stands_where_the_attack_was_not_measured(report: Report) -> None:
    Evaluation.objects.filter(pair_set=report.study.pair_set).delete()
    change(report.study.pair_set.attack.attacked_classifier, metrics={"n": 100, "correct": 84})

    told = answers(CLAIM, anew(report))["37"]

    assert told.startswith("Accuracy 84.0% (75.6–89.9), clean, of 100 test images. Not recorded; to fill in: ")


def test_how_the_classifier_was_trained_is_told_in_full(report: Report) -> None:
    change(report.study.pair_set.attack.attacked_classifier, options=TRAINED, provenance={"seconds": 185.0})

    told = answers(CLAIM, anew(report))

    assert "300 batches of 16 from 0 images" in told["25"]
    assert "rising to 0.003" in told["25"]
    assert "seed 7; 3 min 5 s." in told["25"]
    assert told["24"].startswith("Classifier: random, seed 7.")
    assert "normalisation" not in told["25"], "nor was it by the versions that stored nothing of it"

    change(report.study.pair_set.attack.attacked_classifier, options=TRAINED | {"normalised_over": 2048})
    assert "mean and variance of their inputs over 2,048 of these images" in answers(CLAIM, anew(report))["25"]

    earlier = [
        {"name": name, "weights_sha256": "0" * 64, "image_size": size, "steps": 2004, "batch_size": 16}
        | {"learning_rate": 0.001, "seed": seed}
        for name, size, seed in (("at 128", 128, 4), ("at 64", 64, 3))
    ]
    gone_on_with = {"earlier_trainings": earlier, "began_with": "start.keras"}
    change(report.study.pair_set.attack.attacked_classifier, provenance=gone_on_with)
    told = answers(CLAIM, anew(report))
    assert told["24"].startswith(
        "Classifier: the file start.keras, the head random, seed 3. "
        "From there it was trained on the same images before, as “at 64” and “at 128”."
    )
    assert told["25"].startswith(
        "Classifier: 2,004 batches of 16 at 64 × 64 pixels, learning rate up to 0.001, seed 3 (“at 64”). "
        "Then 2,004 batches of 16 at 128 × 128 pixels, learning rate up to 0.001, seed 4 (“at 128”). "
        "Then 300 batches of 16 from"
    )
    assert answers(STARD_AI, anew(report))["15b"].startswith("Classifier: 2,004 batches of 16 at 64 × 64 pixels")


def test_after_what_the_attack_was_measured_again_is_named(report: Report) -> None:
    survived(report)

    told = answers(CLAIM, anew(report))["30"]

    assert told.endswith(f"Measured again after (not in the protocol): {DEGRADATIONS[1].name}.")


def test_a_folder_of_the_server_is_not_told_with_the_weights_that_training_began_with(report: Report) -> None:
    change(report.study.pair_set.attack.attacked_classifier, options=TRAINED | {"weights": "/home/someone/start.h5"})

    assert answers(CLAIM, anew(report))["24"].startswith("Classifier: the file start.h5, the head random, seed 7.")


@pytest.mark.parametrize(("simulated", "told"), [(True, "No person took part"), (False, "")])
def test_ethics_are_left_to_the_authors_with_what_is_known(simulated: bool, told: str, report: Report) -> None:
    answer = answers(STARD_AI, replace(report, simulated=simulated))["6"]

    assert answer.startswith(NOT_RECORDED)
    assert told in answer
    assert simulated == ("No person" in answer)
