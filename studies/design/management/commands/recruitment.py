"""`manage.py recruitment STUDY ACTION`: open links and sessions that do not count, by what the page does."""

from argparse import ArgumentParser, ArgumentTypeError, _SubParsersAction
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from perception.core.input_files.errors import InputError
from perception.core.input_files.moment import moment
from perception.core.write_queue import write_transaction
from studies.design.recruitment.counts import Recruitment
from studies.design.recruitment.open_links import change_open_link, make_open_link, open_link_url, revoke_open_link
from studies.design.recruitment.sessions import MarkedSessions, reject_sessions, return_sessions
from studies.design.recruitment.submissions import read_submissions
from studies.errors import StudyError
from studies.lookup import researcher_from, study_from
from studies.models.recruitment.open_link import OpenLink
from studies.models.recruitment.recruiter import Recruiter
from studies.models.session import Rejection
from studies.models.study import Study
from studies.sessions.recruitment.abandonment import release_abandoned

TEXTS = (
    *("group", "id_parameter", "further_parameters", "completion_code", "completion_url"),
    *("screen_out_code", "screen_out_url", "full_code", "full_url"),
)
"""Fields of a link that hold a text, each with an option of its name."""


class Command(BaseCommand):
    """Show and change by which links a study finds observers, and say which sessions do not count."""

    help = "List, make, change and revoke open links; reject and give back sessions; free abandoned places."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, who does it, and the actions with what each needs."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="print the links with their addresses and places")
        _add_link(actions, "make", "make a link for everybody", places_needed=True)
        _add_link(actions, "change", "change what is given of a link", places_needed=False)
        actions.add_parser("revoke", help="let nobody begin by a link any more").add_argument("name")
        reject = actions.add_parser("reject", help="reject sessions: they are not analysed, and their places are free")
        reject.add_argument("--reason", required=True, choices=Rejection.values)
        reject.add_argument("people", nargs="+", help="labels, or ids at the recruiter")
        back = actions.add_parser("return", help="mark sessions as given back to the recruiter")
        back.add_argument("people", nargs="*", help="labels, or ids at the recruiter")
        back.add_argument("--file", type=Path, metavar="CSV", help="the recruiter's list of submissions")
        actions.add_parser("release", help="end abandoned sessions and free their places now")

    def handle(self, *, study: str, by: str | None, action: str, **given: Any) -> None:
        """Do it, and print what came of it."""
        found = study_from(study)
        try:
            getattr(self, f"_{action}")(found, by, given)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except (StudyError, InputError) as error:
            raise CommandError(str(error)) from error

    def _list(self, study: Study, by: str | None, given: dict[str, Any]) -> None:
        recruitment = Recruitment.of(study)
        lines = {line.link.pk: line for line in recruitment.by_link if line.link}
        for link in study.open_links.order_by("pk"):
            line, away = lines[link.pk], sum(recruitment.away(link.pk).values())
            group = f", {link.group}" if link.group else ""
            until = f", until {link.deadline:%d %B %Y, %H:%M} UTC" if link.deadline else ""
            revoked = ", revoked" if link.revoked_at else ""
            self.stdout.write(
                f"{link.name} ({link.recruiter}{group}{until}{revoked}): {line.taken} of {line.places} places taken, "
                f"{line.finished} finished, {away} turned away\n  {open_link_url(link)}"
            )

    def _make(self, study: Study, by: str | None, given: dict[str, Any]) -> None:
        link = make_open_link(study=study, by=researcher_from(by), **_fields(given))
        self.stdout.write(f"{link.name}: {open_link_url(link)}")

    def _change(self, study: Study, by: str | None, given: dict[str, Any]) -> None:
        link = _link(study, given.pop("name"))
        link = change_open_link(link=link, by=researcher_from(by), **_fields(given))
        self.stdout.write(f"{link.name}: {open_link_url(link)}")

    def _revoke(self, study: Study, by: str | None, given: dict[str, Any]) -> None:
        link = revoke_open_link(link=_link(study, given["name"]), by=researcher_from(by))
        self.stdout.write(f"Nobody can begin by “{link.name}” any more.")

    def _reject(self, study: Study, by: str | None, given: dict[str, Any]) -> None:
        reason, people = given["reason"], given["people"]
        self._tell(reject_sessions(study=study, people=people, reason=reason, by=researcher_from(by)))

    def _return(self, study: Study, by: str | None, given: dict[str, Any]) -> None:
        people, path = list(given["people"]), given["file"]
        if path is not None:
            try:
                data = path.read_bytes()
            except OSError as error:
                raise CommandError(f"{path} cannot be read: {error.strerror}") from error
            submissions = read_submissions(data, source=path.name)
            self.stdout.write("; ".join(f"{status}: {n}" for status, n in submissions.statuses.items()))
            people += submissions.given_back
        self._tell(return_sessions(study=study, people=people, by=researcher_from(by)))

    def _release(self, study: Study, by: str | None, given: dict[str, Any]) -> None:
        with write_transaction():
            locked = Study.with_pilots.select_for_update().defer("protocol").get(pk=study.pk)
            released = release_abandoned(locked, timezone.now())
        self.stdout.write(f"{released} abandoned sessions ended.")

    def _tell(self, marked: MarkedSessions) -> None:
        self.stdout.write(f"Marked: {', '.join(marked.marked) or 'nobody'}.")
        if marked.already:
            self.stdout.write(f"Never began, or had ended early before: {', '.join(marked.already)}.")
        if marked.unknown:
            self.stdout.write(f"Nobody in the study: {', '.join(marked.unknown)}.")


def _add_link(actions: "_SubParsersAction[Any]", name: str, text: str, *, places_needed: bool) -> None:
    parser = actions.add_parser(name, help=text)
    parser.add_argument("name", help="of the link, as its researchers call it")
    places = parser.add_mutually_exclusive_group(required=places_needed)
    places.add_argument("--places", type=int, help="how many people can take part by it")
    places.add_argument(
        "--places-of",
        action="append",
        type=_places_of,
        metavar="GROUP=N",
        help="how many of a group, where observers tell theirs in the questionnaire; for each group",
    )
    parser.add_argument("--recruiter", choices=Recruiter.values)
    parser.add_argument("--deadline", type=moment, metavar="TIME", help="UTC, such as 2027-01-31T12:00")
    parser.add_argument(
        "--earlier-study",
        dest="earlier_studies",
        action="append",
        metavar="STUDY",
        help="turn away whoever took part in it; may be given more than once",
    )
    for field in TEXTS:
        parser.add_argument(f"--{field.replace('_', '-')}")


def _places_of(text: str) -> tuple[str, int]:
    """Read how many places a group has."""
    group, _, count = text.rpartition("=")
    if not group or not count.isdecimal():
        raise ArgumentTypeError(f"“{text}” is no group with its places: write GROUP=N")
    return group.strip(), int(count)


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    """Return what was given of a link; what was not stays as it is, or as is usual."""
    names = ("name", "places", "recruiter", "deadline", "earlier_studies", *TEXTS)
    fields = {name: given[name] for name in names if given.get(name) is not None}
    if given.get("places_of"):
        fields["places"] = dict(given["places_of"])
    if "earlier_studies" in fields:
        fields["earlier_studies"] = [study_from(text) for text in fields["earlier_studies"]]
    return fields


def _link(study: Study, name: str) -> OpenLink:
    link = study.open_links.filter(name=name).first()
    if link is None:
        known = ", ".join(f"“{one.name}”" for one in study.open_links.order_by("pk")) or "none yet"
        raise CommandError(f"“{study.title}” has no open link “{name}”. There are: {known}.")
    return link
