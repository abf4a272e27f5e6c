"""An open link in a browser: the welcome page, the way in, the way back, and nothing that tells the recruiter's id."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from studies.design.lifecycle import close_study, pause_study
from studies.design.recruitment.open_links import change_open_link, revoke_open_link
from studies.design.recruitment.sessions import return_sessions
from studies.models import Observer, OpenLink, OutsideId, Session, TurnedAway
from studies.sessions.ending import withdraw
from tests.studies.factories import answer_trials, arrive_by, begin_trials, make_open_link, make_open_study

pytestmark = pytest.mark.django_db

ID = "5f0c1e9a7b"


def link_of(recruiter: str = "prolific", *, places: int = 2, **fields: Any) -> OpenLink:
    study = make_open_study(observers=0, closes_when_finished=False)
    return make_open_link(study, places=places, recruiter=recruiter, **fields)


def address(link: OpenLink, outside_id: str = ID, **parameters: str) -> str:
    told = "&".join(f"{name}={value}" for name, value in {link.person_parameter: outside_id, **parameters}.items())
    return reverse("open-link:welcome", args=[link.token]) + (f"?{told}" if link.asks_id else "")


def text_of(reply: Any) -> str:
    return " ".join(reply.content.decode().split())


def visit_on(reply: Any) -> str:
    found = re.search(r'name="visit" value="([^"]+)"', reply.content.decode())
    assert found
    return found[1]


def consent(link: OpenLink, outside_id: str = ID, **said: str) -> Any:
    url = address(link, outside_id)
    return Client().post(url, {"visit": visit_on(Client().get(url)), "lang": "en", **said})


def end_page(observer: Observer) -> str:
    return text_of(Client().get(reverse("observer:trial", args=[observer.token])))


def test_looking_stores_nothing_and_consenting_begins_a_session() -> None:
    link = link_of()
    page = Client().get(address(link, STUDY_ID="s1"))
    assert page.status_code == 200
    assert not Observer.objects.exists()
    reply = Client().post(
        address(link, STUDY_ID="s1"), {"visit": visit_on(page), "lang": "fr", "pixel_ratio": "2", "window_width": "900"}
    )
    observer = Observer.objects.get()
    assert (reply.status_code, reply["Location"]) == (303, reverse("observer:welcome", args=[observer.token]))
    session = Session.objects.get()
    assert session.language == "fr"
    assert session.display["window_width"] == 900
    outside = OutsideId.objects.get()
    assert (outside.value, outside.parameters) == (ID, {"STUDY_ID": "s1"})


def test_the_consent_says_that_the_recruiters_id_is_kept_and_for_how_long() -> None:
    said = "until 30 days after the study is closed"
    assert said in text_of(Client().get(address(link_of())))
    assert said not in text_of(Client().get(address(link_of("none"))))


def test_no_page_of_the_way_holds_the_id_and_none_sets_a_cookie() -> None:
    link = link_of()
    client = Client()
    page = client.get(address(link))
    data = client.get(reverse("open-link:data", args=[link.token]))
    reply = client.post(address(link), {"visit": visit_on(page), "lang": "en"})
    begun = client.get(reply["Location"], follow=True)
    for response in (page, data, reply, begun):
        assert ID not in response.content.decode()
        assert ID not in str(response.headers)
        assert not response.cookies
        assert "no-store" in response.headers["Cache-Control"]


def test_the_language_is_changed_without_losing_the_address_or_writing_it_into_the_page() -> None:
    link = link_of()
    page = Client().get(address(link), headers={"Accept-Language": "en"})
    assert "?lang=" not in page.content.decode().replace("data/?lang=", "")
    french = Client().post(address(link), {"lang": "fr"})
    assert french.status_code == 200
    assert '<html lang="fr">' in french.content.decode()
    assert not Observer.objects.exists()


def test_the_same_id_comes_back_to_its_session_even_when_the_link_is_over() -> None:
    link = link_of()
    consent(link)
    observer = Observer.objects.get()
    revoke_open_link(link=link, by=link.study.owner)
    reply = Client().get(address(link, SESSION_ID="another"))
    assert (reply.status_code, reply["Location"]) == (303, reverse("observer:welcome", args=[observer.token]))
    assert Client().get(address(link, "another")).status_code == 403


def test_a_double_click_on_the_consent_begins_one_session_without_an_id_too() -> None:
    link = link_of("none")
    client = Client()
    visit = visit_on(client.get(address(link)))
    replies = [client.post(address(link), {"visit": visit, "lang": "en"}) for _ in range(2)]
    assert replies[0]["Location"] == replies[1]["Location"]
    assert Observer.objects.count() == 1


def test_a_page_opened_too_long_ago_says_so_and_stores_nothing() -> None:
    link = link_of("none")
    reply = Client().post(address(link), {"visit": "old", "lang": "en"})
    assert reply.status_code == 422
    assert "opened too long ago" in text_of(reply)
    assert not Observer.objects.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "Open this link from where you found it"),
        ("?PROLIFIC_PID=%7B%7B%25PROLIFIC_PID%25%7D%7D", "Open this link from where you found it"),
    ],
)
def test_an_address_without_the_id_says_where_to_open_it(given: str, said: str) -> None:
    link = link_of()
    reply = Client().get(reverse("open-link:welcome", args=[link.token]) + given)
    assert reply.status_code == 403
    assert said in text_of(reply)


def test_a_preview_of_the_task_is_told_apart() -> None:
    link = link_of("mturk")
    reply = Client().get(address(link, "", assignmentId="ASSIGNMENT_ID_NOT_AVAILABLE"))
    assert "This is a preview" in text_of(reply)
    assert "I consent" not in text_of(reply)


def test_when_all_places_are_taken_it_says_so_with_the_code_and_counts_each_person_once() -> None:
    link = link_of(places=1, full_code="FULL1")
    arrive_by(link, "first")
    for _ in range(3):
        reply = Client().get(address(link))
    page = text_of(reply)
    assert reply.status_code == 403
    assert 'id="quota-full"' in page
    assert "FULL1" in page
    assert "https://app.prolific.com/submissions/complete?cc=FULL1" in page
    assert TurnedAway.objects.count() == 1


def test_whoever_took_part_earlier_gets_the_screen_out_code() -> None:
    earlier = link_of()
    arrive_by(earlier, ID)
    study = make_open_study(observers=0, owner=earlier.study.owner)
    link = make_open_link(
        study, recruiter="prolific", earlier_studies=[earlier.study], screen_out_code="OUT1", completion_code="DONE1"
    )
    page = text_of(Client().get(address(link)))
    assert 'id="took-part-earlier"' in page
    assert "OUT1" in page
    assert "DONE1" not in page


def test_the_completion_code_comes_with_the_last_stored_answer_and_no_page_before_has_it() -> None:
    link = link_of(completion_code="DONE1", screen_out_code="OUT1", full_code="FULL1")
    page = Client().get(address(link))
    assert "DONE1" not in page.content.decode()
    consent(link)
    observer = Observer.objects.get()
    session = begin_trials(observer)
    answer_trials(session, count=link.study.n_trials - 1)
    for name in ("welcome", "trial", "data", "leave"):
        reply = Client().get(reverse(f"observer:{name}", args=[observer.token]), follow=True)
        assert not {"DONE1", "OUT1", "FULL1"} & set(re.findall(r"[A-Z]+1", reply.content.decode()))
    answer_trials(session)
    shown = end_page(observer)
    assert "DONE1" in shown
    assert 'href="https://app.prolific.com/submissions/complete?cc=DONE1"' in shown
    assert 'rel="noreferrer noopener"' in shown
    assert "OUT1" not in shown
    # Back from the recruiter's page, or by the recruiter's link once more: the same page.
    assert "DONE1" in text_of(Client().get(address(link), follow=True))


def test_the_id_is_filled_into_the_address_that_wants_it() -> None:
    link = link_of("sona", completion_url="https://x.sona-systems.com/webstudy_credit.aspx?a=1&survey_code=XXXX")
    observer = arrive_by(link, "12 & 3")
    answer_trials(begin_trials(observer))
    href = re.search(r'id="return-link" href="([^"]+)"', end_page(observer))
    assert href
    query = parse_qs(urlsplit(href[1].replace("&amp;", "&")).query)
    assert query == {"a": ["1"], "survey_code": ["12 & 3"]}


def test_an_address_whose_id_was_deleted_is_not_shown_and_the_code_is() -> None:
    link = link_of("sona", completion_code="DONE1", completion_url="https://x.example/?survey_code={id}")
    observer = arrive_by(link, "12")
    answer_trials(begin_trials(observer))
    OutsideId.objects.all().delete()
    page = end_page(observer)
    assert "DONE1" in page
    assert "return-link" not in page


def test_parameters_are_filled_in_by_their_names() -> None:
    link = link_of(
        "connect", completion_url="https://c.example/{projectId}/done?a={assignmentId}&code={code}", completion_code="K"
    )
    Client().post(
        address(link, projectId="p7", assignmentId="a8"),
        {"visit": visit_on(Client().get(address(link))), "lang": "en"},
    )
    observer = Observer.objects.get()
    answer_trials(begin_trials(observer))
    assert "https://c.example/p7/done?a=a8&amp;code=K" in end_page(observer)


def test_whoever_withdrew_or_gave_back_gets_no_code() -> None:
    link = link_of(completion_code="DONE1", screen_out_code="OUT1")
    withdrawn, returned = arrive_by(link, "w"), arrive_by(link, "r")
    withdraw(session=withdrawn.session)
    return_sessions(study=link.study, people=["r"], by=link.study.owner)
    for observer in (withdrawn, returned):
        page = end_page(observer)
        assert "DONE1" not in page
        assert "OUT1" not in page


def test_a_link_that_is_over_or_whose_study_is_says_so() -> None:
    link = link_of()
    revoke_open_link(link=link, by=link.study.owner)
    assert "This link is closed" in text_of(Client().get(address(link)))
    other = link_of()
    pause_study(study=other.study, by=other.study.owner, reason="x")
    assert "paused" in text_of(Client().get(address(other)))
    third = link_of()
    close_study(study=third.study, by=third.study.owner)
    assert "This study is closed" in text_of(Client().get(address(third)))


def test_an_unknown_link_is_nothing() -> None:
    assert Client().get("/r/unknown/").status_code == 404


def test_a_changed_code_is_shown_from_then_on() -> None:
    link = link_of(completion_code="OLD1")
    observer = arrive_by(link, ID)
    answer_trials(begin_trials(observer))
    assert "OLD1" in end_page(observer)
    change_open_link(link=link, by=link.study.owner, completion_code="NEW1")
    assert "NEW1" in end_page(observer)


def test_whoever_finished_is_not_told_to_close_the_page_before_going_back() -> None:
    with_code, without = link_of(completion_code="DONE1"), link_of("none", completion_code="")
    shown = {}
    for link in (with_code, without):
        observer = arrive_by(link, "p" if link.asks_id else "")
        answer_trials(begin_trials(observer))
        shown[link.pk] = end_page(observer)
    assert "You can close this page" not in shown[with_code.pk]
    assert "You can close this page" in shown[without.pk]


def test_with_a_way_back_a_full_study_does_not_say_to_try_again() -> None:
    for fields, said in (({"full_code": "FULL1"}, False), ({}, True)):
        link = link_of(places=1, **fields)
        arrive_by(link, "first")
        assert ("try the link again" in text_of(Client().get(address(link)))) is said


@pytest.mark.parametrize("by_open_link", [True, False])
def test_every_page_that_speaks_of_going_on_later_tells_whoever_came_by_an_open_link_for_how_long(
    by_open_link: bool,
) -> None:
    study = make_open_study(observers=1, closes_when_finished=False, abandoned_after_minutes=30, break_every=1)
    observer = arrive_by(make_open_link(study, places=1)) if by_open_link else study.observers.get()
    session = begin_trials(observer)
    leave = text_of(Client().get(reverse("observer:leave", args=[observer.token])))
    answer_trials(session, count=1)
    rest = text_of(Client().get(reverse("observer:trial", args=[observer.token])))
    assert 'id="break"' in rest
    for page in (leave, rest):
        assert ("longer than 30 minutes" in page) is by_open_link
    assert ("close the page" in rest) is not by_open_link


def test_whoever_withdraws_is_told_to_give_the_task_back() -> None:
    observer = arrive_by(link_of(), "w")
    withdraw(session=observer.session)
    assert "give the task back there" in end_page(observer)
