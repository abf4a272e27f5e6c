"""`manage.py create_study TITLE`: make a draft, and open it at once if asked."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from studies.command_arguments import pair_set_from, researcher_from
from studies.errors import StudyError
from studies.invitations import invitation_url, invite_observers, next_labels
from studies.models.study import Study
from studies.study_design import create_study, open_study


class Command(BaseCommand):
    """Make a study, as the form in the interface does."""

    help = "Make a study from image pairs; with --observers and --open it is ready for observers at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the design's options; what is not given has the form's defaults."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.add_argument("title")
        parser.add_argument("--pairs", help="name of the image pairs (default: the newest)")
        parser.add_argument("--perturbed", type=int, default=30, help="how many perturbed images (30)")
        parser.add_argument("--clean", type=int, default=20, help="how many clean images (20)")
        parser.add_argument("--question")
        parser.add_argument("--instructions", type=Path, metavar="FILE", help="text file, UTF-8")
        parser.add_argument("--consent", type=Path, metavar="FILE", help="text file, UTF-8")
        parser.add_argument("--scale", type=int, default=1, help="screen pixels per image pixel (1)")
        parser.add_argument("--display-rule", choices=Study.DisplayRule.values, default=Study.DisplayRule.FLAG)
        parser.add_argument("--seed", type=int, help="default: drawn")
        parser.add_argument("--allow-repeated-lesions", action="store_true")
        parser.add_argument("--stay-open", action="store_true", help="do not close when every observer is done")
        parser.add_argument("--observers", type=int, default=0, metavar="N", help="invite N observers")
        parser.add_argument("--open", action="store_true", help="open the study")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the study and print its number, and the observers' links."""
        by = researcher_from(options["by"])
        try:
            study = create_study(
                by=by,
                title=options["title"],
                pair_set=pair_set_from(options["pairs"]),
                n_perturbed=options["perturbed"],
                n_clean=options["clean"],
                question=options["question"],
                instructions=_text_of(options["instructions"]),
                consent_text=_text_of(options["consent"]),
                scale=options["scale"],
                display_rule=options["display_rule"],
                seed=options["seed"],
                one_lesion_once=not options["allow_repeated_lesions"],
                closes_when_finished=not options["stay_open"],
            )
            self.stdout.write(f"Study {study.pk}: {study.title}")
            if options["observers"]:
                labels = next_labels(study, options["observers"])
                for observer in invite_observers(study=study, labels=labels, by=by):
                    self.stdout.write(f"  {observer.label}: {invitation_url(observer)}")
            if options["open"]:
                study = open_study(study=study, by=by)
            self.stdout.write(f"  {study.get_state_display()}")
        except StudyError as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            wrong = "; ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
            raise CommandError(wrong) from error


def _text_of(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read as UTF-8 text: {error}") from error
