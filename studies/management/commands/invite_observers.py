"""`manage.py invite_observers STUDY LABEL …` or `--file LIST`: print a link for each new observer."""

import datetime as dt
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from perception.core.input_files.errors import InputError
from perception.core.input_files.moment import moment
from perception.core.input_files.pasted_rows import decode_list
from perception.core.input_files.source import read_input_file
from studies.design.invitations import invitation_url
from studies.design.recruitment.invitation_list import Listed, invite_listed, read_invitation_list
from studies.errors import StudyError
from studies.lookup import researcher_from, study_from
from studies.models.study import Study


class Command(BaseCommand):
    """Invite observers to a study."""

    help = "Invite observers, by label or by a list, and print a link for each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, the labels and who invites."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("labels", nargs="*", metavar="LABEL", help="a pseudonym for each observer")
        parser.add_argument(
            "--file",
            metavar="LIST",
            help="a label, or a label and a group, a line, with a tab, semicolon or comma between; - is standard input",
        )
        parser.add_argument("--group", default="", help="one of the study's groups, to which all of LABEL belong")
        parser.add_argument("--deadline", type=moment, metavar="TIME", help="ISO 8601, UTC; after it nobody can begin")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(
        self,
        *,
        study: str,
        labels: list[str],
        file: str | None,
        group: str,
        deadline: dt.datetime | None,
        by: str | None,
        **options: object,
    ) -> None:
        """Invite them."""
        if bool(labels) == bool(file):
            raise CommandError("Give labels, or a list with --file.")
        invited_to = study_from(study)
        try:
            listed = self._read(invited_to, file) if file else [Listed(label, group) for label in labels]
            observers = invite_listed(study=invited_to, listed=listed, deadline=deadline, by=researcher_from(by))
        except (InputError, StudyError) as error:
            raise CommandError(str(error)) from error
        for observer in observers:
            self.stdout.write(f"{observer.label}: {invitation_url(observer)}")

    def _read(self, study: Study, file: str) -> tuple[Listed, ...]:
        """Return whom a file invites, and say what it has besides."""
        data, source = read_input_file(file)
        text, was_assumed = decode_list(data, source=source)
        if was_assumed:
            self.stderr.write(f"{source} is not UTF-8; it was read as Windows-1252.")
        found = read_invitation_list(study, text)
        for problem in found.problems:
            self.stderr.write(f"{source}, {problem}; left out")
        if found.there:
            self.stderr.write(f"{len(found.there)} of {source} are there already, and stay as they are.")
        return found.new
