"""What a trial type is: how many images a trial shows, what is asked, and how an answer is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext

from studies.errors import IncompleteAnswerError
from studies.trial_types.wording import Text, Words


@dataclass(frozen=True, slots=True)
class Choice:
    """One button of a trial."""

    value: str
    """What the form sends."""
    label: Promise | str
    """What stands on the button, in the language of the moment, with `{perturbed}` or `{clean}` for a study's words."""
    key: str
    """The key that does the same, as it is printed on the keyboard."""
    shortcuts: str
    """The keys as `aria-keyshortcuts` names them, separated by spaces."""

    def in_words(self, words: Words) -> "Choice":
        """Return the button with a study's words on it, in the language of the moment."""
        label = str(self.label).format(perturbed=words.perturbed, clean=words.clean)
        return replace(self, label=label[:1].upper() + label[1:])


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer says."""

    response: str
    """One of `Answer.Response`."""
    rating: int | None = None
    """1 (surely clean) to 6 (surely perturbed)."""
    confidence: int | None = None
    """1 (a guess) to 3 (sure)."""
    grade: int | None = None
    """1 (very annoying) to 5 (imperceptible), of a degradation category rating."""
    place_x: int | None = None
    """Of the marked place, in pixels of the stimulus from its left edge, from 0."""
    place_y: int | None = None
    """The same from its top edge."""


class TrialType(Protocol):
    """One way to ask: a module of its own, and an entry in the list in `studies.trial_types`."""

    key: str
    title: str
    """For the researcher's form."""
    explained: str
    """One sentence for the researcher."""
    images: int
    """How many images a trial shows: 1 or 2."""
    frames: int
    """How many images the file of a stimulus holds, one below the other, of which the page shows one at a time: 1, or 2
    that alternate."""
    always_perturbed: bool
    """Whether every trial shows a perturbed image: the numbers of perturbed and clean ones then add up to trials."""
    reference_first: bool
    """Whether the first image of two is the clean one, and is named to the observer as the reference."""
    marks_place: bool
    """Whether a place in the image is marked: the form then has `place_x` and `place_y`."""
    template: str
    """The part of the page that holds the choices."""
    responses: Sequence[Choice]
    """The buttons named `response`; none where the answer is a rating."""
    ratings: Sequence[Choice]
    confidences: Sequence[Choice]
    grades: Sequence[Choice]
    """The buttons named `grade`, of a degradation category rating."""
    default_question: Text
    default_instructions: Text
    """With `{pace}` for `OWN_PACE` or `SET_PACE`, and `{images}`, `{perturbed}` and `{clean}` for a study's words."""

    def read(self, post: Mapping[str, str], words: Words) -> Judgement:
        """Return what was answered.

        Parameters
        ----------
        post
            The form's fields.
        words
            The study's, in the language of the moment.

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


@dataclass(frozen=True, slots=True)
class Buttons:
    """The buttons of a trial type as an observer of a study reads them; none of a kind that it does not have."""

    responses: list[Choice]
    ratings: list[Choice]
    confidences: list[Choice]
    grades: list[Choice]

    @classmethod
    def of(cls, trial_type: TrialType, words: Words) -> "Buttons":
        """Return those of a trial type in a study's words, in the language of the moment."""
        kinds = (trial_type.responses, trial_type.ratings, trial_type.confidences, trial_type.grades)
        return cls(*([choice.in_words(words) for choice in kind] for kind in kinds))


def read_choice(post: Mapping[str, str], name: str, choices: Sequence[Choice], words: Words) -> str:
    """Return the value that the form sent under a name.

    Parameters
    ----------
    post
        The form's fields.
    name
        The field.
    choices
        The buttons of that name.
    words
        The study's, in the language of the moment.

    Raises
    ------
    IncompleteAnswerError
        The value is missing, or that of none of the choices; in the language of the moment.
    """
    value = post.get(name, "")
    if value not in {choice.value for choice in choices}:
        labels = [choice.in_words(words).label for choice in choices]
        listed = ", ".join(gettext("“%(label)s”") % {"label": label} for label in labels)
        raise IncompleteAnswerError(gettext("Choose one of these answers: %(listed)s.") % {"listed": listed})
    return value
