from argparse import ArgumentParser
from pathlib import Path

from ml.datasets.readers.ham10000 import open_ham10000
from ml.management.data_command import Options
from ml.management.import_command import ImportCommand


class Command(ImportCommand):
    """Import the HAM10000 archive."""

    help = "Import HAM10000 as the public archive has it: image folders, its zips, or both, and HAM10000_metadata.csv."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the folder and the split's options."""
        parser.add_argument("folder", type=Path, help="holds the zips or image folders, and the metadata")
        parser.add_argument("--test-share", type=float, default=0.2, help="share of the test images (default: 0.2)")
        self.add_import_arguments(parser, name="ham10000")

    def handle(self, *args: object, **given: object) -> None:
        """Import."""
        options: Options = given
        self.run_import(open_ham10000(options["folder"]), test_share=options["test_share"], options=options)
