"""Rows are sorted by a column and cut into pages, whatever an address asks for."""

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.core.lists.pages import ROWS_A_PAGE, Column, ListPage, list_page

pytestmark = pytest.mark.django_db

COLUMNS = (
    Column("name", "Name", "username"),
    Column("seen", "Seen", "last_login", largest_first=True),
    Column("link", "Link", None),
)
N = 2 * ROWS_A_PAGE + 3


@pytest.fixture
def users() -> list[User]:
    """Three pages of users; of every other one it is known when they were seen, and many were at the same time."""
    made = User.objects.bulk_create(User(username=f"user {number:03d}") for number in range(N))
    for number, user in enumerate(made):
        if number % 2:
            User.objects.filter(pk=user.pk).update(last_login=f"2026-01-0{1 + number % 5} 12:00+00:00")
    return made


def shown(address: str) -> ListPage[User]:
    return list_page(User.objects.all(), COLUMNS, QueryDict(address), sort="name")


def names(address: str) -> list[str]:
    return [user.username for user in shown(address).page]


@pytest.mark.parametrize("sort", ["name", "-name", "seen", "-seen"])
def test_the_pages_hold_every_row_once(users: list[User], sort: str) -> None:
    found = [name for page in (1, 2, 3) for name in names(f"sort={sort}&page={page}")]

    assert sorted(found) == [user.username for user in users]


def test_rows_are_in_the_order_of_the_column(users: list[User]) -> None:
    assert names("sort=name")[0] == "user 000"
    assert names("sort=-name")[0] == f"user {N - 1:03d}"


@pytest.mark.parametrize("sort", ["seen", "-seen"])
def test_rows_without_a_value_come_last_either_way(users: list[User], sort: str) -> None:
    assert all(user.last_login for user in shown(f"sort={sort}").page)
    assert not any(user.last_login for user in shown(f"sort={sort}&page=3").page)


@settings(max_examples=60, deadline=None)
@given(sort=st.text(max_size=8), page=st.one_of(st.text(max_size=5), st.integers().map(str)))
def test_an_address_that_asks_for_what_is_not_there_gets_a_page(sort: str, page: str) -> None:
    address = QueryDict(mutable=True)
    address.update({"sort": sort, "page": page})

    found = list_page(User.objects.all(), COLUMNS, address, sort="name")

    assert found.sort.removeprefix("-") in {"name", "seen"}


@pytest.mark.parametrize("sort", ["link", "-link", "--name", "password", "name,pk", "pk"])
def test_rows_are_sorted_by_the_columns_and_by_nothing_else(users: list[User], sort: str) -> None:
    assert shown(f"sort={sort}").sort == "name"


def test_a_click_reverses_the_order_or_begins_with_the_natural_one() -> None:
    by_name, by_seen = shown("sort=name"), shown("sort=-seen")

    assert [(head.sort, head.direction) for head in by_name.heads] == [("-name", "ascending"), ("-seen", ""), ("", "")]
    assert [(head.sort, head.direction) for head in by_seen.heads] == [("name", ""), ("seen", "descending"), ("", "")]
