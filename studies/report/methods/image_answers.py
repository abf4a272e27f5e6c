"""What reporting lists ask of the images and their diagnoses, on which a classifier learns and an attack is measured.

Images that a program drew show no person: what is asked of patients does not apply to them, and the answers say so.
"""

from collections.abc import Mapping
from typing import Any

from ml.datasets.patients import Patients
from ml.datasets.reading_choices import LEAST_SIDE, ReadingChoices
from ml.models.dataset import Dataset
from ml.pairs.elsewhere.twins import NO_DIAGNOSIS
from studies.report.build import Report
from studies.report.classifier_facts import ClassifierFacts, DatasetFacts
from studies.report.methods.reporting_list import Answer, missing
from studies.report.wording import moment, stimuli_text

DRAWN = "Does not apply: a program drew the images, which show no person"
CONFIRMATIONS = {
    "histo": "histopathology",
    "follow_up": "follow-up",
    "consensus": "consensus of experts",
    "confocal": "confocal microscopy",
}
"""How HAM10000 says that a diagnosis was confirmed → the same in words (Tschandl et al. 2018)."""
UNLABELLED = ("image without a label", "unusable label")
"""The kinds of refusals that are for want of a diagnosis, as `ml.datasets.readers.archive` has them."""


def unless_drawn(what: str, *, drawn: str = DRAWN) -> Answer:
    """Return the answer that something is not recorded, and of images that a program drew that it does not apply."""
    return lambda report: f"{drawn}." if report.classifier.all_drawn else missing(what)


def sources(report: Report) -> str:
    """Return where the images come from: those that the classifier learnt from, and those that were attacked."""
    facts = report.classifier
    if facts.is_external:
        return f"Attacked images: {_source(facts.attacked)} {missing('on which images the classifier was trained')}"
    if facts.of_other_dataset:
        return f"The classifier learnt from {_source(facts.learnt_from)} The attacked images: {_source(facts.attacked)}"
    return f"For training and attack: {_source(facts.attacked)}"


def _source(facts: DatasetFacts) -> str:
    dataset, distribution = facts.dataset, facts.distribution
    kinds = {
        Dataset.Source.HAM10000.value: "a public archive",
        Dataset.Source.SYNTHETIC.value: "drawn by a program",
    }
    kind = kinds.get(dataset.source) or dataset.get_source_display()
    text = (
        f"“{dataset.name}” ({kind}), {_images(distribution.total)} of {_lesions(facts)}, imported on "
        f"{moment(dataset.created_at)}; SHA-256 of names, bytes, diagnoses and split {dataset.content_hash}. "
    )
    text += dataset.credit.strip() or missing(
        "who made the images, and under which licence (the dataset has no credit)"
    )
    if not text.endswith("."):
        text += "."
    if dataset.source in kinds:
        return text
    return f"{text} {missing('whether they were collected for this study, in routine, or by a public repository')}"


def timing(report: Report) -> str:
    """Return whether the images were gathered before the study."""
    dataset = _dataset(report)
    imported = f"imported on {moment(dataset.created_at)}"
    if dataset.is_synthetic:
        return f"Neither: a program drew the images ({imported})."
    if dataset.source == Dataset.Source.HAM10000:
        return f"Retrospective: the images were gathered and published before ({imported})."
    return f"{missing('whether the images were gathered for this study or before it')} They were {imported}."


def eligible_images(report: Report) -> str:
    """Return which images were taken, in the order in which it was decided, and what is left of patients."""
    facts = report.classifier
    dataset = facts.attacked.dataset
    least = ReadingChoices.of(dataset).least_side
    side = f" with sides of at least {least} pixels" if least != LEAST_SIDE else ""
    diagnoses = ", ".join(facts.attacked.diagnoses)
    labelled = f" with one of the diagnoses {diagnoses}" if diagnoses else ""
    text = (
        f"Images: every readable one{side}{labelled}; {_refused(dataset)}; of these the "
        f"{facts.pair_set.split} side. {subsets(report)} Observers: STARD 2015."
    )
    if dataset.is_synthetic:
        return text
    return f"{text} Patients and lesions: {_lower(missing('by which criteria, in which order'))}"


def found(report: Report) -> str:
    """Return on what basis patients and images were found."""
    dataset = _dataset(report)
    if report.classifier.all_drawn:
        return f"{DRAWN}."
    return f"{missing('how patients were identified')} Images: all that “{dataset.name}” offered (see the source)."


def series(report: Report) -> str:
    """Return of which kind the sample of images is."""
    if report.classifier.all_drawn:
        return f"Images: drawn by a program at random. {subsets(report)}"
    asked = missing("whether patients were a consecutive, random or convenience series")
    return f"{asked} Images: {_lower(subsets(report))}"


