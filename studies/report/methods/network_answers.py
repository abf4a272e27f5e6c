"""What reporting lists ask of the networks: the classifier under attack, and the attack where it learns.

Of a classifier that somebody else trained, and of an attack that another program made, what is not recorded here is
left to the authors.
"""

from collections.abc import Mapping
from typing import Any

from ml.attacks.wording import attack_words
from ml.classifiers.architectures import ARCHITECTURES
from ml.classifiers.stored_options import EarlierTraining, ExternalRecord, TrainingRecord
from ml.models.attack import Attack
from ml.models.classifier import Classifier
from perception.core.formatting import duration
from studies.report.build import Report
from studies.report.classifier_facts import ClassifierFacts
from studies.report.facts import AttackFacts
from studies.report.methods.image_answers import partitions, reads
from studies.report.methods.reporting_list import missing
from studies.report.versions import program_text
from studies.report.wording import levels_text

HASH_SHOWN = 12


def kind_of_model(report: Report) -> str:
    """Return of which kind the networks are."""
    facts = report.classifier
    classifier = facts.classifier
    if classifier is None:
        return missing(f"of which kind the classifier{_named(report)} is, and the title of the article")
    if facts.is_external:
        text = "A neural network in Keras’ format that was trained elsewhere"
    else:
        text = f"Deep learning: a network ({_architecture(classifier)})"
    learns = " The attack on it learns, too." if facts.attack_learns else ""
    apart = f"tells {len(classifier.classes)} diagnoses apart"
    return f"{text} {apart}.{learns} The title of the article is the authors’."


def _named(report: Report) -> str:
    """Return the name of the classifier under attack, to follow a noun; nothing where it was not told."""
    return f" “{report.attack.classifier}”" if report.attack.classifier else ""


def goal(report: Report) -> str:
    """Return what the study is for."""
    tested = report.figures.summary.equivalence is not None
    margin = (
        f", as a claim of equivalence with guessing (margin {100 * report.study.margin:g} percentage points, fixed in "
        "the protocol)"
        if tested
        else ""
    )
    who = " A model of an observer answered in their place." if report.simulated else ""
    if report.classifier.perturbed_elsewhere:
        made = "was attacked by another program"
    else:
        made = f"was {'brought in' if report.classifier.is_external else 'trained here'} to be attacked"
    return (
        f"To test whether people notice the change{margin}.{who} The classifier {made}; that it is fit for practice is "
        "not claimed."
    )


def model(report: Report) -> str:
    """Return the classifier, and the attack, so that both can be made again."""
    facts = report.classifier
    if facts.classifier is None:
        network = missing(f"the classifier{_named(report)}: its architecture, inputs and outputs")
    elif facts.external is not None:
        network = _external(facts.classifier, facts.external)
    else:
        network = _trained(facts.classifier)
    return f"{network} {' '.join(map(_attack, report.attacks))}"


def _trained(classifier: Classifier) -> str:
    side = classifier.image_size
    return (
        f"“{classifier.name}”: {_architecture(classifier)}; {side} × {side} pixels in three channels in, a probability "
        f"for each of {', '.join(classifier.classes)} out; {_weights(classifier)}."
    )


def _external(classifier: Classifier, external: ExternalRecord) -> str:
    gives = "logits" if external.logits else "probabilities"
    return (
        f"“{classifier.name}”: a network in Keras’ format that was trained elsewhere, read from {external.file} "
        f"(SHA-256 {external.file_sha256}), which gives {gives} of {', '.join(classifier.classes)}; "
        f"{_weights(classifier)}. {missing('its architecture')}"
    )


def _weights(classifier: Classifier) -> str:
    sha256 = classifier.weights_sha256
    return f"SHA-256 of the stored network {sha256}" if sha256 else "no hash of the network is stored"


