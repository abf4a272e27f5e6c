"""What a study says of the personal data that it keeps: on what basis, and what becomes of them later.

The words are read by observers too, in their language.
"""

from django.db import models
from django.utils.translation import gettext_lazy

from studies.trial_types import Text

LONGEST_KEPT_DAYS = 36_500
"""A hundred years: more is a slip of the keyboard."""

PURPOSE = Text(
    en="Scientific research: the answers of all observers together show how people judge such images, and the results "
    "are published without naming anybody.",
    fr="Recherche scientifique : les réponses de tous les observateurs montrent ensemble comment on juge de telles "
    "images, et les résultats sont publiés sans nommer personne.",
)
"""The purpose that a study has unless the researcher writes another."""


class LegalBasis(models.TextChoices):
    """Why the law allows to keep the data: the three that research rests on (Article 6(1) of the GDPR)."""

    CONSENT = "consent", gettext_lazy("the observer’s consent (Article 6(1)(a) of the GDPR)")
    PUBLIC_INTEREST = "public_interest", gettext_lazy("a task in the public interest (Article 6(1)(e) of the GDPR)")
    LEGITIMATE_INTERESTS = "legitimate_interests", gettext_lazy("legitimate interests (Article 6(1)(f) of the GDPR)")


class LaterWithdrawal(models.TextChoices):
    """What observers can do by their link once their last answer is given."""

    NOT = "not", gettext_lazy("no: only by asking whoever is responsible")
    ERASES = "erases", gettext_lazy("yes, and the answers are erased")
    DETACHES = "detaches", gettext_lazy("yes, and the answers stay, without anything that tells whose they are")
