"""`manage.py observer_links STUDY list|replace|revoke|deadline [LABEL …]`: the personal links of a study."""

import datetime as dt
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from perception.core.input_files.moment import moment
from studies.design.recruitment.link_file import LEADS_ON, links_csv, record_taken
from studies.design.recruitment.personal_links import (
    people_labelled,
    people_with_links,
    replace_links,
    revoke_links,
    set_deadline,
)
from studies.errors import StudyError
from studies.lookup import researcher_from, study_from
from studies.models.observer_state import state_of

NO_DEADLINE = "none"


def _moment_or_none(text: str) -> dt.datetime | str:
    return NO_DEADLINE if text == NO_DEADLINE else moment(text)


class Command(BaseCommand):
    """List personal links, or change some of them."""

    help = (
        "List the personal links of a study as CSV, replace them (the old ones lead nowhere), revoke those by which "
        "nobody has begun, or set until when people can begin. It is written down."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, what is done, and to whose links."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("what", choices=("list", "replace", "revoke", "deadline"))
        parser.add_argument("labels", nargs="*", metavar="LABEL", help="whose links; for `list` none means all")
        parser.add_argument(
            "--deadline", type=_moment_or_none, metavar="TIME", help=f"ISO 8601, UTC, or “{NO_DEADLINE}”"
        )
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(
        self,
        *,
        study: str,
        what: str,
        labels: list[str],
        deadline: dt.datetime | str | None,
        by: str | None,
        **options: object,
    ) -> None:
        """List or change them."""
        of, researcher = study_from(study), researcher_from(by)
        try:
            people = people_labelled(of, labels) if labels else list(people_with_links(of)) if what == "list" else []
            if what == "list":
                leading_on = [observer for observer in people if state_of(observer) in LEADS_ON]
                record_taken(study=of, what="observer_links", n=len(leading_on), by=researcher)
                self.stdout.write(links_csv(leading_on, settings.BASE_URL), ending="")
                return
            if what == "deadline":
                if deadline is None:
                    raise CommandError(f"Say with --deadline until when they can begin, or “{NO_DEADLINE}”.")
                until = deadline if isinstance(deadline, dt.datetime) else None
                result = set_deadline(study=of, observers=people, deadline=until, by=researcher)
            else:
                change = replace_links if what == "replace" else revoke_links
                result = change(study=of, observers=people, by=researcher)
        except StudyError as error:
            raise CommandError(str(error)) from error
        if what == "replace":
            self.stdout.write(links_csv(result.changed, settings.BASE_URL), ending="")
        else:
            self.stdout.write(f"{len(result.changed)} changed.")
        if result.unchanged:
            self.stderr.write(f"Left as they are, being too far on: {', '.join(result.unchanged)}")
