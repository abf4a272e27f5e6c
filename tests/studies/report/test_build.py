"""The report: the paper's figures from a study that was answered, and nothing before its time."""

import csv
import io
import json
import re
from itertools import chain, repeat

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from ml.models import Evaluation
from perception.analysis.classification import summarise_attack
from studies.design.invitations import invite_observers
from studies.design.lifecycle import close_study, unblind_study
from studies.errors import StudyError
from studies.exports.downloads import DOWNLOADS
from studies.models import AuditEvent, Observer, Study, Truth
from studies.report.build import build_report
from studies.sessions.start import start_session
from studies.sessions.trials import position_of, record_answer
from tests.studies.factories import (
    answer_trials,
    begin_trials,
    make_open_study,
    make_pair_set,
    make_researcher,
    make_session,
)

pytestmark = pytest.mark.django_db

# Allyn et al. 2020, reconstructed from the published margins: how many images of each truth were called perturbed (P)
# or clean (C) by observers A and B.
PAPER = {True: {"PP": 9, "PC": 7, "CP": 10, "CC": 4}, False: {"PP": 5, "PC": 6, "CP": 7, "CC": 2}}


@pytest.fixture
def owner() -> User:
    return make_researcher()


def paper_study(owner: User) -> Study:
    """Return the paper's study, answered: 30 perturbed and 20 clean images, two observers."""
    study = make_open_study(owner=owner, n_perturbed=30, n_clean=20, observers=2, pair_set=make_pair_set(n=50, size=4))
    said: dict[int, str] = {}
    for perturbed, counts in PAPER.items():
        stimuli = Truth.objects.filter(stimulus__study=study, perturbed=perturbed).values_list("stimulus_id", flat=True)
        words = chain.from_iterable(repeat(word, count) for word, count in counts.items())
        said.update(zip(stimuli, words, strict=True))
    for place_in_word, observer in enumerate(study.observers.order_by("pk")):
        session = begin_trials(observer)
        while (trial := position_of(session).trial) is not None:
            response = {"P": "perturbed", "C": "clean"}[said[trial.stimulus_id][place_in_word]]
            assert record_answer(session=session, trial_token=trial.token, response=response, rt_ms=900)
    study.refresh_from_db()
    return study


def rounded(estimate: dict[str, float], digits: int) -> tuple[float, float, float]:
    low, value, high = (round(estimate[key], digits) for key in ("low", "estimate", "high"))
    return value, low, high


@pytest.mark.usefixtures("drawn_plots")
def test_it_prints_the_papers_figures(owner: User, client: Client) -> None:
    study = paper_study(owner)
    assert study.state == Study.State.CLOSED

    figures = build_report(study, interval="wald").as_dict()
    assert rounded(figures["pooled"]["sensitivity"], 3) == (0.583, 0.459, 0.708)
    assert rounded(figures["pooled"]["specificity"], 3) == (0.425, 0.272, 0.578)
    assert rounded(figures["agreement"]["cohen_kappa"], 2) == (-0.22, -0.49, 0.04)

    client.force_login(owner)
    page = client.get(reverse("studies:study-report", args=[study.pk])).content.decode()
    for text in ("58.3% (45.9–70.8)", "42.5% (27.2–57.8)", "−0.22 (−0.49 to 0.04)", "16 of 30", "19 of 30", "<svg"):
        assert text in page


def test_page_json_and_csv_hold_the_same_figures(owner: User, client: Client) -> None:
    study = paper_study(owner)
    client.force_login(owner)

    figures = json.loads(b"".join(client.get(reverse("studies:study-download", args=[study.pk, "figures.json"]))))
    text = b"".join(client.get(reverse("studies:study-download", args=[study.pk, "answers.csv"]))).decode()

    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 100
    right = [row for row in rows if row["truth"] == row["response"] == "perturbed"]
    assert figures["pooled"]["sensitivity"]["k"] == len(right) == 35
    assert figures["pooled"] == build_report(study).as_dict()["pooled"]
    assert figures["observers"]["Observer A"]["counts"] == {"tp": 16, "fn": 14, "tn": 9, "fp": 11, "missing": 0}
    out = io.StringIO()
    call_command("study_report", str(study.pk), stdout=out)
    assert json.loads(out.getvalue()) == figures
    exports = AuditEvent.objects.filter(action="exported", by=owner.username)
    assert [event.details["what"] for event in exports] == ["figures.json", "answers.csv"]


