"""Personal links in a browser: a list pasted and confirmed, cards printed, a link revoked, by keyboard."""

import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.accessibility import assert_fits
from tests.browser.conftest import Prepare
from tests.browser.prepared_studies import prepare_studies
from tests.browser.visitors import DESKTOP, PHONE, sign_in

SIZES = [DESKTOP, PHONE, (320, 640)]
TITLE = "Changes in lesions"
RECRUITMENT = "Recruitment: personal and open links, places, recruiters"
POINTS_A_MM = 72 / 25.4
PAPERS = {"A4": (210, 297), "Letter": (216, 279)}


def _prepare(data_dir: Path) -> None:
    groups = "Dermatologists\nGeneral practitioners"
    prepare_studies(data_dir, **{TITLE: {"observers": 2, "groups": groups, "closes_when_finished": False}})


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Make an open study with two observers."""
    return _prepare


def test_a_list_becomes_cards_and_a_link_is_revoked_by_keyboard(page: Page) -> None:
    sign_in(page)
    for name in (TITLE, RECRUITMENT, "Invite by a list"):
        page.get_by_role("link", name=name, exact=True).press("Enter")
    lines = [f"Person {number:02}; dermatologists" for number in range(1, 20)]
    lines.append("A pseudonym that is as long as any, with sixty letters or so; dermatologists")
    page.get_by_label("The list").fill("\n".join([*lines, "Observer A", "; dermatologists", "Ann; nurses"]))
    page.get_by_label("Begin by").fill("2099-12-31T23:59")
    page.get_by_role("button", name="Look it through").press("Enter")
    expect(page.get_by_text("20 new observers")).to_be_visible()
    expect(page.get_by_text("line 22: it has no label")).to_be_visible()
    assert_fits(page, SIZES)
    page.get_by_role("button", name="Invite 20 observers").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("20 observers are invited")
    assert_fits(page, SIZES)

    box = page.get_by_label("Person 07", exact=True)
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    page.get_by_role("button", name="Revoke …").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Revoke the links?")
    assert_fits(page, SIZES)
    page.get_by_role("button", name="Revoke").press("Enter")
    expect(page.get_by_role("row", name="Person 07")).to_contain_text("revoked")

    page.get_by_role("link", name="QR codes to print").press("Enter")
    expect(page.get_by_role("listitem")).to_have_count(21)
    overfull = "cards => cards.filter(card => card.scrollHeight > card.clientHeight).map(card => card.textContent)"
    assert page.get_by_role("listitem").evaluate_all(overfull) == []
    assert_fits(page, SIZES)


def test_mails_are_shown_and_taken_as_a_file_by_keyboard(page: Page) -> None:
    sign_in(page)
    for name in (TITLE, RECRUITMENT, "Personal links", "Mail"):
        page.get_by_role("link", name=name, exact=True).press("Enter")
    assert_fits(page, SIZES)
    page.get_by_label("The list").fill("Observer A; a@lab.example\nNobody; n@lab.example")
    page.get_by_role("button", name="Show the mails").press("Enter")
    expect(page.get_by_text("To a@lab.example")).to_be_visible()
    expect(page.get_by_text("line 2: nobody in this study")).to_be_visible()
    assert_fits(page, SIZES)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download for a mail program (CSV)").press("Enter")
    assert "a@lab.example" in taken.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize("paper", PAPERS)
def test_fifteen_cards_fit_on_each_sheet_of_either_paper(page: Page, paper: str) -> None:
    sign_in(page)
    for name in (
        TITLE,
        RECRUITMENT,
        "Personal links",
        "QR codes to print",
    ):
        page.get_by_role("link", name=name, exact=True).press("Enter")
    n_cards = page.get_by_role("listitem").count()
    width, height = PAPERS[paper]
    pdf = PdfReader(io.BytesIO(page.pdf(width=f"{width}mm", height=f"{height}mm")))
    told = [sheet.extract_text().count("Scannez le code") for sheet in pdf.pages]
    assert told == [min(15, n_cards - first) for first in range(0, n_cards, 15)]
    assert "keep the sheet" not in pdf.pages[0].extract_text()
