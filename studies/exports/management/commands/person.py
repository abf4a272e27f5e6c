"""`manage.py person STUDY PERSON`: what is stored of one person, as a file for them; or erase it."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from perception.core.private_file import write_private
from studies.data_protection.erasure import erase_person
from studies.data_protection.lookup import person_from
from studies.errors import StudyError
from studies.exports.person import export_person
from studies.lookup import researcher_from, study_from
from studies.models.observer import Observer
from studies.models.observer_state import state_of

CONSEQUENCES = """\
All that is stored of “{label}” ({state}) is erased: label, link, answers, and whatever they told.
- {answers} answers leave the figures; the report says that one person was erased.
- Their link leads nowhere from then on.
- It cannot be undone. Backups and files that were taken away before keep it: see docs/data-protection.md.
Say it with --yes to do it."""


class Command(BaseCommand):
    """Answer a person's request: for a copy, or to be erased."""

    help = "Write what is stored of one person to a file (--export), or erase it (--erase)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, the person and what is to be done."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("person", help="label, link, or the part of the link behind /o/")
        deed = parser.add_mutually_exclusive_group(required=True)
        deed.add_argument("--export", type=Path, metavar="FILE", help="write what is stored of them, as JSON")
        deed.add_argument("--erase", action="store_true", help="say what follows from it; with --yes, do it")
        parser.add_argument("--reason", default="", help="why it is erased, without a name: it is written down")
        parser.add_argument("--yes", action="store_true", help="erase, and ask nothing")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(
        self,
        *,
        study: str,
        person: str,
        export: Path | None,
        erase: bool,
        reason: str,
        yes: bool,
        by: str | None,
        **options: object,
    ) -> None:
        """Do what is asked."""
        researcher = researcher_from(by)
        try:
            observer = person_from(person, study_from(study))
            if export is not None:
                told = export_person(observer=observer, by=researcher)
                self._write(json.dumps(told, indent=2, ensure_ascii=False), export)
            elif erase and not yes:
                self.stdout.write(_consequences(observer))
            else:
                erase_person(observer=observer, by=researcher, reason=reason)
                self.stdout.write("Erased.")
        except StudyError as error:
            raise CommandError(str(error)) from error

    def _write(self, text: str, file: Path) -> None:
        try:
            write_private(file, text + "\n")
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}") from error


def _consequences(observer: Observer) -> str:
    answers = observer.session.trials.filter(answer__isnull=False).count() if hasattr(observer, "session") else 0
    return CONSEQUENCES.format(label=observer.label, state=state_of(observer).label, answers=answers)
