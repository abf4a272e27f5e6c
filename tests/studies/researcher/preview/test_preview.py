"""The preview: what observers will see, as they will see it, in any state, and nothing of it kept."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studies.design.lifecycle import close_study, open_study, pause_study, resume_study
from studies.languages import LANGUAGES
from studies.models import Observer, Session, Study, StudyRole
from studies.models.study_state import StudyState
from studies.models.truth import Truth
from studies.researcher.preview import views
from studies.researcher.preview.images import CATCH, EXAMPLE, PRACTICE, SERIES, PreviewImages, ShownImage, draw_preview
from studies.researcher.preview.pages import PAGES, pages_of
from studies.researcher.preview.place import PreviewPlace
from studies.researcher.studies import study_page
from studies.sessions.trials import position_of
from studies.trial_types import TRIAL_TYPES
from tests.studies.factories import (
    begin_trials,
    make_open_link,
    make_open_study,
    make_pair_set,
    make_pair_set_of_strength,
    make_researcher,
    make_study,
    make_study_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

QUESTIONS = (
    "Years of practice: number 0-60 *\nGlasses?: yes | no\nTired?: scale 1-7 (not – very)\nRead: [ ] one [ ] two\n"
    "Remarks: text 300\nonly if Glasses? = yes"
)
SCREENING: dict[str, Any] = {
    "checks_touch": "end",
    "checks_viewing_distance": "record",
    "checks_brightness": "record",
    "checks_colour_vision": "record",
    "checks_acuity": "record",
    "checks_comprehension": "end",
    "comprehension": "How often may you look?: once | as often as I like =",
}
BAR = re.compile(r'\s*<link rel="stylesheet" href="[^"]*preview[^"]*">\n<nav class="preview-bar".*?</nav>', re.DOTALL)


def everything(**fields: Any) -> dict[str, Any]:
    """Return the options of a study whose observers meet every page."""
    pair_set = make_pair_set(n=12)
    return {
        "pair_set": pair_set,
        "catch_pair_set": make_pair_set_of_strength(pair_set, 16),
        "n_catch": 1,
        "n_practice": 2,
        "break_every": 2,
        "questionnaire": QUESTIONS,
        "asks_comments": True,
        "asks_calibration": True,
        "shows_score": True,
        "later_withdrawal": "erases",
        "abandoned_after_minutes": 60,
        **fields,
    }


def address(study: Study, page: str, language: str = "en") -> str:
    return reverse("preview:welcome", args=[PreviewPlace(study.pk, language, page)])


def signed_in(study: Study) -> Client:
    client = Client()
    client.force_login(study.owner)
    # When somebody was last there is kept with the sign-in, from the first page on.
    client.get(reverse("studies:study-list"))
    return client


def shown(client: Client, study: Study, page: str, language: str = "en") -> str:
    return shown_at(client, address(study, page, language))


def shown_at(client: Client, there: str) -> str:
    response = client.get(there)
    assert response.status_code == 200, (there, response.content)
    return response.content.decode()


def images_on(html: str) -> list[str]:
    return re.findall(r'<img [^>]*src="([^"]+)"', html)


def rows() -> dict[str, list[dict[str, object]]]:
    """Return every row of every table but the sign-ins."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models(include_auto_created=True)
    }


def files() -> dict[Path, bytes]:
    folder = Path(settings.MEDIA_ROOT)
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("state", StudyState)
def test_every_page_is_shown_in_every_state_and_nothing_is_stored(state: StudyState) -> None:
    study = make_study_in(state, **everything(**SCREENING))
    client = signed_in(study)
    before, stored = rows(), files()
    for language, _ in LANGUAGES:
        for page in pages_of(study):
            html = shown(client, study, page.key, language)
            assert f'<html lang="{language}">' in html
            for image in images_on(html):
                response = client.get(image)
                assert response.content.startswith(b"\x89PNG")
                assert "no-store" in response.headers["Cache-Control"]
            for said in ({"response": "clean"}, {"comments": "seen", "q1": "5"}):
                assert client.post(address(study, page.key, language), said).status_code == 303
            for name in ("answer", "trial", "language", "leave", "data", "consent"):
                there = [PreviewPlace(study.pk, language, page.key), *(["first"] if name == "answer" else [])]
                assert client.get(reverse(f"preview:{name}", args=there)).status_code == 303
    assert client.get(reverse("studies:study-preview", args=[study.pk])).status_code == 200
    assert rows() == before
    assert files() == stored
    # Its images stand still: those that flicker have two pages more.
    assert {page.key for page in PAGES} - {page.key for page in pages_of(study)} == {
        "flicker-warning",
        "flicker-declined",
    }


