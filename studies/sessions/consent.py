"""The text that an observer agreed to, found again by the hash that was kept with the consent."""

import hashlib

from studies.languages import LANGUAGES
from studies.models.session import Session
from studies.models.study import Study


def consent_sha256(study: Study, language: str) -> str:
    """Return the SHA-256 of the consent text that is read in a language, in UTF-8."""
    return hashlib.sha256(study.text("consent_text", language).encode()).hexdigest()


def language_agreed_in(session: Session, study: Study) -> str | None:
    """Return the language in which the consent text was agreed to, which may not be that of the pages any more.

    None where no consent text of the study has the hash of then: what was agreed to is not there any more.
    """
    codes = sorted((code for code, _ in LANGUAGES), key=lambda code: code != session.language)
    return next((code for code in codes if consent_sha256(study, code) == session.consent_sha256), None)
