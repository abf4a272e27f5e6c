"""What a trial type is: how many images a trial shows, what is asked, and how an answer is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext

from studies.errors import IncompleteAnswerError


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages."""

    en: str
    fr: str

    def in_language(self, language: str) -> str:
        """Return the text in `en` or `fr`."""
        return self.fr if language == "fr" else self.en

    def filled(self, **texts: "Text") -> "Text":
        """Return the text with others where their names stand in braces."""
        return Text(
            en=self.en.format(**{name: text.en for name, text in texts.items()}),
            fr=self.fr.format(**{name: text.fr for name, text in texts.items()}),
        )


OWN_PACE = Text(en="Take the time you need. ", fr="Prenez le temps qu’il vous faut. ")
SET_PACE = Text(en="", fr="")
"""Of a study that shows its images for a set time: how it goes then is told on the page itself."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One button of a trial."""

    value: str
    """What the form sends."""
    label: Promise
    """What stands on the button, in the language of the moment."""
    key: str
    """The key that does the same, as it is printed on the keyboard."""
    shortcuts: str
    """The keys as `aria-keyshortcuts` names them, separated by spaces."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer says."""

    response: str
    """One of `Answer.Response`."""
    rating: int | None = None
    """1 (surely clean) to 6 (surely perturbed)."""
    confidence: int | None = None
    """1 (a guess) to 3 (sure)."""


class TrialType(Protocol):
    """One way to ask: a module of its own, and an entry in the list in `studies.trial_types`."""

    key: str
    title: str
    """For the researcher's form."""
    explained: str
    """One sentence for the researcher."""
    images: int
    """How many images a trial shows: 1 or 2."""
    always_perturbed: bool
    """Whether every trial shows a perturbed image: the numbers of perturbed and clean ones then add up to trials."""
    template: str
    """The part of the page that holds the choices."""
    responses: Sequence[Choice]
    """The buttons named `response`; none where the answer is a rating."""
    ratings: Sequence[Choice]
    confidences: Sequence[Choice]
    default_question: Text
    default_instructions: Text
    """With `{pace}` where `OWN_PACE` or `SET_PACE` stands."""

    def read(self, post: Mapping[str, str]) -> Judgement:
        """Return what was answered.

        Parameters
        ----------
        post
            The form's fields.

        Raises
        ------
        IncompleteAnswerError
            Something is missing, or is none of the choices; in the language of the moment.
        """
        ...

    def expected(self, perturbed: tuple[bool, ...]) -> str:
        """Return the right response.

        Parameters
        ----------
        perturbed
            For each image of the trial, in its order, whether it is perturbed.
        """
        ...


def read_choice(post: Mapping[str, str], name: str, choices: Sequence[Choice]) -> str:
    """Return the value that the form sent under a name.

    Parameters
    ----------
    post
        The form's fields.
    name
        The field.
    choices
        The buttons of that name.

    Raises
    ------
    IncompleteAnswerError
        The value is missing, or that of none of the choices; in the language of the moment.
    """
    value = post.get(name, "")
    if value not in {choice.value for choice in choices}:
        listed = ", ".join(gettext("“%(label)s”") % {"label": choice.label} for choice in choices)
        raise IncompleteAnswerError(gettext("Choose one of these answers: %(listed)s.") % {"listed": listed})
    return value
