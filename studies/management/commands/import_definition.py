"""`manage.py import_definition FILE`: make a draft of a definition that `export_definition` or a page wrote."""

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from perception.core.input_files.errors import InputError
from perception.core.input_files.source import read_input_file
from studies.design.definitions.importing import PairSetLackingError, import_definition
from studies.design.definitions.reading import read_definition
from studies.lookup import pair_set_from, researcher_from
from studies.management.study_flags import wrong_text


class Command(BaseCommand):
    """Make a draft of a definition, as the page does."""

    help = "Make a draft of a study's definition; the image pairs that it names are looked up, and what lacks is told."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the file, the image pairs to take instead, and who imports."""
        parser.add_argument("file", help="the definition; - is standard input")
        parser.add_argument(
            "--pairs", metavar="NAME", help="image pairs for the series, where those that it names are not here"
        )
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(self, *, file: str, pairs: str | None, by: str | None, **options: object) -> None:
        """Make the draft, print its number, and what it lacks."""
        researcher = researcher_from(by)
        data, name = read_input_file(file)
        try:
            definition = read_definition(data, source=name)
            instead = pair_set_from(pairs) if pairs is not None else None
            imported = import_definition(definition=definition, by=researcher, instead=instead)
        except InputError as error:
            raise CommandError(str(error)) from error
        except PairSetLackingError as error:
            raise CommandError(f"{name}: {error} (--pairs NAME)") from error
        except ValidationError as error:
            raise CommandError(f"{name}: {wrong_text(error)}") from error
        self.stdout.write(f"Study {imported.study.pk}: {imported.study.title}")
        for gap in imported.gaps:
            self.stdout.write(f"  {gap.text}")
