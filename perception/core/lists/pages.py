"""A list's rows sorted by a column and cut into pages, and the heads of its columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import F, Model, QuerySet
from django.db.models.expressions import BaseExpression, OrderBy
from django.http import QueryDict
from django.utils.functional import Promise

ROWS_A_PAGE = 25

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list, by which its rows can be sorted.

    Attributes
    ----------
    name
        In the address.
    label
        Its head.
    by
        What is compared: a field, an annotation, or an expression; None: rows are not sorted by it.
    is_number
        It is set to the right.
    largest_first
        Whether a first click puts the largest, or newest, on top.
    """

    name: str
    label: str | Promise
    by: str | BaseExpression | None
    is_number: bool = False
    largest_first: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column as one page shows it.

    Attributes
    ----------
    label
        What it says.
    sort
        What the address says of the order once its link was followed; nothing where rows are not sorted by it.
    direction
        By which the rows are sorted now: `ascending`, `descending`, or nothing where it is another column's turn.
    is_number
        It is set to the right.
    """

    label: str | Promise
    sort: str
    direction: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """One page of a list.

    Attributes
    ----------
    heads
        Of the columns, in their order.
    page
        The rows, which page it is, and of how many.
    sort
        The order, as the address says it.
    """

    heads: tuple[Head, ...]
    page: Page[Row]
    sort: str


def list_page(rows: QuerySet[Row], columns: Sequence[Column], address: QueryDict, *, sort: str) -> ListPage[Row]:
    """Return the page that an address asks for (two queries: the count, and the rows of the page).

    Parameters
    ----------
    rows
        All rows that the reader's filter lets pass.
    columns
        In their order on the page.
    address
        `sort` in it is the name of a column, after a minus where the largest comes first; `page` the number of a page.
        What it says and the list has not is passed over.
    sort
        The order where the address says none.
    """
    by = {column.name: column.by for column in columns if column.by is not None}
    chosen = address.get("sort", "")
    if chosen.removeprefix("-") not in by:
        chosen = sort
    page = page_of(rows.order_by(*_order(by[chosen.removeprefix("-")], chosen)), address)
    return ListPage(tuple(_head(column, chosen) for column in columns), page, chosen)


def page_of(rows: QuerySet[Row], address: QueryDict) -> Page[Row]:
    """Return the page of rows that an address asks for by `page`; the nearest, where there is none of that number."""
    return Paginator(rows, ROWS_A_PAGE).get_page(address.get("page"))


def _order(by: str | BaseExpression, chosen: str) -> tuple[OrderBy, OrderBy]:
    """Return the order of the rows: those without a value come last in either direction.

    By their number in the end, so that rows of the same value stay apart from page to page.
    """
    compared: Any = F(by) if isinstance(by, str) else by
    if chosen.startswith("-"):
        return compared.desc(nulls_last=True), F("pk").desc()
    return compared.asc(nulls_last=True), F("pk").asc()


def _head(column: Column, chosen: str) -> Head:
    """Return a column's head: a click reverses the order by it, or begins with its natural one."""
    up, down = column.name, f"-{column.name}"
    if column.by is None:
        return Head(column.label, "", "", column.is_number)
    direction = {up: "ascending", down: "descending"}.get(chosen, "")
    follows = {up: down, down: up}.get(chosen, down if column.largest_first else up)
    return Head(column.label, follows, direction, column.is_number)
