"""`manage.py reproduce --data DIR`: the published experiment, from the archive to a study."""

from argparse import ArgumentParser, BooleanOptionalAction, RawDescriptionHelpFormatter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from ml.attacks import ATTACKS
from ml.classifiers.architectures import ARCHITECTURES
from ml.errors import MlError
from ml.evaluation.text.distortion import size_lines
from ml.evaluation.text.table_one import table_one_text
from ml.management.commands.train_classifier import value_range
from ml.models import Image
from perception.core.progress import terminal_progress
from studies.errors import StudyError
from studies.lookup import researcher_from
from studies.recipes.reproduction import BATCHES, PASSES, Recipe, reproduce

EXPLAINED = """\
The defaults are the settings of Allyn et al. 2020 where the paper gives them: DenseNet-201 with ImageNet weights,
256 × 256 pixels in [0, 1], 80% train and 20% test images, rotation and crop, 100 steps; a generator trained in 200
steps on the test images to have every image read as nv; 30 perturbed and 20 clean test images for the observers.

The paper does not say what a step is. --steps-are batches (the default) takes it for a batch; passes, for a pass over
all images. It does not give the attack's strength: 8 of 255 levels here.

Stopped or killed at any point, the same command goes on from the last checkpoint. What is there is not made again.
"""


class Command(BaseCommand):
    """Reproduce the published experiment."""

    help = "Reproduce the published experiment: import, classifier, attack, pairs, Table 1, Figures 2 and 3, a study."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.description = f"{self.help}\n\n{EXPLAINED}"
        parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the HAM10000 archive")
        parser.add_argument("--name", default="reproduction", help="what everything is named after (%(default)s)")
        parser.add_argument("--output", type=Path, metavar="DIR", help="default: reproductions/NAME in the data folder")
        parser.add_argument("--by", metavar="USER", help="whose study it is (default: the only user, or a new one)")
        parser.add_argument("--seed", type=int, default=0, help="of classifier, attack and study (%(default)s)")
        data = parser.add_argument_group("images")
        data.add_argument("--group-by-lesion", action="store_true", help="keep a lesion's images on one side")
        data.add_argument("--test-share", type=float, default=0.2, help="share of the test images (%(default)s)")
        self._add_classifier(parser)
        self._add_attack(parser)
        study = parser.add_argument_group("study")
        study.add_argument("--perturbed", type=int, default=30, help="how many perturbed images (%(default)s)")
        study.add_argument("--clean", type=int, default=20, help="how many clean images (%(default)s)")

    def _add_classifier(self, parser: ArgumentParser) -> None:
        group = parser.add_argument_group("classifier")
        group.add_argument("--architecture", default="densenet201", choices=ARCHITECTURES, help="(%(default)s)")
        group.add_argument("--image-size", type=int, default=256, metavar="PIXELS", help="(%(default)s)")
        group.add_argument(
            "--weights",
            default="imagenet",
            metavar="imagenet|random|FILE",
            help="where it starts; with --architecture backbone: the network's .keras file (%(default)s)",
        )
        group.add_argument(
            "--weights-range",
            type=value_range,
            default=(0.0, 1.0),
            metavar="BLACK,WHITE",
            help="what a backbone wants black and white to be (0,1)",
        )
        group.add_argument("--batch-size", type=int, default=32, help="(%(default)s)")
        group.add_argument("--learning-rate", type=float, help="peak (the architecture's own)")
        group.add_argument(
            "--recompute",
            action=BooleanOptionalAction,
            help="less memory, more time, the same training (where a batch would have more than 3 GiB kept)",
        )
        group.add_argument("--classifier-steps", type=float, default=100, metavar="N", help="(%(default)s)")
        group.add_argument(
            "--steps-are",
            choices=[BATCHES, PASSES],
            default=BATCHES,
            help="what a step is, of the classifier and of the attack (%(default)s)",
        )

    def _add_attack(self, parser: ArgumentParser) -> None:
        group = parser.add_argument_group("attack")
        group.add_argument("--attack", default="generator", choices=ATTACKS, help="(%(default)s)")
        group.add_argument("--attack-steps", type=float, default=200, metavar="N", help="(%(default)s)")
        group.add_argument(
            "--attack-split",
            default="test",
            choices=Image.Split.values,
            help="which images it learns on: the paper took test, which flatters the attack (%(default)s)",
        )
        group.add_argument("--target-class", default="nv", help="(%(default)s)")
        group.add_argument(
            "--strength",
            type=strengths,
            default=(8.0,),
            metavar="LEVELS[,LEVELS…]",
            help="of 255; several make an attack each, and the study takes the first (8)",
        )
        group.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="OPTION=VALUE",
            help="another option of the attack, as `train_attack --help` lists them, such as ssim-penalty=5",
        )

    def handle(self, **options: Any) -> None:
        """Reproduce and print."""
        try:
            recipe = _recipe(options)
            recipe.check()
            folder = options["output"] or Path(settings.DATA_DIR) / "reproductions" / recipe.name.replace("/", "-")
            result = reproduce(recipe, by=_researcher(options["by"]), folder=folder, show_progress=terminal_progress)
        except (MlError, StudyError) as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. The same command goes on from there.", returncode=130) from None
        for pair_set in result.pair_sets:
            self.stdout.write(
                f"\nStrength {pair_set.strength:g} levels\n\n{table_one_text(pair_set.evaluation.table)}\n"
            )
            for line in size_lines(pair_set.evaluation.sizes):
                self.stdout.write(f"{line.name}: {line.text}")
        measured = result.classifier.metrics
        self.stdout.write(
            f"\nClean accuracy {measured['accuracy']:.1%}, balanced {measured['balanced_accuracy']:.1%}, on "
            f"{measured['n']:,} test images.\nTable 1, Figures 2 and 3 and all figures: {result.folder}\n"
            f"Study {result.study.pk}: {result.study.title} ({result.study.get_state_display()})"
        )
        if recipe.attack_split == "test" and ATTACKS[recipe.attack].learns:
            self.stdout.write("The attack learnt on the images that it is judged on, as in the paper.")


