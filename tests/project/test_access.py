"""The table of `docs/access.md` holds for every address and every role, and no address is missing in it.

After an address has come or gone, `WRITE_ACCESS_TABLE=1 make test PYTEST="pytest tests/project/test_access.py"` writes
the table anew: read what changed before you commit it.
"""

import os

import pytest
from django.urls import reverse

from perception.accounts.administration_pages import ACTIONS
from studies.permissions import PERMISSIONS, Permission, Role
from studies.researcher.access import PERMISSION_OF_PAGE
from tests.project.access import COLUMNS, OBSERVERS, addresses, answers, make_world, table
from tests.project.documentation import ROOT

PAGE = ROOT / "docs" / "access.md"
START, END = "<!-- the table -->\n\n", "\n\n<!-- its end -->"
OF_NO_STUDY = {
    "studies:study-list",
    "studies:study-create",
    "studies:study-import",
    "studies:study-plan",
    "studies:two-arm-plan",
    "studies:precision-plan",
}

pytestmark = [pytest.mark.django_db, pytest.mark.thorough, pytest.mark.xdist_group("access")]


@pytest.fixture(scope="module")
def rows(django_db_setup: None, django_db_blocker: object) -> dict[str, dict[str, str]]:
    """Ask every address in every role, once for all tests; nothing of it stays in the database."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        world = make_world()
        found = {address.name: answers(world, address) for address in addresses()}
        transaction.set_rollback(True)
    return found


def test_the_documented_table_is_what_is_answered(rows: dict[str, dict[str, str]]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(START)
    documented, after = rest.split(END)
    if os.environ.get("WRITE_ACCESS_TABLE"):
        PAGE.write_text(f"{before}{START}{table(rows)}{END}{after}", encoding="utf-8")
        return
    assert documented.splitlines() == table(rows).splitlines()


def test_nobody_but_an_observer_gets_in_without_an_account(rows: dict[str, dict[str, str]]) -> None:
    open_to_all = {"healthz", "readyz", "metrics", "login", "logout", "accounts:link", "accounts:first", "home"}
    for name, cells in rows.items():
        if name not in open_to_all and not name.startswith(OBSERVERS):
            assert set(cells["nobody"].split("/")) <= {"302", "404"}, name
            assert cells["observer"] == cells["nobody"], name
        if name.startswith(OBSERVERS):
            assert {cells[who] for who in COLUMNS if who != "observer"} <= {"404/404", "404/405"}, name


def test_each_page_of_a_study_takes_the_permission_that_is_listed(rows: dict[str, dict[str, str]]) -> None:
    of_one = {name for name in rows if name.startswith("studies:")} - OF_NO_STUDY
    assert {name.removeprefix("studies:") for name in of_one} == PERMISSION_OF_PAGE.keys()
    for page, permission in PERMISSION_OF_PAGE.items():
        cells = rows[f"studies:{page}"]
        assert set(cells["researcher"].split("/")) <= {"404", "405"}, page
        for role in Role:
            refused = "403" in cells[role.value].split("/")
            assert refused is (permission not in PERMISSIONS[role]), (page, role)


def test_each_page_of_a_preview_takes_the_permission_for_it(rows: dict[str, dict[str, str]]) -> None:
    pages = [name for name in rows if name.startswith("preview:")]
    assert pages
    for page in pages:
        assert set(rows[page]["researcher"].split("/")) <= {"404", "405"}, page
        for role in Role:
            refused = "403" in rows[page][role.value].split("/")
            assert refused is (Permission.PREVIEW not in PERMISSIONS[role]), (page, role)


def test_a_monitor_sees_how_far_a_study_is_and_nothing_more(rows: dict[str, dict[str, str]]) -> None:
    seen = [page for page in PERMISSION_OF_PAGE if rows[f"studies:{page}"]["monitor"].startswith(("200", "302"))]
    assert seen == ["study-detail", "study-live", "study-live-now"]
    assert PERMISSIONS[Role.MONITOR] == {Permission.SEE}


def test_what_is_private_is_not_there_for_others(rows: dict[str, dict[str, str]]) -> None:
    for name, cells in rows.items():
        if name.startswith("ml:") and not name.endswith(("-list", "-create", "-add", "-import", "-begin")):
            for who in ("researcher", "monitor", "collaborator"):
                assert {"404"} <= set(cells[who].split("/")) <= {"404", "405"}, (name, who)


def test_accounts_are_the_administrators(rows: dict[str, dict[str, str]]) -> None:
    for action in [*ACTIONS, "list", "detail", "link"]:
        cells = rows[f"accounts:account-{action}"]
        for who in ("researcher", "monitor", "collaborator", "owner"):
            assert set(cells[who].split("/")) == {"403"}, (action, who)
        assert not {"403", "404"} & set(cells["administrator"].split("/")), action
    assert reverse("accounts:account-list") == "/accounts/"
