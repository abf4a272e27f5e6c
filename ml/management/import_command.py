"""What the import commands share: their options, their progress bar, their report."""

from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from django.core.management.base import CommandError

from ml.datasets.import_report import refusal_lines, write_refusals
from ml.datasets.importing import NothingImportedError, import_images
from ml.datasets.readers.archive import Archive, Refusal
from ml.datasets.reading_choices import LEAST_SIDE, ReadingChoices
from ml.errors import MlError
from ml.management.data_command import DataCommand, Options, add_owner_arguments, owner_of
from ml.models import Dataset
from ml.sharing import set_shared
from perception.core.input_files.csv_table import CsvError
from perception.core.progress import terminal_progress


def add_reading_arguments(parser: ArgumentParser) -> None:
    """Add the choices of how images are read."""
    parser.add_argument(
        "--fit",
        choices=Dataset.Fit.values,
        default=Dataset.Fit.CROP.value,
        help="images that are not square are cropped to the square in the middle, padded with black, or squeezed, as "
        "the paper does (default: %(default)s)",
    )
    parser.add_argument(
        "--least-side",
        type=int,
        default=LEAST_SIDE,
        metavar="PIXELS",
        help="refuse images with a shorter side (default: %(default)s)",
    )
    parser.add_argument(
        "--bits",
        type=int,
        help="how many bits the levels of 16-bit images have, such as 12 (default: all that their files hold)",
    )


def _choices(options: Options) -> ReadingChoices:
    """Return the choices of a command line; images that are drawn leave none."""
    given = {name: options[name] for name in ("fit", "least_side", "bits") if name in options}
    return ReadingChoices(**given)


class ImportCommand(DataCommand):
    """Opens an archive, imports it, prints what was read and what was refused."""

    requires_migrations_checks = True
    verb = "Reading"
    if_no_room = "Nothing was imported."

    def add_import_arguments(
        self, parser: ArgumentParser, *, name: str, group_by_lesion: bool = False, reads_files: bool = True
    ) -> None:
        """Add the options that every import has; `name` is the dataset's name by default."""
        parser.add_argument("--name", default=name, help="name of the dataset (default: %(default)s)")
        parser.add_argument("--seed", type=int, default=0, help="seed of the split (default: 0)")
        parser.add_argument(
            "--group-by-lesion",
            action=BooleanOptionalAction,
            default=group_by_lesion,
            help="keep all images of a lesion on one side of the split",
        )
        if reads_files:
            add_reading_arguments(parser)
        add_owner_arguments(parser)
        parser.add_argument("--report", type=Path, metavar="FILE.csv", help="write all refusals to this table")

    def run_import(self, opened: AbstractContextManager[Archive], *, test_share: float, options: Options) -> None:
        """Import what `opened` yields and print the report.

        Raises
        ------
        CommandError
            The import was refused or interrupted; nothing of it is left.
        """
        report_path: Path | None = options["report"]
        if report_path is not None and not report_path.resolve().parent.is_dir():
            raise CommandError(f"there is no folder {report_path.resolve().parent} to write --report into")
        try:
            with (
                opened as archive,
                terminal_progress(self.verb, unit="image", disable=options["verbosity"] == 0) as progress,
            ):
                report = import_images(
                    archive=archive,
                    name=options["name"],
                    seed=options["seed"],
                    group_by_lesion=options["group_by_lesion"],
                    test_share=test_share,
                    owner=owner_of(options),
                    choices=_choices(options),
                    progress=progress,
                )
            if options["share"]:
                set_shared(row=Dataset.objects.get(name=report.dataset_name), shared=True, by=owner_of(options))
            if options["verbosity"] > 0:
                for line in report.lines():
                    self.stdout.write(line)
            self._write(report.refusals, report_path)
        except NothingImportedError as error:
            for line in refusal_lines(error.refusals):
                self.stdout.write(line)
            self._write(error.refusals, report_path)
            raise CommandError(str(error)) from error
        except (MlError, CsvError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError("interrupted; nothing was imported", returncode=130) from error

    def _write(self, refusals: Sequence[Refusal], path: Path | None) -> None:
        if path is not None:
            write_refusals(refusals, path)
            self.stdout.write(f"{len(refusals):,} refusals are listed in {path}.")