def test_it_sets_no_cookie_and_is_kept_by_no_browser() -> None:
    study = make_study(**everything())
    client = signed_in(study)
    for page in pages_of(study):
        response = client.get(address(study, page.key))
        assert not response.cookies
        assert "no-store" in response.headers["Cache-Control"]


def like_observers(html: str) -> str:
    """Return the page of a preview without its mark."""
    html, bars = BAR.subn("", html)
    assert bars == 1
    assert html.count("Preview · ") >= 1
    return html.replace("Preview · ", "")


def without_addresses(html: str) -> str:
    """Return a page with every token in its addresses, what comes after the trial, and the time blotted out."""
    html = re.sub(r"\d\d:\d\d UTC", "TIME", html)
    html = re.sub(r"/o/[\w-]{22}/|/studies/\d+/preview/\w\w/[\w-]+/", "/LINK/", html)
    html = re.sub(r"/LINK/(image|trial)/[\w-]+/", r"/LINK/\1/TRIAL/", html)
    html = re.sub(r'("next": )(\{.*?\}|null)', r"\1AFTER", html)
    return "\n".join(line for line in html.splitlines() if line.strip())


class Walk:
    """An observer's way through an open study, beside the preview of it with the images that they are shown."""

    def __init__(self, study: Study, language: str) -> None:
        observer = Observer.objects.get(study=study)
        # The preview shows what whoever comes by an open link reads.
        observer.open_link = make_open_link(study)
        observer.save(update_fields=["open_link"])
        self.study, self.language = study, language
        assert observer.plan is not None
        self.plan = observer.plan
        self.preview, self.observer = signed_in(study), Client()
        self.link = reverse("observer:welcome", args=[observer.token])

    def images(self) -> PreviewImages:
        """Return what the preview would have drawn, had it drawn what this observer is shown."""
        truths = {truth.stimulus.number: truth for truth in Truth.objects.filter(stimulus__study=self.study)}
        shown = [self.plan["example"], *self.plan["practice"], *self.plan["series"][:3]]
        names = [EXAMPLE, *PRACTICE, *SERIES, CATCH]
        return {
            name: tuple(ShownImage(truths[number].pair, truths[number].perturbed) for number in numbers)
            for name, numbers in zip(names, shown, strict=True)
        }

    def compare(self, page: str, path: str = "trial/", response: Any = None) -> None:
        """Hold a page of the preview against the observer's, with every image on it."""
        seen = (response or self.observer.get(f"{self.link}{path}")).content.decode()
        previewed = shown(self.preview, self.study, page, self.language)
        assert without_addresses(like_observers(previewed)) == without_addresses(seen), page
        for one, other in zip(images_on(previewed), images_on(seen), strict=True):
            assert self.preview.get(one).content == self.observer.get(other).content

    def answer(self, path: str = "trial/", *, is_right: bool = True) -> str:
        """Answer the current trial, and return where that leads."""
        trial = position_of(Session.objects.get(observer__study=self.study)).trial
        assert trial is not None
        marks = tuple(Truth.objects.get(stimulus=stimulus).perturbed for stimulus in trial.stimuli)
        expected = self.study.trials.expected(marks)
        others = [choice.value for choice in self.study.trials.responses if choice.value != expected]
        opposite = {"clean": "perturbed", "perturbed": "clean", "same": "different", "different": "same"}
        others = others or [opposite[expected]]
        response = expected if is_right else others[0]
        said = {"response": response, "rating": {"perturbed": "6"}.get(response, "1"), "confidence": "1"}
        said |= {"grade": {"same": "5"}.get(response, "1"), "place_x": "0", "place_y": "0"}
        given = self.observer.post(f"{self.link}trial/{trial.token}/", {**said, "diagnosis": "nv"})
        assert given.status_code == 303
        return str(given.headers["Location"]).removeprefix(self.link)


