"""The clean image, named as the reference, and a test image beside it: how much is the test image degraded?"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy, gettext_noop

from studies.trial_types.base import Choice, Judgement, read_choice
from studies.trial_types.wording import Text, Words

IMPERCEPTIBLE = 5
"""The highest grade: no difference from the reference is seen."""


class DegradationRating:
    """Degradation category rating: reference, then test, and five grades of impairment.

    The method is DCR of Recommendation ITU-T P.910 (10/2023), which Recommendation ITU-R BT.500 calls the
    double-stimulus impairment scale; grades and their words are those of both. The test image is perturbed or, as
    hidden reference, clean. The reference always stands first.
    """

    key = "degradation"
    title = gettext_noop("Degradation category rating")
    explained = gettext_noop(
        "The clean image, named as the reference, and the test image beside it: from 1 (very annoying) to 5 "
        "(imperceptible), after ITU-T P.910. The number of clean images is that of the hidden references: trials whose "
        "test image is the clean one too."
    )
    images = 2
    frames = 1
    always_perturbed = False
    reference_first = True
    marks_place = False
    template = "observer/trials/degradation.html"
    responses: Sequence[Choice] = ()
    ratings: Sequence[Choice] = ()
    confidences: Sequence[Choice] = ()
    # From left to right as the keys lie.
    grades: Sequence[Choice] = (
        Choice("1", gettext_lazy("Very annoying"), "1", "1"),
        Choice("2", gettext_lazy("Annoying"), "2", "2"),
        Choice("3", gettext_lazy("Slightly annoying"), "3", "3"),
        Choice("4", gettext_lazy("Perceptible but not annoying"), "4", "4"),
        Choice("5", gettext_lazy("Imperceptible"), "5", "5"),
    )
    default_question = Text(
        en="How do you find the difference between the test image and the reference?",
        fr="Comment trouvez-vous la différence entre l’image à juger et la référence ?",
    )
    default_instructions = Text(
        en="""\
You will see a series of pairs of {images}. The first image of a pair is the reference: the original, as it is. The \
second one is the test image. In some pairs it was changed by a computer program; in others it is the original once \
more.

For each pair, compare the test image with the reference, and grade the difference: 5 where you see none \
(imperceptible), 4 perceptible but not annoying, 3 slightly annoying, 2 annoying, 1 very annoying. {pace}If you are \
not sure, choose the grade that fits best: every pair needs an answer, and an answer cannot be taken back.

You can close the page at any time and go on later with the same link.""",
        fr="""\
Vous allez voir une série de paires d’images : des {images}. La première image d’une paire est la référence : \
l’original, tel qu’il est. La seconde est l’image à juger. Dans certaines paires, elle a été modifiée par un programme \
informatique ; dans d’autres, c’est encore l’original.

Pour chaque paire, comparez l’image à juger avec la référence, et notez la différence : 5 si vous n’en voyez aucune \
(imperceptible), 4 perceptible, mais non gênante, 3 légèrement gênante, 2 gênante, 1 très gênante. {pace}Si vous \
hésitez, choisissez la note qui convient le mieux : chaque paire demande une réponse, et une réponse ne peut pas être \
reprise.

Vous pouvez fermer la page à tout moment et reprendre plus tard avec le même lien.""",
    )

    def read(self, post: Mapping[str, str], words: Words) -> Judgement:
        """Return the grade, and the response that it amounts to: every grade but 5 says that a difference was seen.

        Raises
        ------
        IncompleteAnswerError
            No grade, or one that is none of the five.
        """
        grade = int(read_choice(post, "grade", self.grades, words))
        return Judgement("same" if grade == IMPERCEPTIBLE else "different", grade=grade)

    def expected(self, perturbed: tuple[bool, ...]) -> str:
        """Return whether the test image is perturbed."""
        return "different" if any(perturbed) else "same"