def test_results_of_an_open_study_are_hidden_until_it_is_unblinded(owner: User, client: Client) -> None:
    study = make_open_study(owner=owner, observers=2)
    answer_trials(make_session(study))
    client.force_login(owner)
    report = reverse("studies:study-report", args=[study.pk])

    page = client.get(report).content.decode()
    assert "The study is still open" in page
    assert "Sensitivity" not in page
    for name in DOWNLOADS:
        address = reverse("studies:study-download", args=[study.pk, name])
        assert client.get(address).headers["Location"] == report
    with pytest.raises(StudyError, match="once it is closed"):
        build_report(study)

    page = client.post(
        reverse("studies:study-unblind", args=[study.pk]), {"reason": "an alarm"}, follow=True
    ).content.decode()
    assert "Sensitivity" in page
    assert "before all answers were in" in page
    assert AuditEvent.objects.filter(action="unblinded", by=owner.username).count() == 1


def test_an_early_look_is_told_for_ever_after(owner: User, client: Client) -> None:
    study = make_open_study(owner=owner)
    unblind_study(study=study, by=owner, reason="an alarm")
    answer_trials(make_session(study))
    client.force_login(owner)

    page = client.get(reverse("studies:study-report", args=[study.pk])).content.decode()

    assert "while the study was open. The reason given: “an alarm”." in page


def test_a_study_without_a_finished_session_has_an_empty_report(owner: User, client: Client) -> None:
    study = make_open_study(owner=owner, observers=2)
    answer_trials(make_session(study), count=2)
    close_study(study=study, by=owner)
    client.force_login(owner)

    page = client.get(reverse("studies:study-report", args=[study.pk])).content.decode()

    assert "2 invited, 1 began, none finished" in page
    figures = json.loads(b"".join(client.get(reverse("studies:study-download", args=[study.pk, "figures.json"]))))
    assert figures["pooled"]["sensitivity"]["estimate"] is None


@pytest.mark.usefixtures("drawn_plots")
@pytest.mark.parametrize("response", ["perturbed", "clean"])
@pytest.mark.parametrize("observers", [1, 2, 3])
def test_no_answers_however_one_sided_break_the_report(
    owner: User, client: Client, observers: int, response: str
) -> None:
    study = make_open_study(owner=owner, observers=observers, n_perturbed=1, n_clean=1)
    for observer in study.observers.all():
        answer_trials(start_session(observer=observer), response)
    client.force_login(owner)

    page = client.get(reverse("studies:study-report", args=[study.pk]))

    assert page.status_code == 200
    # As a word: the random token of a form may well hold these three letters.
    assert not re.search(r"\bnan\b", page.content.decode(), re.IGNORECASE)
    assert "not estimable" in page.content.decode()


def test_simulated_answers_are_called_simulated(owner: User, client: Client) -> None:
    study = make_open_study(owner=owner, simulated=True)
    answer_trials(start_session(observer=Observer.objects.get(study=study)))
    client.force_login(owner)

    page = client.get(reverse("studies:study-report", args=[study.pk])).content.decode()
    download = client.get(reverse("studies:study-download", args=[study.pk, "answers.csv"]))

    assert "Simulated observers" in page
    assert "simulated-answers.csv" in download.headers["Content-Disposition"]


def test_the_attacks_own_table_stands_beside_what_people_saw(owner: User, client: Client) -> None:
    study = make_open_study(owner=owner)
    table = summarise_attack(
        ["nv", "mel", "mel"], ["nv", "mel", "nv"], ["nv", "nv", "nv"], classes=["mel", "nv"], target="nv"
    ).as_dict()
    sizes = {"psnr": {"median": 33.1, "min": 30.2, "max": 37.5}}
    Evaluation.objects.create(pair_set=study.pair_set, table=table, sizes=sizes)
    answer_trials(make_session(study))
    client.force_login(owner)

    page = client.get(reverse("studies:study-report", args=[study.pk])).content.decode()

    assert "median 33.1 dB (30.2 to 37.5)" in page
    assert "100.0%" in page
    assert "NA" in page


def test_markup_in_labels_is_shown_not_run(owner: User, client: Client) -> None:
    study = make_open_study(owner=owner, observers=0, title="<b>T</b>")
    label = "<script>alert(1)</script> & $x^2$"
    (observer,) = invite_observers(study=study, labels=[label], by=owner)
    answer_trials(start_session(observer=observer))
    client.force_login(owner)

    page = client.get(reverse("studies:study-report", args=[study.pk])).content.decode()

    assert "<script>alert" not in page
    assert "<b>T</b>" not in page
