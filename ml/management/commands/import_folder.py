from argparse import ArgumentParser
from pathlib import Path

from ml.datasets.readers.folder import DRAWN, GIVEN, FolderChoices, open_folder
from ml.datasets.readers.label_table import Columns
from ml.management.data_command import Options
from ml.management.import_command import ImportCommand


class Command(ImportCommand):
    """Import a folder or a zip of images, whose folders say what they show, or a table does."""

    help = "Import images from a folder or a zip with one folder for each class, or with a table of labels."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the folder, the tables, the split's options."""
        parser.add_argument(
            "folder",
            type=Path,
            help="a folder or a zip with one folder for each class, whose name is the diagnosis; or with train, val "
            "and test, and the classes in each; or with images that a table labels",
        )
        parser.add_argument(
            "--labels",
            type=Path,
            metavar="FILE.csv",
            help="what each image shows: one row an image, with a column of diagnoses, or a column of 0 and 1 a class",
        )
        columns = parser.add_argument_group("columns of --labels (default: guessed, and told)")
        columns.add_argument("--image-column", default="", metavar="NAME", help="names or paths of images")
        columns.add_argument(
            "--label-column", default="", metavar="NAME", help="diagnoses; or NAME,NAME,… one column a class"
        )
        columns.add_argument("--lesion-column", default="", metavar="NAME", help="which images show one lesion")
        columns.add_argument("--split-column", default="", metavar="NAME", help="train, val or test")
        parser.add_argument(
            "--lesions",
            type=Path,
            metavar="FILE.csv",
            help="which images show one lesion: columns image and lesion (default: each image is its own)",
        )
        parser.add_argument(
            "--split",
            choices=[GIVEN, DRAWN],
            default=GIVEN,
            help="keep a split that folders or table give, or draw one (default: %(default)s, where one is)",
        )
        parser.add_argument("--credit", default="", help="who made the images, and under which licence")
        parser.add_argument(
            "--test-share",
            type=float,
            default=0.2,
            help="share of the test images; 1: all, to test on alone (default: 0.2)",
        )
        self.add_import_arguments(parser, name="")

    def handle(self, *args: object, **given: object) -> None:
        """Import; the dataset is called like the folder unless it is given a name."""
        options: Options = given
        folder: Path = options["folder"]
        name = options["name"] or (folder.stem if folder.suffix.lower() == ".zip" else folder.resolve().name)
        choices = FolderChoices(
            labels=options["labels"],
            columns=Columns(
                image=options["image_column"],
                label=options["label_column"],
                lesion=options["lesion_column"],
                split=options["split_column"],
            ),
            lesions=options["lesions"],
            split=options["split"],
        )
        opened = open_folder(folder, credit=options["credit"], choices=choices)
        self.run_import(opened, test_share=options["test_share"], options={**options, "name": name})