def subsets(report: Report) -> str:
    """Return which of the attacked side's images there are pairs of."""
    facts = report.classifier
    if facts.pairs >= facts.attacked_images:
        return f"All {_images(facts.pairs)} of the {facts.pair_set.split} side were attacked."
    how = " (of each diagnosis the first by name, with its share)" if _limited(facts.pair_set.provenance) else ""
    of = f"{_images(facts.attacked_images)} of the {facts.pair_set.split} side"
    return f"{facts.pairs:,} of the {of} were attacked{how}."


def _limited(provenance: Mapping[str, Any]) -> bool:
    """Say whether fewer image pairs were asked for than there are images."""
    return provenance.get("options", {}).get("limit") is not None


def acquisition(report: Report) -> str:
    """Return how the images were taken."""
    dataset = _dataset(report)
    if dataset.is_synthetic:
        seed = "" if dataset.drawing_seed is None else f" (seed {dataset.drawing_seed})"
        return f"Does not apply: a program drew the images{seed}; no device took them."
    return missing("the devices (manufacturer and model) that took the images, their settings, and the protocol")


def preprocessing(report: Report) -> str:
    """Return what is done to an image before the classifier reads it."""
    facts = report.classifier
    both = [facts.attacked, *([facts.learnt_from] if facts.of_other_dataset and not facts.is_external else [])]
    side = facts.pair_set.image_size
    if facts.perturbed_elsewhere:
        asked = missing("what was done to images before they were perturbed, and before the classifier read them")
        return (
            f"Both images of a pair were decoded and encoded anew, {side} × {side} pixels: {_brought(report)}. {asked}"
        )
    return (
        f"{' '.join(map(_squared, both))} Images are turned upright as their EXIF says, resized to {side} × {side} "
        f"pixels (Lanczos, antialiased), kept at 8 bits a channel, and given to the network {_given(facts)}."
    )


def _brought(report: Report) -> str:
    """Return what was found and done when pairs that were made elsewhere were brought in."""
    return "; ".join(report.attack.pairs.notes) or "nothing else was done to them"


def _squared(facts: DatasetFacts) -> str:
    dataset, total = facts.dataset, facts.distribution.total
    squared = (
        f"{facts.not_square:,} of {_images(total)} are not square and are {dataset.get_fit_display()}"
        if facts.not_square
        else f"all {_images(total)} are square"
    )
    colours = f"colours are {dataset.get_colours_display()}"
    converted = f" ({_images(facts.converted)} converted at import)" if dataset.colours == Dataset.Colours.SRGB else ""
    bits = ReadingChoices.of(dataset).bits
    levels = f"; levels of 16-bit images are taken as {bits} bits" if bits else ""
    return f"“{dataset.name}”: {squared}; {colours}{converted}{levels}."


def _given(facts: ClassifierFacts) -> str:
    """Return with which values the network is given an image."""
    external = facts.external
    if external is None:
        return "with values from 0 to 1"
    black, white = (", ".join(f"{value:g}" for value in ends) for ends in (external.black, external.white))
    order = "blue, green, red" if external.bgr else "red, green, blue"
    size = " × ".join(map(str, external.size))
    resized = f"; it resizes them to {size}" if set(external.size) != {facts.pair_set.image_size} else ""
    return f"with black as {black} and white as {white}, channels {order}{resized}"


def deidentification(report: Report) -> str:
    """Return what was done so that images show nobody."""
    facts = report.classifier
    if report.classifier.all_drawn:
        return f"{DRAWN}."
    told = facts.attacked.patients[facts.pair_set.split]
    kept = [name for name, there in (("age", told.ages), ("sex", told.sexes)) if there]
    beside = f" Kept beside the images: {' and '.join(kept)}." if kept else ""
    return (
        f"{missing('how images were de-identified before they were imported')} Observers are sent pixels alone, under "
        f"random names; words within pictures are not looked for.{beside}"
    )


def missing_data(report: Report) -> str:
    """Return what becomes of images without a diagnosis, and of what is missing beside."""
    refusals = _dataset(report).refusals
    if refusals is None:
        counted = "how many were refused was not counted by the version that imported them"
    else:
        counted = f"{sum(refusals.get(kind, 0) for kind in UNLABELLED):,} were refused for it"
    text = f"An image without a usable diagnosis is not imported ({counted}). Nothing is imputed"
    if report.classifier.perturbed_elsewhere:
        return f"{text} here. {missing('how images without a prediction, and other missing data, were handled')}"
    return f"{text}: the classifier reads {reads(report)}, and gives each image a class."


def reads(report: Report) -> str:
    """Return what the classifier is given of a patient."""
    external = report.classifier.external
    if external is not None and external.constant_inputs:
        return f"pixels, its further inputs ({', '.join(external.constant_inputs)}) being held at constant values"
    return "pixels alone"