def _attack(facts: AttackFacts) -> str:
    attack = facts.pairs.attack
    strengths = levels_text([pairs.strength for pairs in facts.by_strength])
    learnt = f"; SHA-256 of what it learnt {attack.weights_sha256}" if attack.weights_sha256 else ""
    text = f"The attack “{attack.name}”: {attack_words(attack)}, strength {strengths}{learnt}."
    if not attack.is_elsewhere:
        return text
    described = f" Described in: {attack.reference.strip().rstrip('.')}." if attack.reference.strip() else ""
    return f"{text}{described} {missing('its settings, so that it can be repeated')}"


def _architecture(classifier: Classifier) -> str:
    name = classifier.architecture
    return ARCHITECTURES[name].title if name in ARCHITECTURES else f"architecture “{name}”"


def software(report: Report) -> str:
    """Return with which versions classifier, attack and figures were made."""
    facts = report.classifier
    figures = f"Figures: {program_text()}."
    attack = facts.pair_set.attack
    attack_with = _made_with(attack.provenance)
    if facts.classifier is None:
        asked = missing(f"the software of the classifier{_named(report)}")
        brought_with = _made_with(facts.pair_set.provenance)
        brought = f" Pairs brought in with {brought_with}." if brought_with else ""
        return f"Images perturbed by {attack.made_by}.{brought} {figures} {asked}"
    classifier_with = _made_with(facts.classifier.provenance)
    verb = "added" if facts.is_external else "trained"
    if classifier_with == attack_with:
        rows = [(f"Classifier {verb} and attack made with", classifier_with)]
    else:
        rows = [(f"Classifier {verb} with", classifier_with), ("Attack made with", attack_with)]
    told = [f"{said} {text}." for said, text in rows if text]
    if not told:
        told = [missing("the versions with which classifier and attack were made (none is stored with them)")]
    if facts.is_external:
        told.append(missing("the software that trained the classifier"))
    return f"{' '.join(told)} {figures}"


def _made_with(provenance: Mapping[str, Any]) -> str:
    """Return the versions that something was made with; nothing where none are stored."""
    versions: Mapping[str, str] = provenance.get("versions", {})
    named = (
        ("perception", "Perception"),
        ("python", "Python"),
        ("keras", "Keras"),
        ("tensorflow", "TensorFlow"),
        ("numpy", "NumPy"),
        ("pillow", "Pillow"),
        ("machine", "on"),
    )
    told = ", ".join(f"{name} {versions[key]}" for key, name in named if key in versions)
    source = versions.get("source_sha256", "")
    return f"{told} (source SHA-256 {source[:HASH_SHOWN]}…)" if told and source else told


def initialization(report: Report) -> str:
    """Return where the weights were before training."""
    facts = report.classifier
    trained = facts.trained
    if trained is None:
        text = missing("with which weights the training of the classifier began")
    else:
        text = f"Classifier: {_began(trained)}, seed {trained.first_seed}.{_gone_on_with(trained)}"
    return f"{text}{_attack_began(facts)}"


def _began(trained: TrainingRecord) -> str:
    if trained.weights is None:
        return "random"
    if trained.weights == "imagenet":
        return "ImageNet’s weights of Keras, the head random"
    return f"the file {trained.weights}, the head random"


def _gone_on_with(trained: TrainingRecord) -> str:
    if not trained.earlier:
        return ""
    names = " and ".join(f"“{one.name}”" for one in reversed(trained.earlier))
    return f" From there it was trained on the same images before, as {names}."


def _attack_began(facts: ClassifierFacts) -> str:
    if facts.perturbed_elsewhere:
        return f" {missing('the same of the attack, where it learns')}"
    if not facts.attack_learns:
        return " The attack has no weights."
    if facts.attack.start_from:
        return f" Attack: what the attack “{facts.attack.start_from}” had learnt."
    return "" if facts.attack.seed is None else f" Attack: random, seed {facts.attack.seed}."


def training(report: Report) -> str:
    """Return how classifier and attack were trained."""
    facts = report.classifier
    if facts.is_external:
        text = missing("how the classifier was trained (hyperparameters, augmentation, hardware)")
    elif facts.trained is None:
        text = missing("how the classifier was trained (no options are stored with it)")
    else:
        text = _training_here(facts, facts.trained, seconds=_seconds(facts.classifier))
    return f"{text} {_attack_training(facts)}"


