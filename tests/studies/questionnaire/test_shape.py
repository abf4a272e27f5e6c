"""A translation asks the same things, under the same conditions."""

import pytest

from studies.errors import StudyError
from studies.questionnaire import parse_questionnaire, require_same_shape

ENGLISH = """Age: number 0-60
Glasses: yes | no
Read: [ ] English [ ] French
Tired?: scale 1-7 (not – very)
Remarks: text 300
  only if Glasses = yes"""
FRENCH = """Âge : nombre 0 à 60
Lunettes : oui | non
Vous lisez : [ ] anglais [ ] français
Fatigue ? : échelle 1-7 (pas du tout – très)
Remarques : texte 300
  seulement si Lunettes = oui"""


def test_it_works() -> None:
    require_same_shape(parse_questionnaire(ENGLISH), parse_questionnaire(FRENCH))


@pytest.mark.parametrize(
    ("of", "instead", "message"),
    [
        ("\nLunettes : oui | non", "", "no earlier question is “Lunettes”"),
        ("Âge : nombre 0 à 60\n", "", "has 5 questions, its translation 4"),
        ("0 à 60", "0 à 61", "Question 1 and its translation differ in more than words"),
        ("oui | non", "oui | non | parfois", "Question 2 and its translation differ"),
        ("oui | non", "oui | non *", "Question 2 and its translation differ"),
        ("[ ] anglais [ ] français", "anglais | français", "Question 3 and its translation differ"),
        (" (pas du tout – très)", "", "Question 4 and its translation differ"),
        ("échelle 1-7 (pas du tout – très)", "nombre 1-7", "Question 4 and its translation differ"),
        ("texte 300", "texte 30", "Question 5 and its translation differ"),
        ("\n  seulement si Lunettes = oui", "", "Question 5 and its translation are asked under different conditions"),
        ("= oui", "= non", "Question 5 and its translation are asked under different conditions"),
    ],
)
def test_a_translation_asks_the_same(of: str, instead: str, message: str) -> None:
    assert of in FRENCH
    with pytest.raises(StudyError, match=message):
        require_same_shape(parse_questionnaire(ENGLISH), parse_questionnaire(FRENCH.replace(of, instead)))