def reference_standard(report: Report) -> str:
    """Return what an image's true class is."""
    facts = report.classifier.attacked
    dataset = facts.dataset
    if dataset.is_synthetic:
        return f"The kind of lesion that the program was asked to draw: {', '.join(dataset.classes)}."
    if not facts.diagnoses:
        return missing("the diagnoses of the images (none came with them)")
    text = f"The diagnosis that came with each image, one of {', '.join(facts.diagnoses)}. "
    if facts.confirmations:
        counts = "; ".join(f"{CONFIRMATIONS.get(word, word)} {n:,}" for word, n in facts.confirmations.items())
        return f"{text}It was confirmed, by image, by: {counts}."
    return text + missing("how diagnoses were made, such as by histopathology")


def reference_cut_offs(report: Report) -> str:
    """Return how a diagnosis follows from the reference standard."""
    if not report.classifier.attacked.diagnoses:
        return missing("the diagnoses of the images (none came with them)")
    return "None: each image has one diagnosis, which came with it."


def annotated_by(report: Report) -> str:
    """Return who made the diagnoses."""
    dataset = _dataset(report)
    if dataset.is_synthetic:
        return "Nobody: the program that drew the images knows what it drew."
    credit = f" The images’ credit: {dataset.credit.strip().rstrip('.')}." if dataset.credit.strip() else ""
    return (
        f"{missing('who made the diagnoses (number, profession, experience), and how, in care or afterwards')}{credit}"
    )


def test_annotations(report: Report) -> str:
    """Return whence the diagnoses of the test images are."""
    facts = report.classifier
    dataset = facts.attacked.dataset
    if dataset.is_synthetic:
        return "As of all images: the kind that was drawn."
    if not facts.attacked.diagnoses:
        return missing("the diagnoses of the attacked images (none came with them)")
    if facts.is_external:
        return f"The diagnoses of the attacked images came with them (“{dataset.name}”); none was changed here."
    if facts.of_other_dataset:
        return (
            f"The diagnoses of the attacked images came with “{dataset.name}”, those that the classifier learnt from "
            f"with “{facts.learnt_from.dataset.name}”; none was changed here."
        )
    return "As of the images for training: all diagnoses came with the images; none was changed here."


def partitions(report: Report) -> str:
    """Return how images were dealt to training and testing, and what the attack learnt from."""
    facts = report.classifier
    if facts.is_external:
        text = missing("which images the classifier was trained and validated on")
        if not facts.perturbed_elsewhere:
            test = (
                f"{_images(facts.learnt_from.distribution.test)} of the test side of “{facts.learnt_from.dataset.name}”"
            )
            text += f" Here it was measured on the {test}."
    else:
        text = f"{_dealt(facts.learnt_from)} No part was set aside for validation."
    if facts.of_other_dataset:
        text += f" The attacked images are of another dataset, “{facts.attacked.dataset.name}”."
    if facts.attacked_learnt:
        text += " The attacked images are of the train side: the classifier learnt from them."
    return text + _attack_side(report)


def _dealt(facts: DatasetFacts) -> str:
    distribution = facts.distribution
    return (
        f"“{facts.dataset.name}”: {facts.dataset.split_in_words}; {_images(distribution.train)} to train on, "
        f"{distribution.test:,} to test on."
    )


def _attack_side(report: Report) -> str:
    """Return which images an attack learnt from that learns; nothing of others."""
    if report.classifier.perturbed_elsewhere:
        return f" {missing('which images the attack learnt from, where it learns')}"
    side = report.classifier.attack_learnt_on
    if not side:
        return ""
    name = report.classifier.learnt_from.dataset.name
    same = side == report.classifier.pair_set.split and not report.classifier.of_other_dataset
    flattered = ", on which it was measured, too, which flatters it" if same else ""
    return f" The attack learnt from the {side} side of “{name}”{flattered}."


def disjoint_level(report: Report) -> str:
    """Return at which level training and testing have nothing in common."""
    facts = report.classifier
    if facts.is_external:
        return missing("whether the classifier was trained on images, lesions or patients of the attacked dataset")
    if facts.of_other_dataset:
        names = f"“{facts.learnt_from.dataset.name}” and “{facts.attacked.dataset.name}”"
        return f"Dataset: {names}. {missing('whether they share patients')}"
    if facts.attacked_learnt:
        return "None: the attacked images are of the side that the classifier learnt from."
    return _shared_lesions(facts.attacked)


def _shared_lesions(facts: DatasetFacts) -> str:
    both, total = facts.distribution.lesions_on_both_sides, facts.distribution.lesions
    if not facts.knows_lesions:
        text = "Image; each counts as a lesion of its own."
    elif both:
        text = f"Image: {both:,} of {total:,} lesions have images on both sides."
    else:
        text = f"Lesion: none of {total:,} has images on both sides."
    if facts.dataset.is_synthetic:
        return text
    return f"{text} Patients: {_lower(missing('whether any has images on both sides'))}"


