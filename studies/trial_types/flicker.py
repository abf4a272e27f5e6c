"""Two places, in one of which an image and its perturbed twin alternate: which one flickers?

The task is that of ISO/IEC 29170-2:2015, annex B, which judges codecs by it (“forced choice paradigm with interleaved
images”): whoever cannot tell an image that alternates with its twin from one that alternates with itself cannot see the
change in any easier comparison. Rate and time are settings of the study.
"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy, gettext_noop

from perception.analysis.json_values import JsonObject
from studies.trial_types.base import Choice, Judgement, read_choice
from studies.trial_types.wording import Text, Words

STOPPED_ANSWERS, LEFT_OUT = "stopped_answers", "left out"
"""Key in the protocol's `flicker`, and what it says; protocols of version 0.7.0 have none, and count these answers."""


def leaves_out_stopped(protocol: JsonObject) -> bool:
    """Tell whether a protocol leaves out answers before which the observer had stopped the flicker, and saw grey."""
    flicker = protocol.get("flicker")
    return isinstance(flicker, dict) and flicker.get(STOPPED_ANSWERS) == LEFT_OUT


class Flicker:
    """Forced choice between a place that flickers and one that does not.

    In both places two images alternate. The file of either stimulus holds two, the clean one first: it is followed by
    the perturbed twin in one place, by itself in the other, so that the page treats both alike and need not know which.
    """

    key = "flicker"
    title = gettext_noop("Flicker")
    explained = gettext_noop(
        "A clean image and its perturbed twin in alternation in one place, the clean image alone in the other: which "
        "place flickers? The strictest test of what can be seen. Perturbed and clean images together give the number "
        "of trials; in half of them the first place flickers."
    )
    images = 2
    frames = 2
    always_perturbed = True
    reference_first = False
    marks_place = False
    template = "observer/trials/flicker.html"
    responses: Sequence[Choice] = (
        Choice("first", gettext_lazy("First"), "1", "1 ArrowLeft"),
        Choice("second", gettext_lazy("Second"), "2", "2 ArrowRight"),
    )
    ratings: Sequence[Choice] = ()
    confidences: Sequence[Choice] = ()
    grades: Sequence[Choice] = ()
    default_question = Text(en="Which of the two images flickers?", fr="Laquelle des deux images scintille ?")
    default_instructions = Text(
        en="""\
You will see a series of pairs of {images}. Both images of a pair come from one and the same original. In one of the \
two places, and only in one, the original alternates quickly with a version that was changed by a computer program; in \
the other place it does not change.

For each pair, say which image flickers, the first or the second. {pace}The flicker may be very faint, or confined to \
a small part of the image. If you are not sure, say what seems more likely to you: every pair needs an answer, and an \
answer cannot be taken back.

If the flicker is unpleasant, look away and press Escape, or the button “Stop the flicker”: nothing moves any more. \
You can close the page at any time and go on later with the same link.""",
        fr="""\
Vous allez voir une série de paires d’images : des {images}. Les deux images d’une paire viennent d’un seul et même \
original. À l’une des deux places, et à une seule, l’original alterne rapidement avec une version modifiée par un \
programme informatique ; à l’autre place, rien ne change.

Pour chaque paire, dites quelle image scintille, la première ou la seconde. {pace}Le scintillement peut être très \
faible, ou limité à une petite partie de l’image. Si vous hésitez, dites ce qui vous paraît le plus probable : chaque \
paire demande une réponse, et une réponse ne peut pas être reprise.

Si le scintillement vous gêne, détournez les yeux et appuyez sur Échap, ou sur le bouton « Arrêter le \
scintillement » : plus rien ne bouge. Vous pouvez fermer la page à tout moment et reprendre plus tard avec le même \
lien.""",
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
        """Return which place flickers."""
        return "first" if perturbed[0] else "second"
