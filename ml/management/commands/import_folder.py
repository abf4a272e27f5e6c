from argparse import ArgumentParser
from pathlib import Path

from ml.datasets.readers.folder import open_folder
from ml.management.data_command import Options
from ml.management.import_command import ImportCommand


class Command(ImportCommand):
    """Import a folder that holds one folder a class."""

    help = "Import images from a folder that holds one folder for each class."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the folder, the table of lesions, the split's options."""
        parser.add_argument("folder", type=Path, help="holds one folder for each class; its name is the diagnosis")
        parser.add_argument(
            "--lesions",
            type=Path,
            metavar="FILE.csv",
            help="which images show one lesion: columns image and lesion (default: each image is its own)",
        )
        parser.add_argument("--credit", default="", help="who made the images, and under which licence")
        parser.add_argument("--test-share", type=float, default=0.2, help="share of the test images (default: 0.2)")
        self.add_import_arguments(parser, name="")

    def handle(self, *args: object, **given: object) -> None:
        """Import; the dataset is called like the folder unless it is given a name."""
        options: Options = given
        folder: Path = options["folder"]
        name = options["name"] or folder.resolve().name
        opened = open_folder(folder, lesions=options["lesions"], credit=options["credit"])
        self.run_import(opened, test_share=options["test_share"], options={**options, "name": name})