def strengths(text: str) -> tuple[float, ...]:
    """Read `8` or `2,4,8`."""
    return tuple(float(part) for part in text.split(","))


def _recipe(options: dict[str, Any]) -> Recipe:
    weights = options["weights"]
    return Recipe(
        data=options["data"],
        name=options["name"],
        group_by_lesion=options["group_by_lesion"],
        test_share=options["test_share"],
        architecture=options["architecture"],
        image_size=options["image_size"],
        weights=None if weights == "random" else weights,
        weights_low=options["weights_range"][0],
        weights_high=options["weights_range"][1],
        batch_size=options["batch_size"],
        learning_rate=options["learning_rate"],
        recompute=options["recompute"],
        classifier_steps=options["classifier_steps"],
        steps_are=options["steps_are"],
        attack=options["attack"],
        attack_steps=options["attack_steps"],
        attack_settings=_attack_settings(options["attack"], options["set"]),
        attack_split=options["attack_split"],
        target_class=options["target_class"],
        strengths=options["strength"],
        seed=options["seed"],
        n_perturbed=options["perturbed"],
        n_clean=options["clean"],
    )


def _attack_settings(kind: str, given: list[str]) -> dict[str, Any]:
    """Read `OPTION=VALUE` pairs as the attack's own options; whether they are good is checked by the attack."""
    kinds: dict[str, Callable[[str], Any]] = {
        name: type(default) for name, default in asdict(ATTACKS[kind].settings()).items()
    }
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        name = name.strip().lstrip("-").replace("-", "_")
        if not equals:
            raise CommandError(f"--set takes OPTION=VALUE, not {text!r}.")
        try:
            found[name] = kinds.get(name, str)(value)
        except ValueError:
            raise CommandError(f"--set {text}: {value!r} is not a number.") from None
    return found


def _researcher(name: str | None) -> User:
    if name is None and not User.objects.exists():
        # A study belongs to somebody. Without a password nobody can sign in as this one.
        return User.objects.create_user("researcher")
    return researcher_from(name)
