"""One image, one click: from surely clean to surely perturbed, in six steps."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy, gettext_noop

from studies.trial_types.base import Choice, Judgement, read_choice
from studies.trial_types.wording import Text, Words

LOWEST_PERTURBED = 4
"""The lowest rating that says “perturbed”."""


class Rating:
    """Six buttons. There is no middle: each step leans to one side."""

    key = "rating"
    title = gettext_noop("Six-point rating")
    explained = gettext_noop(
        "One image, one click: from 1 (surely clean) to 6 (surely perturbed); 4 and more count as perturbed."
    )
    images = 1
    frames = 1
    always_perturbed = False
    reference_first = False
    marks_place = False
    template = "observer/trials/rating.html"
    responses: Sequence[Choice] = ()
    ratings: Sequence[Choice] = (
        Choice("1", gettext_lazy("Surely {clean}"), "1", "1"),
        Choice("2", gettext_lazy("Probably {clean}"), "2", "2"),
        Choice("3", gettext_lazy("Perhaps {clean}"), "3", "3"),
        Choice("4", gettext_lazy("Perhaps {perturbed}"), "4", "4"),
        Choice("5", gettext_lazy("Probably {perturbed}"), "5", "5"),
        Choice("6", gettext_lazy("Surely {perturbed}"), "6", "6"),
    )
    confidences: Sequence[Choice] = ()
    grades: Sequence[Choice] = ()
    default_question = Text(
        en="Was this image changed, and how sure are you?",
        fr="Cette image a-t-elle été modifiée, et avec quelle certitude ?",
    )
    default_instructions = Text(
        en="""\
You will see a series of {images}, one at a time. Some were changed by a computer program; the others were not.

For each image, choose one of six answers: from 1, surely not changed (“{clean}”), to 6, surely changed \
(“{perturbed}”). {pace}If you are not sure, say what seems more likely to you: every image needs an answer, and an \
answer cannot be taken back.

You can close the page at any time and go on later with the same link.""",
        fr="""\
Vous allez voir une série d’images, une à la fois : des {images}. Certaines ont été modifiées par un programme \
informatique ; les autres ne l’ont pas été.

Pour chaque image, choisissez l’une des six réponses : de 1, sûrement non modifiée (« {clean} »), à 6, sûrement \
modifiée (« {perturbed} »). {pace}Si vous hésitez, dites ce qui vous paraît le plus probable : chaque image demande \
une réponse, et une réponse ne peut pas être reprise.

Vous pouvez fermer la page à tout moment et reprendre plus tard avec le même lien.""",
    )

    def read(self, post: Mapping[str, str], words: Words) -> Judgement:
        """Return the rating, and the response that it amounts to.

        Raises
        ------
        IncompleteAnswerError
            No rating, or one that is none of the six.
        """
        rating = int(read_choice(post, "rating", self.ratings, words))
        return Judgement("perturbed" if rating >= LOWEST_PERTURBED else "clean", rating=rating)

    def expected(self, perturbed: tuple[bool, ...]) -> str:
        """Return what the image is."""
        return "perturbed" if perturbed[0] else "clean"
