"""One image: was it changed, and how sure is the observer?"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy, gettext_noop

from studies.trial_types.base import Choice, Judgement, read_choice
from studies.trial_types.wording import Text, Words
from studies.trial_types.yes_no import QUESTION, RESPONSES


class YesNoConfidence:
    """Two buttons, then three: a guess, fairly sure, sure."""

    key = "yes_no_confidence"
    title = gettext_noop("Yes or no, then confidence")
    explained = gettext_noop("One image: perturbed or clean? Then: a guess, fairly sure, or sure?")
    images = 1
    frames = 1
    always_perturbed = False
    reference_first = False
    marks_place = False
    template = "observer/trials/yes_no_confidence.html"
    responses: Sequence[Choice] = RESPONSES
    ratings: Sequence[Choice] = ()
    confidences: Sequence[Choice] = (
        Choice("1", gettext_lazy("A guess"), "1", "1"),
        Choice("2", gettext_lazy("Fairly sure"), "2", "2"),
        Choice("3", gettext_lazy("Sure"), "3", "3"),
    )
    grades: Sequence[Choice] = ()
    default_question = QUESTION
    default_instructions = Text(
        en="""\
You will see a series of {images}, one at a time. Some were changed by a computer program; the others were not.

For each image, say first whether it was changed (“{perturbed}”) or not (“{clean}”), and then how sure you are. \
{pace}If you are not sure, say what seems more likely to you: every image needs an answer, and an answer cannot be \
taken back.

You can close the page at any time and go on later with the same link.""",
        fr="""\
Vous allez voir une série d’images, une à la fois : des {images}. Certaines ont été modifiées par un programme \
informatique ; les autres ne l’ont pas été.

Pour chaque image, dites d’abord si elle a été modifiée (« {perturbed} ») ou non (« {clean} »), puis quel est votre \
degré de certitude. {pace}Si vous hésitez, dites ce qui vous paraît le plus probable : chaque image demande une \
réponse, et une réponse ne peut pas être reprise.

Vous pouvez fermer la page à tout moment et reprendre plus tard avec le même lien.""",
    )

    def read(self, post: Mapping[str, str], words: Words) -> Judgement:
        """Return the response and the confidence.

        Raises
        ------
        IncompleteAnswerError
            No response or no confidence, or one that is none of the choices.
        """
        response = read_choice(post, "response", self.responses, words)
        return Judgement(response, confidence=int(read_choice(post, "confidence", self.confidences, words)))

    def expected(self, perturbed: tuple[bool, ...]) -> str:
        """Return what the image is."""
        return "perturbed" if perturbed[0] else "clean"
