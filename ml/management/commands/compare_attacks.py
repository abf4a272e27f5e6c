"""`manage.py compare_attacks`: what every attack did, how visible its change is and how fast it is, side by side."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from ml.errors import MlError
from ml.evaluation.attack_comparison import compare_attacks
from ml.evaluation.text.attack_comparison import comparison_as_markdown, comparison_as_text
from ml.management.data_command import Options
from ml.models import Classifier
from ml.runs.lookup import named_or_newest


class Command(BaseCommand):
    """Print one row for each evaluated pair set."""

    help = "Print what each evaluated attack did: accuracy, fooling ratio, PSNR, SSIM, visibility, images a second."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("--classifier", metavar="NAME", help="attacks on this one; default: on all")
        parser.add_argument(
            "--of-others",
            action="store_true",
            help="how large and visible the change is of those images alone that the attack had to do something about: "
            "neither of the target class nor read as it before (without a target class, read rightly)",
        )
        parser.add_argument(
            "--format", default="text", choices=["text", "markdown", "json"], help="default: %(default)s"
        )

    def handle(self, *args: object, **given: object) -> None:
        """Collect and print."""
        options: Options = given
        try:
            classifier = named_or_newest(Classifier, options["classifier"]) if options["classifier"] else None
        except MlError as error:
            raise CommandError(str(error)) from error
        rows = compare_attacks(classifier, of_others=bool(options["of_others"]))
        if options["format"] == "json":
            self.stdout.write(json.dumps([row.as_dict() for row in rows], indent=2, ensure_ascii=False))
        elif not rows:
            raise CommandError("No attack was evaluated yet: `manage.py make_pairs`, then `manage.py evaluate_attack`.")
        else:
            write = comparison_as_markdown if options["format"] == "markdown" else comparison_as_text
            self.stdout.write(write(rows))
