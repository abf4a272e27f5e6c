"""The sections of a report: the same figures as the JSON, in words that fit what was asked."""

import random
import re

import pytest
from django.test import Client
from django.urls import reverse

from ml.models import Attack
from perception.analysis.detection.yes_no import AnswerSummary, Pair
from perception.core.formatting import coefficient, percent, seconds
from studies.design.invitations import invite_observers
from studies.design.lifecycle import close_study
from studies.models import Study, Truth
from studies.report.build import Report, build_report
from studies.report.methods.paragraph import methods_of
from studies.report.sections.contents import sections_of, warnings_of
from studies.report.sections.detection.signal_detection import signal_detection_section
from studies.report.sections.elements import Section
from studies.report.sections.study.observers_flow import flow_steps
from studies.sessions.ending import withdraw
from studies.sessions.start import start_session
from studies.sessions.trials import position_of, record_answer
from studies.simulation.run import simulate_observer
from studies.trial_types import TRIAL_TYPES
from tests.studies.answered import simulated_study
from tests.studies.factories import (
    answer_trials,
    begin_trials,
    make_open_study,
    make_pair_set,
    make_pair_set_of_strength,
)
from tests.studies.report.conftest import AnsweredStudies

pytestmark = pytest.mark.django_db

ASKED = [*((name, 1) for name in TRIAL_TYPES), ("rating", 2), ("rating", 12)]


def by_key(report: Report) -> dict[str, Section]:
    return {section.key: section for section in sections_of(report)}


@pytest.mark.parametrize(
    ("trial_type", "observers"), [*((name, 1) for name in TRIAL_TYPES), ("rating", 2), ("rating", 12)]
)
def test_every_table_is_as_wide_as_its_head(trial_type: str, observers: int) -> None:
    sections = sections_of(build_report(simulated_study(trial_type, observers=observers)))

    tables = [table for section in sections for table in (*section.tables, *section.small_tables)]
    assert len(tables) > 10
    for table in tables:
        assert {len(row) for row in (*table.rows, *table.foot)} == {len(table.head)}, table.label
    assert len({section.key for section in sections}) == len(sections)
    assert all(re.fullmatch(r"[a-z-]+", section.key) for section in sections)


@pytest.mark.usefixtures("drawn_plots")
@pytest.mark.parametrize("trial_type", list(TRIAL_TYPES))
def test_the_page_holds_every_section_and_cell(trial_type: str, client: Client, answered: AnsweredStudies) -> None:
    study = answered.with_everything(trial_type)
    client.force_login(study.owner)

    page = client.get(reverse("studies:study-report", args=[study.pk])).content.decode()

    sections = sections_of(build_report(study))
    for section in sections:
        assert f'<a href="#{section.key}">' in page
        assert f'<h2 id="{section.key}">' in page
        for table in section.tables:
            for row in (*table.rows, *table.foot):
                assert all(cell in page for cell in row if not set(cell) & set("<>&'\""))
    plots = [plot for section in sections for plot in section.plots]
    narrow = sum(plot.draw_narrow is not None for plot in plots)
    assert page.count('role="img"') == len(plots) + narrow
    assert page.count("on-wide") == page.count("on-narrow") == narrow


@pytest.mark.usefixtures("drawn_plots")
def test_plots_tell_their_numbers(answered: AnsweredStudies) -> None:
    report = build_report(answered.simulated("rating"))
    sections = by_key(report)

    forest, roc = sections["per-observer"].plots[0], sections["roc"].plots[0]

    answers, ratings = report.figures.summary.answers, report.figures.summary.ratings
    assert isinstance(answers, AnswerSummary)
    assert ratings is not None
    for name, observer in answers.observers.items():
        assert f"{name}: sensitivity {percent(observer.figures.sensitivity)}" in forest.alternative
    assert f"Pooled: sensitivity {percent(answers.pooled.sensitivity)}" in forest.alternative
    for threshold, _, hits in ratings.curve:
        assert f"{threshold:g} or more: {100 * hits:.1f}%" in roc.alternative


