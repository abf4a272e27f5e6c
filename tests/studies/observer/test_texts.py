"""A researcher's text as it is shown: in its language, and with the spaces of that language."""

from hypothesis import given
from hypothesis import strategies as st

from studies.observer.texts import ShownText

NO_BREAK = "\N{NO-BREAK SPACE}"


def test_no_line_of_a_french_text_begins_with_a_sign() -> None:
    shown = ShownText("Vous hésitez ? Dites « intacte » : une réponse ; et merci !", "fr", "fr")

    assert str(shown).replace(NO_BREAK, "~") == "Vous hésitez~? Dites «~intacte~»~: une réponse~; et merci~!"
    assert str(shown) == shown.marked


def test_an_english_text_stays_as_it_was_written() -> None:
    text = "A ratio of 1 : 2 ?"

    assert str(ShownText(text, "en", "fr")) == text
    assert ShownText(text, "en", "fr").marked == f'<span lang="en">{text}</span>'


@given(st.text(alphabet="a «»:;?!\n"))
def test_nothing_but_spaces_is_changed(text: str) -> None:
    shown = str(ShownText(text, "fr", "fr"))

    assert shown.replace(NO_BREAK, " ") == text
    assert str(ShownText(shown, "fr", "fr")) == shown
