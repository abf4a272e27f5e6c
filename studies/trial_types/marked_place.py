"""One image: how surely was it changed, and where? The place is marked in the image.

It is asked of every image, whatever the rating: the LROC curve of Starr, Metz, Lusted & Goodenough (1975) takes the
most likely place of each, and a place that was asked for after some ratings alone would end the curve there.
"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext, gettext_noop

from studies.errors import IncompleteAnswerError
from studies.trial_types.base import Choice, Judgement
from studies.trial_types.rating import Rating
from studies.trial_types.wording import Text, Words

MOST_DIGITS = 5
"""Of a number of pixels."""


class MarkedPlace:
    """Six buttons, then a mark in the image at the most likely place of the change."""

    key = "marked_place"
    title = gettext_noop("Mark the place")
    explained = gettext_noop(
        "One image: a rating from 1 (surely clean) to 6 (surely perturbed), then a mark at the place where the change "
        "is, or would most likely be. Only for changes that lie in one part of the image: image pairs that are changed "
        "everywhere are not used."
    )
    images = 1
    frames = 1
    always_perturbed = False
    reference_first = False
    marks_place = True
    template = "observer/trials/marked_place.html"
    responses: Sequence[Choice] = ()
    ratings: Sequence[Choice] = Rating.ratings
    confidences: Sequence[Choice] = ()
    grades: Sequence[Choice] = ()
    default_question = Rating.default_question
    default_instructions = Text(
        en="""\
You will see a series of {images}, one at a time. Some were changed by a computer program, in one part of the image; \
the others were not.

For each image, choose first one of six answers: from 1, surely not changed (“{clean}”), to 6, surely changed \
(“{perturbed}”). Then mark the place in the image where the change is; if you saw none, mark the place where it would \
most likely be. {pace}If you are not sure, say what seems more likely to you: every image needs an answer and a mark, \
and an answer cannot be taken back.

You can close the page at any time and go on later with the same link.""",
        fr="""\
Vous allez voir une série d’images, une à la fois : des {images}. Certaines ont été modifiées par un programme \
informatique, dans une partie de l’image ; les autres ne l’ont pas été.

Pour chaque image, choisissez d’abord l’une des six réponses : de 1, sûrement non modifiée (« {clean} »), à 6, \
sûrement modifiée (« {perturbed} »). Marquez ensuite l’endroit de l’image où se trouve la modification ; si vous n’en \
avez vu aucune, marquez l’endroit où elle serait le plus probable. {pace}Si vous hésitez, dites ce qui vous paraît le \
plus probable : chaque image demande une réponse et une marque, et une réponse ne peut pas être reprise.

Vous pouvez fermer la page à tout moment et reprendre plus tard avec le même lien.""",
    )

    def read(self, post: Mapping[str, str], words: Words) -> Judgement:
        """Return the rating, the response that it amounts to, and the place.

        Raises
        ------
        IncompleteAnswerError
            No rating, or one that is none of the six; no place, or one that is no pixel.
        """
        rated = Rating().read(post, words)
        x, y = (_pixel(post.get(name, "")) for name in ("place_x", "place_y"))
        if x is None or y is None:
            raise IncompleteAnswerError(_unmarked())
        return Judgement(rated.response, rating=rated.rating, place_x=x, place_y=y)

    def expected(self, perturbed: tuple[bool, ...]) -> str:
        """Return what the image is."""
        return "perturbed" if perturbed[0] else "clean"


def require_within(judgement: Judgement, size: int) -> None:
    """Refuse a place outside the image.

    Parameters
    ----------
    judgement
        What was said; one without a place passes.
    size
        The side of the image, pixels.

    Raises
    ------
    IncompleteAnswerError
        The place is no pixel of the image; in the language of the moment.
    """
    if any(at is not None and at >= size for at in (judgement.place_x, judgement.place_y)):
        raise IncompleteAnswerError(_unmarked())


def _pixel(text: str) -> int | None:
    """Return a whole number from 0 up; None for whatever else was sent, −1 of a slider that was not moved among it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def _unmarked() -> str:
    return gettext("Mark a place in the image: where the change is, or where it would most likely be.")