@pytest.mark.parametrize("trial_type", list(TRIAL_TYPES))
def test_the_pooled_table_of_counts_is_that_of_all_answers(trial_type: str, answered: AnsweredStudies) -> None:
    report = build_report(answered.simulated(trial_type))
    pooled = by_key(report)["counts"].small_tables[-1]

    chosen = trial_type in {"two_afc", "flicker"}
    shown = [row.side if chosen else row.truth for row in report.rows]
    said = [row.response for row in report.rows]

    first, second = {
        "two_afc": ("first", "second"),
        "flicker": ("first", "second"),
        "same_different": ("different", "same"),
        "degradation": ("different", "same"),
    }.get(trial_type, ("perturbed", "clean"))
    counted = [
        tuple(str(sum(pair == (truth, answer) for pair in zip(shown, said, strict=True))) for answer in (first, second))
        for truth in (first, second)
    ]
    assert [row[1:] for row in pooled.rows] == counted


@pytest.mark.usefixtures("drawn_plots")
def test_of_very_many_observers_the_counts_are_one_table() -> None:
    sections = by_key(build_report(simulated_study("yes_no", observers=25)))

    assert not sections["counts"].small_tables
    assert len(sections["counts"].tables[0].rows) == 25
    assert "in the table below" in sections["per-observer"].plots[0].alternative


def test_the_flow_and_the_design_tell_each_check_of_a_screening() -> None:
    study = make_open_study(observers=3, checks_touch="end", checks_zoom="record", closes_when_finished=False)
    touching, zoomed, fit = study.observers.order_by("pk")
    start_session(observer=touching, display={"touch": 1, "zoom": 1, "pinch": 1})
    for observer, zoom in ((zoomed, 2), (fit, 1)):
        answer_trials(start_session(observer=observer, display={"touch": 0, "zoom": zoom, "pinch": 1}))
    study.refresh_from_db()
    sections = by_key(build_report(close_study(study=study, by=study.owner)))

    _, began, finished, _ = sections["flow"].flow
    assert [(left.name, left.text) for left in began.left] == [("screened out: touch not passed", "1")]
    assert finished.count == 2
    assert any("zoom 1. They are in the figures." in note for note in sections["flow"].notes)
    (told,) = [fact for fact in sections["how"].facts if fact.name == "Screening"]
    assert "ended the session unless there was: a mouse" in told.text
    assert "recorded whether there was: the page at a zoom of 100%" in told.text


def test_the_flow_tells_who_left_where() -> None:
    study = make_open_study(observers=5, n_perturbed=2, n_clean=2, pair_set=make_pair_set(n=6, size=4))
    finished, also, withdrawn, unfinished, _ = study.observers.order_by("pk")
    for observer in (finished, also):
        answer_trials(start_session(observer=observer))
    withdraw(session=start_session(observer=withdrawn))
    answer_trials(start_session(observer=unfinished), count=1)
    study.refresh_from_db()
    study = close_study(study=study, by=study.owner)

    steps = flow_steps(build_report(study))

    assert [(step.name, step.count) for step in steps] == [
        ("Invited", 5),
        ("Began", 4),
        ("Finished", 2),
        ("Analysed", 2),
    ]
    assert [[(left.name, left.text) for left in step.left] for step in steps] == [
        [("never began", "1")],
        [("withdrew", "1"), ("did not finish", "1")],
        [],
        [],
    ]


def test_long_names_and_markup_stay_text(client: Client) -> None:
    study = make_open_study(observers=0, n_perturbed=2, n_clean=2, pair_set=make_pair_set(n=6, size=4))
    names = ["<b>bold</b> & $x^2$", "An observer whose name is as long as the names of observers may be"[:60]]
    for observer in invite_observers(study=study, labels=names, by=study.owner, simulated=True):
        simulate_observer(observer=observer, dprime=1, criterion=0, seed=1)
    client.force_login(study.owner)

    page = client.get(reverse("studies:study-report", args=[study.pk])).content.decode()

    assert "<b>bold" not in page
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; $x^2$" in page
    assert names[1].strip() in page


