"""Words are found in any of the fields, in capitals or not, and mean themselves."""

import pytest
from django.contrib.auth.models import User
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.core.lists.search import matching

pytestmark = pytest.mark.django_db


def found(text: str) -> bool:
    return User.objects.filter(matching(text, "first_name", "last_name")).exists()


@pytest.mark.parametrize("text", ["", "étude", "ÉTUDE", "pilote étude", "tud", "(1.5)", "ZÜRICH pilote"])
def test_each_word_stands_somewhere(text: str) -> None:
    User.objects.create(username="a", first_name="Étude pilote (1.5)", last_name="Zürich")

    assert found(text)


@pytest.mark.parametrize("text", ["étude basel", "1x5", ".*", "étud.", "%", "_", "\\w"])
def test_a_word_that_stands_nowhere_finds_nothing(text: str) -> None:
    User.objects.create(username="a", first_name="Étude pilote (1.5)", last_name="Zürich")

    assert not found(text)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_a_text_is_found_by_itself(text: str) -> None:
    User.objects.filter(username="b").delete()
    User.objects.create(username="b", first_name=text)

    assert User.objects.filter(matching(text, "first_name"), username="b").exists()
