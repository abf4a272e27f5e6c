"""Reports and plans are made one at a time in each process: observers' requests find a free thread."""

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import reverse

from perception.core.in_turn import in_turn, picture_in_turn, picture_turns, turns
from perception.core.turns import Turns
from tests.site.crowd import Crowd
from tests.studies.factories import make_open_study, make_pair_set, make_researcher


def test_one_works_two_wait_and_the_others_are_told_to_come_back() -> None:
    crowd = Crowd()

    @in_turn
    def report(request: HttpRequest, pk: int) -> HttpResponse:
        return crowd.work()

    def ask() -> HttpResponseBase:
        return report(RequestFactory().get("/studies/1/report/"), 1)

    assert crowd.statuses_of(24, ask, let_in=3) == [200] * 3 + [503] * 21
    assert crowd.most_at_once == 1


def test_one_picture_is_computed_at_a_time_and_a_browser_gets_all_six_that_it_asks_for() -> None:
    crowd = Crowd()

    @picture_in_turn
    def picture(request: HttpRequest) -> HttpResponse:
        return crowd.work()

    def ask() -> HttpResponseBase:
        return picture(RequestFactory().get("/datasets/image/1.jpg"))

    assert crowd.statuses_of(16, ask, let_in=6) == [200] * 6 + [503] * 10
    assert crowd.most_at_once == 1


@pytest.mark.django_db
def test_computed_pictures_wait_in_a_line_of_their_own(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = make_pair_set(n=1).pairs.get()
    client.force_login(make_researcher(superuser=True))
    addresses = [reverse("ml:image-thumbnail", args=[pair.image_id]), reverse("ml:pair-difference", args=[pair.pk])]
    with turns.own():
        assert client.get(addresses[1]).status_code == 200
    monkeypatch.setattr(picture_turns, "_longest_wait", 0.01)
    with picture_turns.own():
        for address in addresses:
            refused = client.get(address)
            assert (refused.status_code, refused.headers["Cache-Control"]) == (503, "no-store")
            assert refused.headers["Retry-After"] == "10"


def test_who_has_waited_long_enough_is_told_so_and_leaves_the_line() -> None:
    short = Turns(waiting=1, longest_wait=0.01)
    with short.own() as first:
        assert first
        for _ in range(3):
            with short.own() as second:
                assert not second
    with short.own() as again:
        assert again


def test_a_view_that_fails_gives_its_turn_back() -> None:
    @in_turn
    def broken(request: HttpRequest) -> HttpResponse:
        raise OSError("no room")

    for _ in range(5):
        with pytest.raises(OSError, match="no room"):
            broken(RequestFactory().get("/"))


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["studies:study-plan", "studies:two-arm-plan"])
def test_the_pages_that_compute_for_seconds_wait_for_their_turn(
    client: Client, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(make_researcher())
    address = reverse(page)
    monkeypatch.setattr(turns, "_longest_wait", 0.01)
    with turns.own() as is_ours:
        assert is_ours
        answer = client.get(address)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "Nothing was changed." in answer.content.decode()
    assert client.get(address).status_code in {200, 302}


@pytest.mark.django_db
def test_an_observers_page_waits_for_nobody(client: Client) -> None:
    study = make_open_study()
    with turns.own():
        observer = study.observers.get()
        assert client.get(reverse("observer:welcome", args=[observer.token])).status_code == 200
        client.force_login(make_researcher())
        assert client.get(reverse("studies:study-list")).status_code == 200