@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
@pytest.mark.parametrize("language", [code for code, _ in LANGUAGES])
def test_a_page_of_the_preview_is_the_observers_page(
    trial_type: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    french = {
        "title_fr": "Une étude",
        "questionnaire_fr": "Années : nombre 0-60 *\nLunettes ? : oui | non\nFatigue ? : échelle 1-7 (pas – très)\n"
        "Lus : [ ] un [ ] deux\nRemarques : texte 300\nsi Lunettes ? = oui",
    }
    study = make_open_study(**everything(trial_type=trial_type, asks_diagnosis=True, display_ms=200, **french))
    walk = Walk(study, language)
    monkeypatch.setattr(views, "draw_preview", lambda study: walk.images())

    if study.flickers:
        walk.compare("flicker-warning", f"?lang={language}")
        for page, said in (("flicker-declined", "declined"), ("welcome", "read")):
            walk.compare(page, response=walk.observer.post(walk.link, {"lang": language, "warning": said}))
    else:
        walk.compare("welcome", f"?lang={language}")
    walk.observer.post(walk.link, {"lang": language})
    walk.compare("questions", "questions/")
    walk.compare("answers-lacking", response=walk.observer.post(f"{walk.link}questions/"))
    walk.observer.post(f"{walk.link}questions/", {"q1": "5"})
    walk.compare("instructions", "instructions/")
    walk.observer.post(f"{walk.link}instructions/")
    walk.compare("practice")
    walk.compare("practice-right", walk.answer())
    walk.compare("practice-wrong", walk.answer(is_right=False))
    walk.compare("trial")
    walk.compare("withdraw", "withdraw/")
    walk.answer()
    walk.compare("second-trial")
    walk.answer()
    walk.compare("break")
    walk.compare("catch", "trial/?continue=3")
    pause_study(study=study, by=study.owner, reason="an alarm")
    walk.compare("paused")
    resume_study(study=study, by=study.owner)
    while position_of(Session.objects.get(observer__study=study)).trial is not None:
        walk.answer()
    walk.compare("comments", "comments/")
    walk.observer.post(f"{walk.link}comments/")
    made_up = {"right": study.n_trials // 2, "total": study.n_trials}
    Session.objects.filter(observer__study=study).update(score=made_up, commented_at=timezone.now())
    walk.compare("end")
    # The preview's observer agreed as the study was made.
    Study.objects.filter(pk=study.pk).update(created_at=Session.objects.get(observer__study=study).consented_at)
    walk.compare("consent", "consent/")
    place = PreviewPlace(study.pk, language, "consent")
    previewed = walk.preview.get(reverse("preview:consent-text", args=[place]))
    observers = walk.observer.get(f"{walk.link}consent/text/")
    assert previewed.content == observers.content
    assert previewed.headers["Content-Disposition"] == observers.headers["Content-Disposition"]


@pytest.mark.parametrize("language", [code for code, _ in LANGUAGES])
def test_a_check_in_the_preview_is_the_observers_but_for_its_figures(language: str) -> None:
    study = make_open_study(**everything(**SCREENING))
    walk = Walk(study, language)
    screen = {"touch": "0", "css_px_per_mm": "4", "pixel_ratio": "2"}

    def hold(page: str) -> None:
        seen = walk.observer.get(walk.link, follow=True).content.decode()
        previewed = shown(walk.preview, study, page, language)
        number = re.compile(r'name="number" value="\d"')
        assert number.sub("", without_addresses(like_observers(previewed))) == number.sub("", without_addresses(seen))
        for one, other in zip(images_on(previewed), images_on(seen), strict=True):
            figures = [walk.preview.get(one), walk.observer.get(other)]
            assert figures[0].content != figures[1].content or page != "colour-vision"
            assert figures[0].headers["Cache-Control"] == figures[1].headers["Cache-Control"]

    walk.observer.post(walk.link, {"lang": language, **screen})
    for number, check in enumerate(("viewing-distance", "brightness", "colour-vision", "acuity")):
        hold(check)
        walk.observer.post(f"{walk.link}check/", {"number": str(number), "cannot": "1"})
    walk.observer.post(f"{walk.link}questions/", {"q1": "5"})
    walk.observer.post(f"{walk.link}instructions/")
    hold("comprehension")


def test_how_long_it_takes_is_told_as_it_will_be_once_the_study_has_opened() -> None:
    draft = make_study(**everything())
    previewed = shown(signed_in(draft), draft, "welcome")
    opened = open_study(study=draft, by=draft.owner)
    assert opened.estimated_minutes is not None
    assert f"About {opened.estimated_minutes} minute" in previewed


def test_every_template_of_the_observers_pages_is_shown() -> None:
    folder = Path(settings.BASE_DIR) / "templates"
    there = {path.relative_to(folder).as_posix() for path in (folder / "observer").rglob("*.html")}
    used = set()
    for trial_type in TRIAL_TYPES:
        study = make_study(**everything(trial_type=trial_type, asks_diagnosis=True, **SCREENING))
        client = signed_in(study)
        for page in pages_of(study):
            used |= {template.name for template in client.get(address(study, page.key)).templates}
    # Who knows neither the observer nor the study cannot preview it.
    assert there - used == {"observer/error.html"}, "a new page of the observers’ is to be in the preview"


def test_an_answer_after_the_closing_is_refused_as_observers_are() -> None:
    study = make_open_study(**everything())
    session = begin_trials(study.observers.get())
    trial = position_of(session).trial
    assert trial is not None
    close_study(study=study, by=study.owner)
    said = {"response": "clean"}
    seen = Client().post(reverse("observer:answer", args=[session.observer.token, trial.token]), said).content.decode()
    previewed = like_observers(shown(signed_in(study), study, "answer-after-closing"))
    assert without_addresses(previewed) == without_addresses(seen)


@pytest.mark.parametrize(("page", "state"), [("not-open", "draft"), ("closed", "closed")])
def test_a_refusal_of_the_preview_is_the_observers(page: str, state: str) -> None:
    study = make_study_in(state, **everything())
    seen = Client().get(reverse("observer:welcome", args=[study.observers.get().token])).content.decode()
    assert without_addresses(like_observers(shown(signed_in(study), study, page))) == without_addresses(seen)


def test_a_withdrawn_session_is_told_as_it_is_told_to_observers() -> None:
    study = make_open_study(**everything())
    session = begin_trials(study.observers.get())
    client, link = Client(), reverse("observer:welcome", args=[session.observer.token])
    seen = client.post(f"{link}withdraw/", follow=True).content.decode()
    assert without_addresses(like_observers(shown(signed_in(study), study, "withdrawn"))) == without_addresses(seen)


def test_no_page_leads_to_an_address_of_an_observer_nor_from_the_preview_of_another_study() -> None:
    study = make_study_in("open", **everything())
    client = signed_in(study)
    token = study.observers.get().token
    for page in pages_of(study):
        html = shown(client, study, page.key)
        assert token not in html
        for found in re.findall(r'(?:href|src|action)="(/[^"]*)"', html):
            assert found.startswith(("/static/", f"/studies/{study.pk}/preview/")), (page.key, found)


def test_forms_lead_through_all_pages_and_back_to_the_list() -> None:
    study = make_study(**everything())
    client = signed_in(study)
    way = [page.key for page in pages_of(study) if not page.is_beside]
    addresses = [address(study, key) for key in way] + [reverse("studies:study-preview", args=[study.pk])]
    for there, following in pairwise(addresses[:-1]):
        main = re.sub(
            r'<form method="post" action="[^"]*language/".*?</form>', "", shown_at(client, there), flags=re.DOTALL
        )
        form = re.search(r"<form [^>]*>", main[main.index("<main") :])
        assert form is not None, there
        action = re.search(r'action="([^"]*)"', form[0])
        send = client.post if 'method="post"' in form[0] else client.get
        assert send(action[1] if action else there).headers["Location"] == following
    assert client.post(address(study, "end")).headers["Location"] == addresses[-1]


def test_withdrawing_leads_to_where_it_leads_observers_and_staying_back_to_a_trial() -> None:
    study = make_study(**everything())
    client = signed_in(study)
    asked = client.get(reverse("preview:leave", args=[PreviewPlace(study.pk, "en", "break")]))
    assert asked.headers["Location"] == address(study, "withdraw")
    assert client.post(address(study, "withdraw")).headers["Location"] == address(study, "withdrawn")
    stays = client.get(reverse("preview:trial", args=[PreviewPlace(study.pk, "en", "withdraw")]))
    assert stays.headers["Location"] == address(study, "trial")


def test_with_javascript_an_answer_is_told_where_to_go_on_and_that_nothing_was_stored() -> None:
    study = make_study(**everything())
    there = reverse("preview:answer", args=[PreviewPlace(study.pk, "fr", "trial"), "first"])
    reply = signed_in(study).post(there, {"response": "clean"}, headers={"Accept": "application/json"})
    told = {"stored": False, "finished": False, "reload": True, "url": address(study, "second-trial", "fr")}
    assert (reply.status_code, reply.json()) == (200, told)


def test_an_answer_of_somebody_who_is_not_signed_in_any_more_leads_to_the_sign_in() -> None:
    study = make_study(**everything())
    there = reverse("preview:answer", args=[PreviewPlace(study.pk, "en", "trial"), "first"])
    led = f"/accounts/login/?next={address(study, 'trial')}"
    reply = Client().post(there, {"response": "clean"}, headers={"Accept": "application/json"})
    assert reply.json() == {"stored": False, "finished": False, "reload": True, "url": led}
    assert Client().post(there, {"response": "clean"}).headers["Location"] == led
    # Nobody learns by it which studies there are.
    nowhere = reverse("preview:answer", args=[PreviewPlace(0, "en", "trial"), "first"])
    assert Client().post(nowhere).headers["Location"] == f"/accounts/login/?next={address(Study(pk=0), 'trial')}"


def test_a_page_says_in_which_language_it_is_whatever_the_researchers_is() -> None:
    study = make_study()
    response = signed_in(study).get(address(study, "welcome", "fr"), headers={"Accept-Language": "en"})
    assert response.headers["Content-Language"] == "fr"
    assert '<nav class="preview-bar" lang="en' in response.content.decode()


def test_the_language_is_changed_on_the_same_page() -> None:
    study = make_study(**everything())
    client = signed_in(study)
    asked = client.get(address(study, "welcome"), {"lang": "fr"})
    assert asked.headers["Location"] == address(study, "welcome", "fr")
    chosen = client.post(
        reverse("preview:language", args=[PreviewPlace(study.pk, "fr", "instructions")]), {"lang": "en"}
    )
    assert chosen.headers["Location"] == address(study, "instructions", "en")
    assert client.get(address(study, "welcome"), {"lang": "xx"}).headers["Location"] == address(study, "welcome")


@pytest.mark.parametrize("role", [*StudyRole.Role, None])
def test_neither_a_monitor_nor_an_outsider_sees_an_image_or_a_page(role: StudyRole.Role | None) -> None:
    study = make_study_in("open", **everything())
    somebody = make_researcher()
    if role is not None:
        StudyRole.objects.create(study=study, user=somebody, role=role)
    client = Client()
    client.force_login(somebody)
    place = PreviewPlace(study.pk, "en", "trial")
    expected = {None: 404, StudyRole.Role.MONITOR: 403, StudyRole.Role.COLLABORATOR: 200}[role]
    for there in (
        reverse("studies:study-preview", args=[study.pk]),
        reverse("preview:welcome", args=[place]),
        reverse("preview:image", args=[place, "first"]),
        reverse("preview:example", args=[place, 1]),
    ):
        assert client.get(there).status_code == expected
        assert Client().get(there).status_code == 302
    if role is not None:
        offered = reverse("studies:study-preview", args=[study.pk]) in shown_at(client, study_page(study))
        assert offered is (expected == 200)


def test_looking_at_it_neither_unblinds_a_study_nor_counts_as_having_seen_its_results() -> None:
    study = make_study_in("open", **everything())
    client = signed_in(study)
    for page in pages_of(study):
        shown(client, study, page.key)
    study.refresh_from_db()
    assert study.unblinded_at is None
    assert study.results_seen_at is None
    assert not study.results_were_seen


@pytest.mark.parametrize("seed", range(5))
def test_its_images_are_drawn_by_a_seed_of_its_own(seed: int) -> None:
    study = make_open_study(pair_set=make_pair_set(n=40), n_perturbed=20, n_clean=20, seed=seed)
    plan = study.observers.get().plan
    assert plan is not None
    truths = {truth.stimulus.number: truth for truth in Truth.objects.filter(stimulus__study=study)}
    observers = [(truths[number].pair_id, truths[number].perturbed) for (number,) in plan["series"][:2]]
    drawn = draw_preview(study)
    assert [(drawn[name][0].pair.pk, drawn[name][0].perturbed) for name in SERIES] != observers
    assert draw_preview(study) == drawn


def test_of_several_strengths_the_weakest_and_the_strongest_are_shown() -> None:
    pair_set = make_pair_set(n=12)
    further = [make_pair_set_of_strength(pair_set, strength) for strength in (1, 9)]
    study = make_study(pair_set=pair_set, further_pair_sets=further, trial_type="two_afc")
    drawn = draw_preview(study)
    assert [drawn[name][0].pair.pair_set.strength for name in SERIES] == [1, 9]


def test_a_draft_of_too_few_images_is_shown_all_the_same() -> None:
    study = make_study(**everything(n_perturbed=300, n_clean=300))
    client = signed_in(study)
    for page in pages_of(study):
        assert all(client.get(image).status_code == 200 for image in images_on(shown(client, study, page.key)))


def test_an_image_that_is_gone_is_told_and_the_other_pages_are_shown() -> None:
    study = make_study(**everything())
    client = signed_in(study)
    first = draw_preview(study)[SERIES[0]][0]
    default_storage.delete(str(first.pair.perturbed_file if first.perturbed else first.pair.clean_file))
    response = client.get(address(study, "trial"))
    assert response.status_code == 409
    assert f"The file of image pair {first.pair.pk} cannot be read" in response.content.decode()
    assert (
        client.get(reverse("preview:image", args=[PreviewPlace(study.pk, "en", "trial"), "first"])).status_code == 409
    )
    assert "All pages" in shown(client, study, "welcome")


@pytest.mark.parametrize("page", ["questions", "practice", "catch", "break", "comments", "nothing"])
def test_what_a_study_does_not_have_has_no_page(page: str) -> None:
    study = make_study()
    assert signed_in(study).get(address(study, page)).status_code == 404


@pytest.mark.parametrize("name", ["third", "catch", "-1", "practice%00"])
def test_there_is_no_image_but_those_of_the_preview(name: str) -> None:
    study = make_study()
    there = f"{address(study, 'trial')}image/{name}/"
    assert signed_in(study).get(there).status_code == 404
    assert signed_in(study).get(f"{address(study, 'trial')}image/first/2/").status_code == 404
    assert signed_in(study).get(f"{address(study, 'trial')}example/0/").status_code == 404
    assert signed_in(study).get(f"{address(study, 'trial')}example/3/").status_code == 404