def test_pictures_are_shown_when_results_are_and_never_before(client: Client) -> None:
    study = make_open_study(n_perturbed=2, n_clean=2, pair_set=make_pair_set(n=6, size=4), observers=2)
    answer_trials(start_session(observer=study.observers.order_by("pk")[0]), "perturbed")
    address = reverse("studies:study-report", args=[study.pk])
    client.force_login(study.owner)

    assert "difference" not in client.get(address).content.decode()
    page = client.post(
        reverse("studies:study-unblind", args=[study.pk]), {"reason": "an alarm"}, follow=True
    ).content.decode()

    pictures = re.findall(r'src="(/pairs/[^"]+)"', page)
    assert len(pictures) == 3 * 2
    assert all(client.get(picture).headers["Content-Type"] == "image/png" for picture in pictures)
    client.logout()
    assert {client.get(picture).status_code for picture in pictures} == {302}


def test_a_report_of_whom_everybody_was_left_out_says_so(client: Client) -> None:
    pair_set = make_pair_set(n=12, size=4)
    study = make_open_study(
        pair_set=pair_set,
        n_perturbed=2,
        n_clean=2,
        n_catch=2,
        catch_pair_set=make_pair_set_of_strength(pair_set, 30),
        catch_at_least=50,
        observers=2,
    )
    for observer in study.observers.all():
        answer_trials(start_session(observer=observer), "clean")
    client.force_login(study.owner)

    page = client.get(reverse("studies:study-report", args=[study.pk]))

    assert page.status_code == 200
    text = page.content.decode()
    assert "2 left out by the protocol: too few catch trials seen" in text
    assert "Observer A, Observer B" in text
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)


def strengths_study() -> Study:
    """Return a study of four strengths, of which observers see the more the stronger it is."""
    pair_set = make_pair_set(n=36, size=4, strength=2)
    further = [make_pair_set_of_strength(pair_set, strength) for strength in (4, 8, 16)]
    study = make_open_study(
        pair_set=pair_set, further_pair_sets=further, n_perturbed=24, n_clean=8, observers=3, title="Strengths"
    )
    strengths = {
        truth.stimulus_id: truth.pair.pair_set.strength if truth.perturbed else 0
        for truth in Truth.objects.filter(stimulus__study=study).select_related("pair__pair_set")
    }
    seen: dict[float, float] = {0: 0.1, 2: 0.2, 4: 0.4, 8: 0.7, 16: 0.95}
    for observer in study.observers.order_by("pk"):
        session = begin_trials(observer)
        generator = random.Random(observer.label)
        while (trial := position_of(session).trial) is not None:
            said = "perturbed" if generator.random() < seen[strengths[trial.stimulus_id]] else "clean"
            assert record_answer(session=session, trial_token=trial.token, response=said, rt_ms=1500)
    study.refresh_from_db()
    return study


def test_a_study_that_mixed_attacks_tells_of_each() -> None:
    """Such studies could be opened before version 0.3."""
    pair_set = make_pair_set(n=12, size=4, strength=2)
    study = make_open_study(
        pair_set=pair_set, further_pair_sets=[make_pair_set_of_strength(pair_set, 4)], n_perturbed=4, n_clean=4
    )
    (further,) = study.further_pair_sets.all()
    further.attack = Attack.objects.create(
        name="Quick steps", classifier=pair_set.attack.classifier, kind="fgsm", target_class="mel", strength=4
    )
    further.save()
    study.state, study.closed_at = Study.State.CLOSED, study.opened_at
    study.save()

    report = build_report(study)

    (warning,) = [one for one in warnings_of(report) if one.name == "Several attacks."]
    assert "4 by FGSM (Goodfellow et al. 2015)" in warning.text
    methods = methods_of(report).text
    assert "Those of strength 4 were perturbed by another attack, “Quick steps” [" in methods
    assert "towards the class mel" in methods
    assert "Goodfellow" in methods


