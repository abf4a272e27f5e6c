"""`manage.py study_roles STUDY`: who works on a study; give and take roles, hand it over."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from studies.design.roles import give_role, hand_over, people_of, take_role
from studies.errors import StudyError
from studies.lookup import researcher_from, study_from
from studies.models.study_role import StudyRole


class Command(BaseCommand):
    """Show and change who works on a study."""

    help = "Print who works on a study, after giving or taking a role or handing it over, if that is asked for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, the change and who makes it."""
        parser.add_argument("study", help="number or title")
        change = parser.add_mutually_exclusive_group()
        change.add_argument("--give", metavar="USER", help="give them the role of --role")
        change.add_argument("--take", metavar="USER", help="take their role away")
        change.add_argument("--hand-over", metavar="USER", help="make them the owner; the one before collaborates")
        parser.add_argument("--role", choices=StudyRole.Role.values, default=StudyRole.Role.COLLABORATOR.value)
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(
        self,
        *,
        study: str,
        give: str | None,
        take: str | None,
        hand_over: str | None,
        role: str,
        by: str | None,
        **options: object,
    ) -> None:
        """Change what is asked, and print the list."""
        found = study_from(study)
        try:
            if give:
                give_role(study=found, user=researcher_from(give), role=StudyRole.Role(role), by=researcher_from(by))
            elif take:
                take_role(study=found, user=researcher_from(take), by=researcher_from(by))
            elif hand_over:
                found = _hand_over(study=found, to=researcher_from(hand_over), by=researcher_from(by))
        except StudyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{found.owner.get_username()}: owner")
        for given in people_of(found):
            self.stdout.write(f"{given.user.get_username()}: {given.role}")


_hand_over = hand_over
