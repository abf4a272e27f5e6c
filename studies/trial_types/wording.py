"""The words of the standard texts: those that a study may choose, and what depends on how its images are shown."""

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class Words:
    """What a study calls its images and the two answers in one language, as in the middle of a sentence.

    Standard texts in French have them where neither an article nor an ending has to agree with them: images, in the
    plural, after “des”, and what is said of an image alone or in quotation marks. What is stored, and what the report
    calls them, is `perturbed` and `clean` whatever observers read.
    """

    images: str
    perturbed: str
    clean: str


STANDARD_WORDS = {
    "images_word": Text(en="dermatoscopic images", fr="images dermatoscopiques"),
    "perturbed_word": Text(en="perturbed", fr="perturbée"),
    "clean_word": Text(en="clean", fr="intacte"),
}
"""The words of a study that has chosen none, by the names of its fields."""

OWN_PACE = Text(en="Take the time you need. ", fr="Prenez le temps qu’il vous faut. ")
SET_PACE = Text(en="", fr="")
"""Of a study that shows its images for a set time: how it goes then is told on the page itself."""
