"""`manage.py mail_links STUDY --addresses FILE`: send those who have not finished their links, by the lab's server."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from perception.core.input_files.errors import InputError
from perception.core.input_files.pasted_rows import decode_list
from perception.core.input_files.source import read_input_file
from studies.design.recruitment.mail_text import MailText, filled, usual_text
from studies.design.recruitment.mailing import Recipient, read_mail_list, send_mails
from studies.errors import StudyError
from studies.languages import ENGLISH, LANGUAGES
from studies.lookup import researcher_from, study_from
from studies.models.study import Study
from studies.tokens import new_token


class Command(BaseCommand):
    """Send mail to observers."""

    help = (
        "Send those who are invited or have begun, and have not finished, their links by the lab's mail server. The "
        "addresses are stored nowhere; how many mails were sent is written down. Without --send the first is shown."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, the addresses and the text."""
        parser.add_argument("study", help="number or title")
        parser.add_argument(
            "--addresses",
            metavar="FILE",
            required=True,
            help="a label and an e-mail address a line; - is standard input",
        )
        parser.add_argument(
            "--language", choices=dict(LANGUAGES), default=ENGLISH, help="of the usual text, and of dates"
        )
        parser.add_argument("--subject", help="of the mails (default: the usual one)")
        parser.add_argument("--text", metavar="FILE", help="with {link} in it (default: the usual one)")
        parser.add_argument("--reply-to", metavar="ADDRESS", default="", help="where answers go")
        parser.add_argument("--send", action="store_true", help="send them")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(
        self,
        *,
        study: str,
        addresses: str,
        language: str,
        subject: str | None,
        text: str | None,
        reply_to: str,
        by: str | None,
        **options: object,
    ) -> None:
        """Send them, or show the first."""
        of, researcher = study_from(study), researcher_from(by)
        try:
            found = read_mail_list(of, self._read(addresses))
            usual = usual_text(language, has_deadline=any(one.observer.deadline for one in found.recipients))
            mail = MailText(language, subject or usual.subject, self._read(text) if text else usual.body)
            for problem in found.problems:
                self.stderr.write(f"{problem}; left out")
            if found.left_out:
                self.stderr.write(f"No mail is needed for: {', '.join(found.left_out)}")
            if not options["send"]:
                self._show(of, found.recipients, mail)
                return
            mailing = send_mails(
                study=of,
                recipients=found.recipients,
                text=mail,
                base_url=settings.BASE_URL,
                mailing=new_token(),
                reply_to=reply_to,
                by=researcher,
            )
        except (InputError, StudyError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The server took {mailing.n_sent} of {len(found.recipients)} mails.")
        for unsent in mailing.unsent:
            self.stderr.write(f"{unsent.recipient.observer.label} ({unsent.recipient.address}): {unsent.why}")

    def _read(self, file: str) -> str:
        data, source = read_input_file(file)
        return decode_list(data, source=source)[0]

    def _show(self, study: Study, recipients: tuple[Recipient, ...], mail: MailText) -> None:
        """Print the first mail, without its link: whoever reads the screen could answer by it."""
        self.stdout.write(f"{len(recipients)} mails; with --send they are sent.")
        for recipient in recipients[:1]:
            shown, body = filled(mail, study=study, observer=recipient.observer, link="https://…")
            self.stdout.write(f"\nTo: {recipient.address}\nSubject: {shown}\n\n{body}")
