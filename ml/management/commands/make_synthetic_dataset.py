from argparse import ArgumentParser
from contextlib import nullcontext

from django.core.management.base import CommandError

from ml.datasets.synthetic import synthetic_archive
from ml.management.data_command import Options
from ml.management.import_command import ImportCommand


class Command(ImportCommand):
    """Draw synthetic lesions into a dataset."""

    help = "Draw synthetic lesions of the seven kinds of HAM10000 into a dataset. They show no real skin."
    verb = "Drawing"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add how many, how large, and the split's options."""
        parser.add_argument("--train", type=int, default=800, help="images to train on (default: 800)")
        parser.add_argument("--test", type=int, default=280, help="images to test on (default: 280)")
        parser.add_argument("--size", type=int, default=96, help="side in pixels, 64 to 512 (default: 96)")
        self.add_import_arguments(parser, name="synthetic", group_by_lesion=True, reads_files=False)

    def handle(self, *args: object, **given: object) -> None:
        """Draw and import; the seed is that of the drawing and of the split."""
        options: Options = given
        train, test = options["train"], options["test"]
        if train < 1 or test < 1:
            raise CommandError("--train and --test need at least one image each")
        try:
            archive = synthetic_archive(images=train + test, size=options["size"], seed=options["seed"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.run_import(nullcontext(archive), test_share=test / (train + test), options=options)