def attacked_sample(report: Report) -> str:
    """Return how many images the attack was measured on."""
    facts = report.classifier
    at = f", at strength {report.attack.pairs.strength:g}" if report.attack.further else ""
    return (
        f"{facts.pairs:,} image pairs of {_lesion_count(facts.lesions)}{at}; of them {stimuli_text(report.study)} for "
        f"each observer. {missing('how these numbers were arrived at')}"
    )


def counted(report: Report) -> str:
    """Return how many images there were at each step."""
    facts = report.classifier
    text = (
        f"“{facts.attacked.dataset.name}”: {_refused(facts.attacked.dataset)}; "
        f"{_images(facts.attacked.distribution.total)} of {_lesions(facts.attacked)} imported; "
        f"{facts.attacked_images:,} on the {facts.pair_set.split} side; {facts.pairs:,} attacked; to observers: "
        f"{stimuli_text(report.study)}."
    )
    if facts.attacked.dataset.is_synthetic:
        return text
    return f"{text} Patients: {_lower(missing('how many were included and excluded'))}"


def flow_of_images(report: Report) -> str:
    """Return the same, where a diagram is asked for."""
    return f"The report’s diagram is of observers. Images, in words: {counted(report)}"


def partition_characteristics(report: Report) -> str:
    """Return what is known of the images and people in each part."""
    facts = report.classifier
    parts = []
    if not facts.is_external:
        parts.append(_characteristics(facts.learnt_from))
    if facts.is_external or facts.of_other_dataset:
        parts.append(_characteristics(facts.attacked))
    text = f"{' '.join(parts)} Attacked: {_counts(facts.by_diagnosis)}."
    if facts.attacked.dataset.is_synthetic:
        return text
    told = any(side.ages or side.sexes for side in facts.attacked.patients.values())
    lacking = "skin type and origin of the patients" if told else "age, sex, skin type and origin of the patients"
    return f"{text} {missing(lacking)}"


def _characteristics(facts: DatasetFacts) -> str:
    sides = ((side, told) for side, told in facts.patients.items() if told.images)
    return f"“{facts.dataset.name}”, {'; '.join(_of_side(facts, side, told) for side, told in sides)}."


def _of_side(facts: DatasetFacts, side: str, told: Patients) -> str:
    classes = {row.name: row.train if side == "train" else row.test for row in facts.distribution.classes}
    text = f"{side}: {_images(told.images)} ({_counts(classes)})"
    if told.ages:
        text += (
            f", age {told.ages[0]:g} to {told.ages[-1]:g}, median {told.median_age:g} years (of "
            f"{_images(len(told.ages))})"
        )
    if told.sexes:
        text += f", sex {', '.join(f'{word} {count:,}' for word, count in told.sexes.items())}"
    return text


def diagnoses_of_attacked(report: Report) -> str:
    """Return of which diagnoses the attacked images are."""
    return f"Attacked images by diagnosis: {_counts(report.classifier.by_diagnosis)}."


def availability(report: Report) -> str:
    """Return what there is of data, network and program, and what is left to be said of it."""
    facts = report.classifier
    network = facts.classifier.weights_sha256 if facts.classifier else ""
    stored = f"the network is stored (SHA-256 {network}); " if network else ""
    credit = facts.attacked.dataset.credit.strip().rstrip(".")
    images = f"images: {credit}" if credit else "images: no licence is recorded (the dataset has no credit)"
    asked = "where images, network and the study’s archive were made public, and who may use them for what"
    return f"The program is free software (MIT licence); {stored}{images}. {missing(asked)}"


def representative(report: Report) -> str:
    """Return whether diagnoses are as frequent as among those whom the classifier is for."""
    if report.classifier.all_drawn:
        return f"No: a program drew the images, with shares that were set. {diagnoses_of_attacked(report)}"
    asked = "whether diagnoses are as frequent here as among those whom the classifier is meant for"
    return f"{missing(asked)} {diagnoses_of_attacked(report)}"


def _dataset(report: Report) -> Dataset:
    return report.classifier.attacked.dataset


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(
        f"{'without a diagnosis' if name == NO_DIAGNOSIS else name} {count:,}" for name, count in counts.items()
    )


def _refused(dataset: Dataset) -> str:
    refused = dataset.refused_in_words
    return f"refused at import: {refused}" if refused else "what was refused at import was not counted"


def _images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"


def _lesion_count(count: int) -> str:
    return f"{count:,} lesion{'' if count == 1 else 's'}"


def _lesions(facts: DatasetFacts) -> str:
    if facts.knows_lesions:
        return _lesion_count(facts.distribution.lesions)
    return f"{_lesion_count(facts.distribution.lesions)} (each image counts as one of its own)"


def _lower(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"
