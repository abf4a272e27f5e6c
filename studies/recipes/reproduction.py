"""The published experiment as one piece of work: from the archive to a study that is ready for observers.

Each step is done once. What a run before has made is used again if it was made as asked, a step that was cut off goes
on from its checkpoint, and what was made otherwise under the same name is an error, never silently used.
"""

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User

from ml.attacks import ATTACKS
from ml.attacks.training import AttackTraining, check_strength
from ml.classifiers.training import ClassifierTraining
from ml.datasets.class_distribution import class_distribution
from ml.datasets.class_distribution_plot import class_distribution_svg
from ml.datasets.importing import import_images
from ml.datasets.readers.ham10000 import open_ham10000
from ml.datasets.reading_choices import ReadingChoices
from ml.errors import MlError
from ml.evaluation.attack import AttackEvaluation
from ml.evaluation.text.table_one import table_one_text
from ml.models import Attack, Classifier, Dataset, Evaluation, PairSet
from ml.options import read_settings
from ml.pairs.example_figure import pair_figure_png
from ml.pairs.making import PairMaking
from ml.runs.lifecycle import perform
from ml.runs.lookup import find_named
from ml.runs.reuse import ShowProgress, find_or_make
from studies.design.lifecycle import create_study
from studies.models import Study

BATCHES, PASSES = "batches", "passes"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The experiment's settings; the defaults are the paper's, where it gives them."""

    data: Path
    """Folder of the HAM10000 archive."""
    name: str = "reproduction"
    """What everything made is named after; the dataset is named after its split, and shared."""
    group_by_lesion: bool = False
    test_share: float = 0.2
    architecture: str = "densenet201"
    image_size: int | None = 256
    weights: str | None = "imagenet"
    weights_low: float = 0.0
    weights_high: float = 1.0
    batch_size: int = 32
    learning_rate: float | None = None
    recompute: bool | None = None
    """As `ml.classifiers.training.ClassifierTraining` takes it: None saves memory where a batch needs much."""
    classifier_steps: float = 100
    steps_are: str = BATCHES
    """How the paper's steps are read: `batches`, or `passes` over the images. It does not say."""
    attack: str = "generator"
    attack_steps: float = 200
    attack_settings: dict[str, Any] = field(default_factory=dict)
    attack_split: str = "test"
    """The images that the attack learns on. The paper took those it was judged on, which flatters it."""
    target_class: str = "nv"
    strengths: tuple[float, ...] = (8.0,)
    """In 8-bit levels; the paper does not give its own. The study takes the first."""
    seed: int = 0
    n_perturbed: int = 30
    n_clean: int = 20

    def check(self) -> None:
        """Refuse at once what can be told before the first image is read.

        Raises
        ------
        MlError
            With what is wrong and what to do about it.
        """
        if self.attack not in ATTACKS:
            raise MlError(f"--attack is one of {', '.join(ATTACKS)}; not {self.attack!r}.")
        if self.steps_are not in {BATCHES, PASSES}:
            raise MlError(f"--steps-are is {BATCHES} or {PASSES}, not {self.steps_are!r}.")
        for name, steps in (("classifier", self.classifier_steps), ("attack", self.attack_steps)):
            if not (math.isfinite(steps) and steps > 0):
                raise MlError(f"--{name}-steps is to be above 0, not {steps:g}.")
        if not self.strengths:
            raise MlError("--strength: at least one.")
        for strength in self.strengths:
            check_strength(strength)
        read_settings(self.attack, ATTACKS[self.attack].settings, self.attack_settings)

    @property
    def dataset_name(self) -> str:
        """The dataset's name: one for each way to split."""
        split = " by lesion" if self.group_by_lesion else ""
        share = "" if self.test_share == 0.2 else f", {self.test_share:.0%} test"
        return f"ham10000{split}{share}"


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What came out."""

    dataset: Dataset
    classifier: Classifier
    pair_sets: list[PairSet]
    """One a strength, as asked, evaluated."""
    study: Study
    folder: Path


def reproduce(recipe: Recipe, *, by: User, folder: Path, show_progress: ShowProgress) -> Reproduction:
    """Do what is missing of the experiment.

    Parameters
    ----------
    by
        Whose study it is.
    folder
        Where Table 1, Figures 2 and 3 and the figures as JSON are written.
    show_progress
        Given a title, shows the progress of one long step.

    Raises
    ------
    MlError
        Something cannot be done as asked, or was made otherwise before under the same name.
    """
    recipe.check()
    folder.mkdir(parents=True, exist_ok=True)
    dataset = _dataset(recipe, show_progress)
    training = _training(recipe, dataset)
    if recipe.target_class not in dataset.classes:
        raise MlError(f"--target-class is one of {', '.join(dataset.classes)}; not {recipe.target_class!r}.")
    classifier = find_or_make(Classifier, training, "Training the classifier", show_progress)
    (folder / "figure2.svg").write_text(class_distribution_svg(class_distribution(dataset)), encoding="utf-8")
    pair_sets = []
    for strength in recipe.strengths:
        attacking = _attacking(recipe, dataset, classifier, strength)
        attack = find_or_make(Attack, attacking, f"Training the attack at {strength:g} levels", show_progress)
        making = PairMaking(attack=attack, name=f"{attack.name} test")
        pair_set = find_or_make(PairSet, making, f"Making image pairs at {strength:g} levels", show_progress)
        if not Evaluation.objects.filter(pair_set=pair_set).exists():
            with show_progress(f"Evaluating the attack at {strength:g} levels") as progress:
                perform(AttackEvaluation(pair_set=pair_set), progress=progress)
        pair_sets.append(pair_set)
    study = _study(recipe, pair_sets[0], by=by)
    result = Reproduction(dataset=dataset, classifier=classifier, pair_sets=pair_sets, study=study, folder=folder)
    _write(result)
    return result


def _dataset(recipe: Recipe, show_progress: ShowProgress) -> Dataset:
    name = recipe.dataset_name
    dataset = find_named(Dataset, name)
    if dataset is None:
        with open_ham10000(recipe.data) as archive, show_progress("Reading the archive") as progress:
            import_images(
                archive=archive,
                name=name,
                group_by_lesion=recipe.group_by_lesion,
                test_share=recipe.test_share,
                choices=ReadingChoices(fit=Dataset.Fit.SQUEEZE.value),  # as the paper does
                progress=progress,
            )
        dataset = Dataset.objects.get(name=name)
    return dataset


def _training(recipe: Recipe, dataset: Dataset) -> ClassifierTraining:
    steps = int(recipe.classifier_steps) if recipe.steps_are == BATCHES else None
    return ClassifierTraining(
        dataset=dataset,
        name=f"{recipe.name} classifier",
        architecture=recipe.architecture,
        image_size=recipe.image_size,
        epochs=recipe.classifier_steps,
        steps=steps,
        batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        weights=recipe.weights,
        weights_low=recipe.weights_low,
        weights_high=recipe.weights_high,
        recompute=recipe.recompute,
        seed=recipe.seed,
    )


def _attacking(recipe: Recipe, dataset: Dataset, classifier: Classifier, strength: float) -> AttackTraining:
    settings = dict(recipe.attack_settings)
    if ATTACKS[recipe.attack].learns:
        batch_size = asdict(read_settings(recipe.attack, ATTACKS[recipe.attack].settings, settings))["batch_size"]
        images = dataset.images.filter(split=recipe.attack_split).count()
        a_pass = 1 if recipe.steps_are == BATCHES else images / batch_size
        settings.setdefault("steps", max(1, round(recipe.attack_steps * a_pass)))
    return AttackTraining(
        classifier=classifier,
        name=f"{recipe.name} {recipe.attack} {strength:g}",
        kind=recipe.attack,
        target_class=recipe.target_class,
        strength=strength,
        settings=settings,
        split=recipe.attack_split,
        seed=recipe.seed,
    )


def _study(recipe: Recipe, pair_set: PairSet, *, by: User) -> Study:
    title = f"{recipe.name}: which of these images were changed?"
    study = Study.objects.filter(title=title, pair_set=pair_set).first()
    return study or create_study(
        by=by, title=title, pair_set=pair_set, n_perturbed=recipe.n_perturbed, n_clean=recipe.n_clean, seed=recipe.seed
    )


def _write(result: Reproduction) -> None:
    """Write Table 1, Figure 3 and the figures of every strength."""
    evaluations = [pair_set.evaluation for pair_set in result.pair_sets]
    tables = [f"Strength {one.pair_set.strength:g} levels\n\n{table_one_text(one.table)}\n" for one in evaluations]
    (result.folder / "table1.txt").write_text("\n".join(tables), encoding="utf-8")
    (result.folder / "figure3.png").write_bytes(pair_figure_png(result.pair_sets[0]))
    figures = {
        "dataset": {"name": result.dataset.name, "content_hash": result.dataset.content_hash},
        "classifier": {"options": result.classifier.options, "metrics": result.classifier.metrics},
        "attacks": [
            {"strength": one.pair_set.strength, "options": one.pair_set.attack.options, "sizes": one.sizes} | one.table
            for one in evaluations
        ],
        "provenance": result.classifier.provenance,
    }
    (result.folder / "figures.json").write_text(
        json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
