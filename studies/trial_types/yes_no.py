"""One image: was it changed?"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_noop

from studies.trial_types.base import Choice, Judgement, read_choice
from studies.trial_types.wording import Text, Words

RESPONSES = (
    Choice("perturbed", "{perturbed}", "P", "P ArrowLeft"),
    Choice("clean", "{clean}", "C", "C ArrowRight"),
)

QUESTION = Text(en="Was this image changed?", fr="Cette image a-t-elle été modifiée ?")


class YesNo:
    """Two buttons: perturbed, clean."""

    key = "yes_no"
    title = gettext_noop("Yes or no")
    explained = gettext_noop("One image: perturbed or clean?")
    images = 1
    frames = 1
    always_perturbed = False
    reference_first = False
    marks_place = False
    template = "observer/trials/yes_no.html"
    responses: Sequence[Choice] = RESPONSES
    ratings: Sequence[Choice] = ()
    confidences: Sequence[Choice] = ()
    grades: Sequence[Choice] = ()
    default_question = QUESTION
    default_instructions = Text(
        en="""\
You will see a series of {images}, one at a time. Some were changed by a computer program; the others were not.

For each image, say whether it was changed (“{perturbed}”) or not (“{clean}”). {pace}If you are not sure, say what \
seems more likely to you: every image needs an answer, and an answer cannot be taken back.

You can close the page at any time and go on later with the same link.""",
        fr="""\
Vous allez voir une série d’images, une à la fois : des {images}. Certaines ont été modifiées par un programme \
informatique ; les autres ne l’ont pas été.

Pour chaque image, dites si elle a été modifiée (« {perturbed} ») ou non (« {clean} »). {pace}Si vous hésitez, dites \
ce qui vous paraît le plus probable : chaque image demande une réponse, et une réponse ne peut pas être reprise.

Vous pouvez fermer la page à tout moment et reprendre plus tard avec le même lien.""",
    )

    def read(self, post: Mapping[str, str], words: Words) -> Judgement:
        """Return the response.

        Raises
        ------
        IncompleteAnswerError
            No response, or one that is none of the two.
        """
        return Judgement(read_choice(post, "response", self.responses, words))

    def expected(self, perturbed: tuple[bool, ...]) -> str:
        """Return what the image is."""
        return "perturbed" if perturbed[0] else "clean"
