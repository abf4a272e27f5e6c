"""Two images of one lesion: are they the same, or was one of them changed?"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy, gettext_noop

from studies.trial_types.base import Choice, Judgement, read_choice
from studies.trial_types.wording import Text, Words


class SameDifferent:
    """Same or different: the clean image beside itself, or beside its perturbed twin."""

    key = "same_different"
    title = gettext_noop("Same or different")
    explained = gettext_noop(
        "Two images of one lesion: are they the same, or was one changed? The number of perturbed images is "
        "that of the trials with a difference, the number of clean ones that of the trials without."
    )
    images = 2
    frames = 1
    always_perturbed = False
    reference_first = False
    marks_place = False
    template = "observer/trials/same_different.html"
    responses: Sequence[Choice] = (
        Choice("same", gettext_lazy("Same"), "S", "S ArrowLeft"),
        Choice("different", gettext_lazy("Different"), "D", "D ArrowRight"),
    )
    ratings: Sequence[Choice] = ()
    confidences: Sequence[Choice] = ()
    grades: Sequence[Choice] = ()
    default_question = Text(
        en="Are the two images the same, or was one of them changed?",
        fr="Les deux images sont-elles identiques, ou l’une d’elles a-t-elle été modifiée ?",
    )
    default_instructions = Text(
        en="""\
You will see a series of pairs of {images}. The two images of a pair come from one and the same original. In some \
pairs one of the images was changed by a computer program; in the others the two images are the same.

For each pair, say whether the two images are the same or different. {pace}If you are not sure, say what seems more \
likely to you: every pair needs an answer, and an answer cannot be taken back.

You can close the page at any time and go on later with the same link.""",
        fr="""\
Vous allez voir une série de paires d’images : des {images}. Les deux images d’une paire viennent d’un seul et même \
original. Dans certaines paires, l’une des images a été modifiée par un programme informatique ; dans les autres, les \
deux images sont identiques.

Pour chaque paire, dites si les deux images sont identiques ou différentes. {pace}Si vous hésitez, dites ce qui vous \
paraît le plus probable : chaque paire demande une réponse, et une réponse ne peut pas être reprise.

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
        """Return whether one of the two images is perturbed."""
        return "different" if any(perturbed) else "same"
