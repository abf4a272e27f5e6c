"""`manage.py study_lifecycle STUDY ACTION`: a study from pilot to archive, by what the interface does."""

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from studies.design.invitations import invitation_url
from studies.design.lifecycle.consequences import CONFIRMED, consequences_of
from studies.design.lifecycle.performing import perform, why_not_now
from studies.design.lifecycle.pilot import running_pilot
from studies.errors import StudyError
from studies.lookup import researcher_from, study_from
from studies.models.study import Study
from studies.models.study_state import PILOT

_BY_NAME = {action.name: action for action in CONFIRMED}


class Command(BaseCommand):
    """Do one thing to a study."""

    help = "Pilot, open, pause, resume, unblind, close, reopen, archive, restore or delete a study."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, the action, why, and who does it."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("action", choices=_BY_NAME, help="what to do")
        parser.add_argument("--reason", default="", help="why; needed to pause, unblind and reopen")
        parser.add_argument("--although-seen", action="store_true", help="reopen it although results have been seen")
        parser.add_argument("--explain", action="store_true", help="say what would follow, and do nothing")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(
        self, *, study: str, action: str, reason: str, although_seen: bool, explain: bool, by: str | None, **_: object
    ) -> None:
        """Do it, and print where the study stands."""
        found, what = study_from(study), _BY_NAME[action]
        if why := why_not_now(found, what):
            raise CommandError(why)
        if explain:
            self._explain(found, action)
            return
        try:
            done = perform(what, study=found, by=researcher_from(by), reason=reason, although_seen=although_seen)
        except StudyError as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"“{found.title}”: {what.done}")
        if what == PILOT and done is not None and (pilot := running_pilot(done)) is not None:
            for observer in pilot.observers.all():
                self.stdout.write(f"  {observer.label}: {invitation_url(observer)}")

    def _explain(self, study: Study, action: str) -> None:
        follows = consequences_of(study, _BY_NAME[action])
        for sentence in follows.happens:
            self.stdout.write(f"- {sentence}")
        if follows.for_good:
            self.stdout.write("What cannot be undone:")
            for sentence in follows.for_good:
                self.stdout.write(f"- {sentence}")
