"""The table of studies: what it shows of each, what it can be searched by, and to whom it shows which."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from ml.models import PairSet
from perception.core.lists.pages import ROWS_A_PAGE
from studies.design.lifecycle import start_pilot
from studies.models import Observer, Session, Study, StudyRole
from tests.studies.factories import begin_trials, make_open_study, make_pair_set, make_study

pytestmark = pytest.mark.django_db

LIST = reverse("studies:study-list")


@pytest.fixture
def pair_set() -> PairSet:
    return make_pair_set()


def html(browser: Client, address: str = "") -> str:
    return browser.get(LIST + address).content.decode()


def titles(browser: Client, address: str = "") -> list[str]:
    return re.findall(r'<th scope="row">\s*<a [^>]*>([^<]*)</a>', html(browser, address))


def numbers(browser: Client, address: str = "") -> list[list[int]]:
    cells = [int(text) for text in re.findall(r'<td class="number">(\d+)</td>', html(browser, address))]
    return [cells[start : start + 3] for start in range(0, len(cells), 3)]


def test_it_counts_who_is_invited_in_progress_and_done(browser: Client, owner: User) -> None:
    study = make_open_study(owner=owner, observers=5)
    make_study(owner=owner)
    first, second, third, *_ = (begin_trials(observer) for observer in Observer.objects.filter(study=study)[:4])
    Session.objects.filter(pk=first.pk).update(finished_at=first.consented_at)
    Session.objects.filter(pk__in=[second.pk, third.pk]).update(withdrawn_at=first.consented_at)

    assert numbers(browser, "?sort=-invited") == [[5, 1, 1], [0, 0, 0]]


@pytest.mark.parametrize("sort", ["invited", "started", "finished"])
def test_it_is_sorted_by_what_it_counts(browser: Client, owner: User, sort: str) -> None:
    for n, title in ((1, "few"), (3, "most"), (2, "some")):
        study = make_open_study(owner=owner, observers=n, title=title)
        for observer in Observer.objects.filter(study=study):
            session = begin_trials(observer)
            if sort == "finished":
                Session.objects.filter(pk=session.pk).update(finished_at=session.consented_at)

    assert titles(browser, f"?sort={sort}") == ["few", "some", "most"]
    assert titles(browser, f"?sort=-{sort}") == ["most", "some", "few"]


def test_states_are_in_the_order_of_a_studys_life(browser: Client, owner: User, pair_set: PairSet) -> None:
    make_open_study(owner=owner, title="open")
    make_study(owner=owner, pair_set=pair_set, title="draft")

    assert titles(browser, "?sort=state") == ["draft", "open"]
    assert titles(browser, "?sort=-state") == ["open", "draft"]


def test_the_newest_comes_first_and_the_address_keeps_what_was_chosen(
    browser: Client, owner: User, pair_set: PairSet
) -> None:
    for number in range(ROWS_A_PAGE + 1):
        make_study(owner=owner, pair_set=pair_set, title=f"Study {number:02d}")

    assert titles(browser)[0] == f"Study {ROWS_A_PAGE}"
    page = html(browser, "?search=study&sort=title&state=all")
    assert 'href="?search=study&amp;sort=title&amp;state=all&amp;page=2"' in page
    assert 'href="?search=study&amp;sort=-title&amp;state=all"' in page
    assert titles(browser, "?search=study&sort=title&state=all&page=2") == [f"Study {ROWS_A_PAGE}"]
    assert page.count('aria-sort="ascending"') == page.count("aria-sort") == 1


def test_it_is_searched_by_the_words_of_either_title(browser: Client, owner: User, pair_set: PairSet) -> None:
    make_study(owner=owner, pair_set=pair_set, title="Moles on phones", title_fr="Étude des nævus")
    make_study(owner=owner, pair_set=pair_set, title="Moles on paper")

    assert titles(browser, "?search=PHONES+moles") == titles(browser, "?search=étude") == ["Moles on phones"]
    assert titles(browser, "?search=moles&sort=title") == ["Moles on paper", "Moles on phones"]
    nothing = html(browser, "?search=melanoma")
    assert "No study matches" in nothing
    assert f'href="{LIST}">Clear the filter' in nothing
    assert 'value="melanoma"' in nothing


def test_states_are_filtered_and_archived_ones_asked_for(browser: Client, owner: User, pair_set: PairSet) -> None:
    make_study(owner=owner, pair_set=pair_set, title="a draft")
    archived = make_open_study(owner=owner, title="an archived one")
    Study.objects.filter(pk=archived.pk).update(state="archived", closed_at=archived.opened_at)

    assert titles(browser) == titles(browser, "?state=draft") == titles(browser, "?state=unheard") == ["a draft"]
    assert titles(browser, "?state=archived") == ["an archived one"]
    assert titles(browser, "?state=all&sort=title") == ["a draft", "an archived one"]
    assert "Archived studies (1)" in html(browser)


def test_a_colleagues_study_is_there_for_whoever_has_a_role_in_it_and_for_nobody_else(
    browser: Client, owner: User, pair_set: PairSet
) -> None:
    make_study(owner=owner, pair_set=pair_set, title="my own")
    assert "<label" in html(browser)
    assert ">Owner<" not in html(browser)
    theirs = make_study(pair_set=pair_set, title="theirs")
    make_study(pair_set=pair_set, title="hidden")
    StudyRole.objects.create(study=theirs, user=owner, role=StudyRole.Role.MONITOR)

    assert titles(browser, "?sort=title") == ["my own", "theirs"]
    assert titles(browser, f"?owner={theirs.owner}") == ["theirs"]
    hidden = Study.objects.get(title="hidden").owner
    page = html(browser, f"?owner={hidden}&search=hidden")
    assert f">{hidden}<" not in page
    assert "No study matches" in page


def test_pilots_are_not_in_it_and_not_counted(browser: Client, owner: User) -> None:
    study = make_study(owner=owner)
    start_pilot(study=study, by=owner)

    assert titles(browser, "?state=all") == ["Noise study"]
    assert numbers(browser) == [[0, 0, 0]]


def test_it_shows_nothing_that_is_split_by_truth(browser: Client, owner: User) -> None:
    study = make_open_study(owner=owner)
    begin_trials(Observer.objects.get(study=study))
    heads = re.findall(r'<th scope="col"[^>]*><a [^>]*>([^<]*)<', html(browser))

    assert heads == ["Title", "State", "Invited", "In progress", "Finished", "Created", "Opened", "Closed"]
