"""Two images of one lesion, one of them perturbed: which one?"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy, gettext_noop

from studies.trial_types.base import Choice, Judgement, read_choice
from studies.trial_types.wording import Text, Words


class TwoAfc:
    """Two-alternative forced choice: both twins of a pair, side by side."""

    key = "two_afc"
    title = gettext_noop("Two-alternative forced choice")
    explained = gettext_noop(
        "Both twins of one lesion, side by side: which one is perturbed? Perturbed and clean images together "
        "give the number of trials; in half of them the perturbed one stands first."
    )
    images = 2
    frames = 1
    always_perturbed = True
    reference_first = False
    marks_place = False
    template = "observer/trials/two_afc.html"
    responses: Sequence[Choice] = (
        Choice("first", gettext_lazy("First"), "1", "1 ArrowLeft"),
        Choice("second", gettext_lazy("Second"), "2", "2 ArrowRight"),
    )
    ratings: Sequence[Choice] = ()
    confidences: Sequence[Choice] = ()
    grades: Sequence[Choice] = ()
    default_question = Text(en="Which of the two images was changed?", fr="Laquelle des deux images a été modifiée ?")
    default_instructions = Text(
        en="""\
You will see a series of pairs of {images}. The two images of a pair come from one and the same original; one of \
them, and only one, was changed by a computer program.

For each pair, say which image was changed, the first or the second. {pace}If you are not sure, say what seems more \
likely to you: every pair needs an answer, and an answer cannot be taken back.

You can close the page at any time and go on later with the same link.""",
        fr="""\
Vous allez voir une série de paires d’images : des {images}. Les deux images d’une paire viennent d’un seul et même \
original ; l’une d’elles, et une seule, a été modifiée par un programme informatique.

Pour chaque paire, dites quelle image a été modifiée, la première ou la seconde. {pace}Si vous hésitez, dites ce qui \
vous paraît le plus probable : chaque paire demande une réponse, et une réponse ne peut pas être reprise.

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
        """Return where the perturbed image stands."""
        return "first" if perturbed[0] else "second"
