"""What a mail to observers says: a text with places that are filled in for each, in English or French."""

import re
from dataclasses import dataclass

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from studies.errors import StudyError
from studies.models.observer import Observer
from studies.models.study import Study

PLACEHOLDERS = ("label", "link", "deadline", "title")
LONGEST_SUBJECT = 200
LONGEST_BODY = 10_000
_FILLED = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
_BRACED = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class MailText:
    """A mail before it is filled in.

    Attributes
    ----------
    language
        In which dates are written, and the study's title.
    subject, body
        With `{label}`, `{link}`, `{deadline}` and `{title}` where these are to stand.
    """

    language: str
    subject: str
    body: str


def usual_text(language: str, *, has_deadline: bool) -> MailText:
    """Return a text to begin with.

    Parameters
    ----------
    language
        `en` or `fr`.
    has_deadline
        Whether it is to tell a deadline.
    """
    with translation.override(language):
        parts = [
            gettext("Hello,"),
            gettext(
                "You are invited to take part in the study “{title}”, or have begun it and not finished yet. The link "
                "below is yours alone: please do not pass it on. By it you begin, or go on where you were."
            ),
            "{link}",
            *([gettext("Please begin by: {deadline}")] if has_deadline else []),
            gettext("Thank you for your time."),
        ]
        return MailText(language, gettext("Your link to the study “{title}”"), "\n\n".join(parts))


def check_text(text: MailText) -> None:
    """Refuse a text that cannot be sent.

    Raises
    ------
    StudyError
        The subject is empty, too long, or has several lines; the body is too long, has no `{link}`, or something else
        in braces.
    """
    if not text.subject.strip():
        raise StudyError(gettext("The mail has no subject."))
    if len(text.subject) > LONGEST_SUBJECT or len(text.subject.splitlines()) > 1:
        raise StudyError(gettext("The subject is one line of at most %(n)d characters.") % {"n": LONGEST_SUBJECT})
    if len(text.body) > LONGEST_BODY:
        raise StudyError(gettext("The text has more than %(n)d characters.") % {"n": LONGEST_BODY})
    unknown = sorted(set(_BRACED.findall(text.subject + text.body)) - set(PLACEHOLDERS))
    if unknown:
        raise StudyError(
            gettext("{%(name)s} stands for nothing; these are filled in: %(known)s.")
            % {"name": unknown[0], "known": ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)}
        )
    if "{link}" not in text.body:
        raise StudyError(gettext("The text does not say where the link stands: write {link} there."))
    if "{link}" in text.subject:
        raise StudyError(gettext("The link does not belong into the subject, which programs show and log."))


def filled(text: MailText, *, study: Study, observer: Observer, link: str) -> tuple[str, str]:
    """Return subject and body as one observer gets them."""
    with translation.override(text.language):
        if observer.deadline is None:
            deadline = gettext("no deadline")
        else:
            deadline = f"{date_format(observer.deadline, 'j F Y, H:i')} UTC"
    values = {
        "label": observer.label,
        "link": link,
        "deadline": deadline,
        "title": study.text("title", text.language),
    }
    # All at once: a title with braces in it is not filled in again.
    subject, body = (_FILLED.sub(lambda found: values[found[1]], part) for part in (text.subject, text.body))
    return " ".join(subject.split()), body