@pytest.mark.usefixtures("drawn_plots")
def test_detection_is_told_against_strength(client: Client) -> None:
    study = strengths_study()
    report = build_report(study)
    section = by_key(report)["psychometric"]
    client.force_login(study.owner)

    page = client.get(reverse("studies:study-report", args=[study.pk])).content.decode()

    psychometric = report.figures.summary.psychometric
    assert psychometric is not None
    assert section.lead == (psychometric.in_words,)
    assert [row[0] for row in section.tables[0].rows] == ["clean", "2 levels", "4 levels", "8 levels", "16 levels"]
    assert [row[0] for row in section.tables[1].rows] == ["Observer A", "Observer B", "Observer C"]
    for (_, point), row in zip(psychometric.pooled.points, section.tables[0].rows, strict=True):
        assert row[1:] == (f"{point.k} of {point.n}", percent(point))
        assert percent(point) in section.plots[0].alternative
    assert "2, 4, 8 and 16 of 255 levels" in page
    methods = by_key(report)["methods"].to_copy
    assert "Wichmann FA, Hill NJ" in methods
    assert "Further methods" not in methods
    assert [row[0] for row in by_key(report)["attack"].tables[-1].rows] == ["2", "4", "8", "16"]


def test_the_attack_is_named_as_in_catalogues_measured_or_not(answered: AnsweredStudies) -> None:
    for study in (answered.simulated("yes_no"), answered.with_everything("yes_no")):
        named = by_key(build_report(study))["attack"].facts[0]
        assert named.text.startswith(
            "MITRE ATLAS AML.T0043.000 (White-Box Optimization); NIST AI 100-2e2025 NISTAML.022"
        )


def test_one_strength_has_no_curve(answered: AnsweredStudies) -> None:
    assert "psychometric" not in by_key(build_report(answered.simulated("yes_no")))


@pytest.mark.parametrize("trial_type", list(TRIAL_TYPES))
def test_the_verdict_is_that_of_the_figures(trial_type: str) -> None:
    report = build_report(simulated_study(trial_type, margin=0.1))

    section = by_key(report)["undetectable"]

    assert " ".join(section.lead) == report.as_dict()["equivalence"]["verdict"]
    assert f"Within ±{0.36 if trial_type in {'two_afc', 'flicker'} else 0.51}" in section.tables[0].head
    assert len(section.tables[0].rows) == 2


def test_the_main_result_is_a_sentence_that_can_be_quoted() -> None:
    report = build_report(simulated_study("yes_no"))
    answers = report.figures.summary.answers
    assert isinstance(answers, AnswerSummary)
    counts = answers.counts

    (sentence,) = by_key(report)["headline"].lead

    assert f"“perturbed” in {counts.tp} of the {counts.tp + counts.fn} to perturbed images, " in sentence
    assert f"and “clean” in {counts.tn} of the {counts.tn + counts.fp} to clean images, " in sentence


def test_d_prime_of_the_group_stands_below_that_of_each_observer() -> None:
    report = build_report(simulated_study("yes_no"))
    answers = report.figures.summary.answers
    assert isinstance(answers, AnswerSummary)

    table = signal_detection_section(report.figures.summary).tables[0]

    assert [row[0] for row in table.foot] == ["All, these observers", "All, for other observers too"]
    assert table.foot[0][1] == coefficient(answers.group_d_prime.estimate)


def test_a_study_that_opened_under_the_old_rule_keeps_it_by_its_name() -> None:
    study = simulated_study("yes_no", margin=0.1)
    assert study.protocol is not None
    del study.protocol["analysis"]["rule_of_equivalence"]

    report = build_report(study)

    section = by_key(report)["undetectable"]
    assert section.lead == (report.as_dict()["equivalence"]["verdict"],)
    assert report.as_dict()["equivalence"]["measure"] == "balanced accuracy"
    assert "By the rule of protocols up to version 3" in section.notes[1]
    assert "the 90% interval of the balanced accuracy lies within 50% ± 10%" in methods_of(report).text


def test_the_methods_say_by_which_rule_the_claim_is_judged() -> None:
    methods = methods_of(build_report(simulated_study("yes_no", margin=0.05))).text

    assert "show that d′ lies within ±0.25. That is the margin of 5 percentage points" in methods
    assert "of d′, the mean of the observers’ own" in methods
    assert "d′ of the group is the mean" not in methods  # 4 clean images are too few for one
    assert "“detected” one above the margin, each by a one-sided test at 5%" in methods
    assert "Beside these tests stand 90% intervals; other intervals of d′ are of 95%." in methods