def _seconds(made: Classifier | Attack | None) -> float:
    """Return how long something took to be made; 0 where that is not stored."""
    provenance: Mapping[str, Any] = {} if made is None else made.provenance
    seconds: float = provenance.get("seconds", 0.0)
    return seconds


def _training_here(facts: ClassifierFacts, trained: TrainingRecord, *, seconds: float) -> str:
    before = "".join(f"{_trained_before(one)} Then " for one in reversed(trained.earlier))
    return (
        f"Classifier: {before}{trained.steps:,} batches of {trained.batch_size} from "
        f"{facts.learnt_from.distribution.train:,} images, rotated, mirrored and cropped at random; cross-entropy; "
        f"Adam, the learning rate rising to {trained.learning_rate:g} in the first tenth of the steps and falling by a "
        f"cosine to nothing; seed {trained.seed}{_took(seconds)}.{_normalised(trained)}"
    )


def _trained_before(earlier: EarlierTraining) -> str:
    return (
        f"{earlier.steps:,} batches of {earlier.batch_size} at {earlier.image_size} × {earlier.image_size} pixels, "
        f"learning rate up to {earlier.learning_rate:g}, seed {earlier.seed} (“{earlier.name}”)."
    )


def _normalised(trained: TrainingRecord) -> str:
    if not trained.normalised_over:
        return ""
    return (
        " Afterwards its batch normalisations were given the mean and variance of their inputs over "
        f"{trained.normalised_over:,} of these images (Wu, Johnson 2021)."
    )


def _took(seconds: float) -> str:
    return f"; {duration(seconds)}" if seconds else ""


def _attack_training(facts: ClassifierFacts) -> str:
    settings = facts.attack.settings
    asked = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in settings.items() if value != 0)
    options = f" ({asked})" if asked else ""
    if facts.perturbed_elsewhere:
        return missing("how the attack was made, and on which images it was trained, where it learns")
    if not facts.attack_learns:
        return f"The attack learns nothing{options}; it asks the classifier about each image."
    if not settings:
        return missing("how the attack was trained (no options are stored with it)")
    side = f"{facts.attack_learnt_on} images of “{facts.learnt_from.dataset.name}”"
    how = f"Adam, its learning rate falling by a cosine to nothing{options}; seed {facts.attack.seed}"
    return f"Attack: {side}; {how}{_took(_seconds(facts.pair_set.attack))}."


def final_model(report: Report) -> str:
    """Return how the network was chosen among those of the training."""
    if report.classifier.is_external:
        return missing("how the final classifier was chosen")
    taken = "classifier and attack as they are" if report.classifier.attack_learns else "a classifier as it is"
    asked = missing("whether several were trained and one of them chosen, and by what")
    return f"The program takes {taken} after the last step, and chooses none. {asked}"


def ensembling(report: Report) -> str:
    """Return whether networks were joined."""
    if report.classifier.is_external:
        return missing("whether the classifier joins several networks")
    return "None: one network."


def development(report: Report) -> str:
    """Return how the classifier was trained, validated and tested, with the numbers of images."""
    return f"{training(report)} {partitions(report)}"


def no_cut_off(report: Report) -> str:
    """Return how a class follows from the network's output."""
    if report.classifier.perturbed_elsewhere:
        return missing("how a class followed from the classifier’s outputs, and whether that was set beforehand")
    external = report.classifier.external
    values = "logit" if external is not None and external.logits else "probability"
    return f"None: the class with the highest {values}, fixed by the program before any image was read."


def readers_knew(report: Report) -> str:
    """Return what the classifier was given of a patient."""
    if report.classifier.perturbed_elsewhere:
        return missing("what the classifier was given beside the image")
    return f"The classifier reads {reads(report)}: no history, no diagnosis."


def indeterminate(report: Report) -> str:
    """Return whether the classifier leaves an image without a class."""
    if report.classifier.perturbed_elsewhere:
        return missing("whether the classifier left images without a class")
    return "There are none: the classifier gives each image one of the diagnoses."