def test_what_was_left_out_is_told_beside_the_figures_without_it() -> None:
    study = make_open_study(
        n_perturbed=3, n_clean=3, pair_set=make_pair_set(n=8, size=4), observers=2, rt_at_least_ms=500
    )
    for observer in study.observers.order_by("pk"):
        session = begin_trials(observer)
        times = iter([100, 200, 900, 900, 900, 900])
        while (trial := position_of(session).trial) is not None:
            assert record_answer(session=session, trial_token=trial.token, response="clean", rt_ms=next(times))
    study.refresh_from_db()

    report = build_report(study)
    section = by_key(report)["exclusions"]

    rules, both = section.tables
    assert rules.rows == (("Answers given in less than 500 ms are left out.", "none", "4"),)
    assert report.figures.without_exclusions is not None
    with_, without = report.figures.summary.answers.pooled, report.figures.without_exclusions.answers.pooled
    assert isinstance(with_, Pair)
    assert isinstance(without, Pair)
    rows = {name: cells for name, *cells in both.rows}
    assert rows["Specificity"] == [percent(with_.specificity), percent(without.specificity)]
    assert (with_.specificity.n or 0) + (with_.sensitivity.n or 0) == 8
    assert "leaves out are not counted" in by_key(report)["counts"].lead[0]
    assert "Missing answers (0)" in by_key(report)["methods"].to_copy


def test_response_times_are_told_by_truth_and_correctness(answered: AnsweredStudies) -> None:
    report = build_report(answered.simulated("yes_no"))

    by_truth, by_both, quantiles = by_key(report)["times"].tables

    assert by_truth.head == ("Observer", "Perturbed images", "Clean images")
    assert by_both.head[1:] == (
        "Perturbed images, answered rightly",
        "Perturbed images, answered wrongly",
        "Clean images, answered rightly",
        "Clean images, answered wrongly",
    )
    times = report.figures.summary.response_times
    assert times is not None
    assert by_both.foot[0][1] == seconds(times.pooled.perturbed_right)
    assert {len(row) for row in (*quantiles.rows, *quantiles.foot)} == {len(quantiles.head)}


def test_who_gave_no_answer_is_named_and_is_no_observer_who_gave_some() -> None:
    """Two answered; of the third every answer is left out by the protocol."""
    study = make_open_study(
        n_perturbed=3, n_clean=3, pair_set=make_pair_set(n=8, size=4), observers=3, rt_at_least_ms=500
    )
    labels = []
    for place, observer in enumerate(study.observers.order_by("pk")):
        labels.append(observer.label)
        session = begin_trials(observer)
        while (trial := position_of(session).trial) is not None:
            rt_ms = 100 if place == 2 else 900
            assert record_answer(session=session, trial_token=trial.token, response="clean", rt_ms=rt_ms)
    study.refresh_from_db()

    report = build_report(study)
    sections = by_key(report)

    sentence, silent = sections["headline"].lead
    assert sentence.startswith("2 observers gave 12 answers: ")
    assert silent == f"{labels[2]} gave no answer that counts, and is in no figure."
    finished, analysed = sections["flow"].flow[-2:]
    assert (finished.count, analysed.count) == (3, 2)
    assert ("gave no answer that counts", labels[2]) in [(left.name, left.note) for left in finished.left]
    assert methods_of(report).text.startswith("2 observers judged")
    assert silent in methods_of(report).text


def test_images_that_stand_out_are_called_extremes_and_the_fooling_ratio_names_its_method(
    answered: AnsweredStudies,
) -> None:
    sections = by_key(build_report(answered.with_everything("yes_no")))

    assert any("picked as the extremes" in note for note in sections["items"].notes)
    (fooled,) = [fact for fact in sections["attack"].facts if fact.name == "Fooling ratio"]
    assert "Wilson" in fooled.note
