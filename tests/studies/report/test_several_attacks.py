"""A study of several attacks tells of each by itself, and by how much they differ; nothing is told of a mixture."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from perception.analysis.study_summary import summarise_study
from perception.analysis.two_arms.summary import without_control
from perception.core.formatting import coefficient
from studies.answers.observations import observations_of
from studies.exports.answers import answers_json
from studies.exports.downloads import DOWNLOADS
from studies.exports.imrmc import report_imrmc
from studies.exports.preregistration import preregistration_text
from studies.exports.tables.result_tables import result_tables
from studies.models import Study
from studies.report.build import Report, build_report
from studies.report.measures import measure_name
from studies.report.methods.claim import CLAIM
from studies.report.methods.paragraph import methods_of
from studies.report.sections.contents import sections_of, warnings_of
from studies.report.sections.detection.visibility import visibility_section
from studies.report.sections.elements import Section
from studies.report.sections.head import head_of
from studies.report.wording import strengths_text
from tests.ml.visibility_rows import add_visibility
from tests.shared_rows import rows_of
from tests.studies.answered import FGSM, GENERATOR, several_attacks

pytestmark = pytest.mark.django_db

ATTACKS = (GENERATOR, FGSM)


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    with rows_of(lambda: several_attacks().pk, django_db_blocker) as study:
        yield study


@pytest.fixture
def study(shared: int) -> Study:
    return Study.objects.get(pk=shared)


@pytest.fixture
def report(study: Study) -> Report:
    return build_report(study)


def by_key(report: Report) -> dict[str, Section]:
    return {section.key: section for section in sections_of(report)}


def test_each_attack_has_its_figures_verdicts_curve_and_effects(report: Report) -> None:
    sections = by_key(report)

    for number, attack in enumerate(ATTACKS, start=1):
        for key in ("undetectable", "headline", "per-observer", "psychometric", "d-prime", "diagnoses", "paper"):
            assert sections[f"{key}-{number}"].title.startswith(f"{attack}: "), key
            assert key not in sections
        assert sections[f"attack-{number}"].title.endswith(f": {attack}")
        curve = sections[f"psychometric-{number}"].tables[0]
        assert [row[0] for row in curve.rows] == ["clean", "4 levels", "8 levels"]
        assert [row[1].rpartition(" of ")[2] for row in curve.rows] == ["24", "12", "12"]
    assert [row[0] for row in sections["attacks"].tables[0].rows] == list(ATTACKS)
    assert all("4 and 8" in row for row in sections["attacks"].tables[0].rows)


def test_the_lists_of_the_classifier_name_every_attack(report: Report) -> None:
    claim = {item.number: item.answer for item in CLAIM.answered_by(report)}
    first, second = (facts.name for facts in report.attacks)

    assert f"It is compared with “{second}”; what is said here is of it where none is named." in claim["4"]
    assert f"The attack “{first}”: " in claim["22"]
    assert f"The attack “{second}”: " in claim["22"]
    assert claim["22"].count("strength 4 and 8 of 255 levels") == 2
    assert f"The attack “{second}” against “{report.attacks[1].classifier}”, at strength 4, " in claim["37"]


def test_the_verdicts_of_all_attacks_are_one_family(report: Report) -> None:
    for number in (1, 2):
        section = by_key(report)[f"undetectable-{number}"]
        assert any("after Holm over all verdicts" in note for note in section.notes)


def test_attacks_are_compared_by_the_figure_that_the_protocol_names(report: Report) -> None:
    section = by_key(report)["two-arms"]

    assert section.title == "Differences between the attacks"
    (main,) = section.headline
    assert main.name == f"Sensitivity, {GENERATOR} less {FGSM}"
    assert section.notes[0].startswith("By the protocol the attacks are compared by sensitivity")
    (compared,) = report.figures.summary.two_arms
    assert compared.merits["sensitivity"].observers_random is not None
    assert "specificity" not in compared.merits


def test_of_three_attacks_each_two_are_compared_and_adjusted_and_areas_keep_their_name() -> None:
    report = build_report(several_attacks("rating", further=((4, "fgsm"), (4, "pgd"))))
    section = by_key(report)["two-arms"]

    assert [fact.name for fact in section.headline] == [
        f"Area under the ROC curve, {one} less {other}"
        for one, other in ((GENERATOR, FGSM), (GENERATOR, "PGD"), (FGSM, "PGD"))
    ]
    assert all("after Holm p" in fact.note for fact in section.headline)
    assert section.notes[0] == (
        "By the protocol the attacks are compared by area under the ROC curve, with p-values adjusted after Holm over "
        "the pairs of attacks; the other figures stand beside it."
    )


def test_sections_of_all_attacks_together_say_so(report: Report) -> None:
    sections = by_key(report)
    for key in ("agreement", "times", "learning", "items"):
        # Beside what is not estimable where somebody answered everything rightly.
        assert "All attacks together." in sections[key].notes[:2], key
    strengths = {row[3] for table in sections["items"].tables[:2] for row in table.rows}
    assert all(strength.partition(", ")[2] in ATTACKS for strength in strengths)


def test_no_warning_says_that_attacks_are_mixed(report: Report) -> None:
    assert "Several attacks." not in [warning.name for warning in warnings_of(report)]


def test_methods_have_a_sentence_and_a_reference_for_each_attack(report: Report) -> None:
    methods = methods_of(report)

    text = " ".join(methods.paragraphs)
    assert "2 attacks are compared; each perturbed image was shown with one of them alone" in text
    for attack, authors in ((GENERATOR, "Poursaeed"), (FGSM, "Goodfellow")):
        (number,) = [place for place, cited in enumerate(methods.references, start=1) if cited.startswith(authors)]
        (sentence,) = re.findall(
            rf"{attack}: these images were perturbed by the attack[^;.]*?\[{number}\] against", text
        )
        assert sentence
    assert "one verdict for each attack and strength; the p-values of each question" in text
    assert "adjusted after Holm over all attacks and strengths" in text
    assert "Two attacks that the same observers judged are compared by the analysis of variance" in text


def test_reporting_lists_name_every_attack(report: Report) -> None:
    sections = by_key(report)
    (standard,) = [row[3] for row in sections["stard"].tables[0].rows if row[0] == "10b"]
    assert all(attack in standard for attack in ATTACKS)
    (severity,) = [row[3] for row in sections["stard"].tables[0].rows if row[0] == "21a"]
    assert f"{GENERATOR} at 4 and 8; {FGSM} at 4 and 8 of 255 levels" in severity
    assert any(FGSM in row[3] for row in sections["grras"].tables[0].rows)


def test_catalogues_are_named_of_each_attack(report: Report) -> None:
    for number in (1, 2):
        assert by_key(report)[f"attack-{number}"].facts[0].name == "In catalogues of attacks"


def test_figures_have_no_curve_and_no_verdict_of_all_attacks(report: Report) -> None:
    figures = report.as_dict()

    assert figures["psychometric"] is None
    assert figures["equivalence"] is None
    assert list(figures["arms"]) == list(ATTACKS)
    assert all(figures["arms"][attack]["psychometric"] for attack in ATTACKS)
    assert [attack["arm"] for attack in figures["attacks"]] == list(ATTACKS)


def test_tables_for_a_paper_are_of_each_attack(report: Report) -> None:
    tables = result_tables(report.figures.summary, simulated=True)
    assert [table.name for table in tables] == [
        *("pooled-1", "observers-1", "pooled-2", "observers-2"),
        *("changes", "two-attacks"),
    ]
    assert [table.caption.partition(":")[0] for table in tables[:4]] == [GENERATOR, GENERATOR, FGSM, FGSM]
    assert [row[0] for row in tables[4].rows] == list(ATTACKS)


def test_every_download_can_be_made(report: Report) -> None:
    """The archive, the PDF and the Psych-DS dataset have tests of their own."""
    for name, download in DOWNLOADS.items():
        if name not in {"archive.zip", "report.pdf", "psych-ds.zip"}:
            file = io.BytesIO()
            download.write(report, file)
            assert file.getvalue(), name
    rows = json.loads(answers_json(report.rows))
    assert {row["attack"] for row in rows if row["truth"] == "perturbed"} == set(ATTACKS)
    assert {row["attack"] for row in rows if row["truth"] == "clean"} == {None}


def test_imrmc_has_a_modality_for_each_attack(report: Report) -> None:
    text = report_imrmc(report)
    assert "NM: 2" in text
    assert {line.split(",")[2] for line in text.splitlines() if line.startswith("Simulated")} == set(ATTACKS)


def test_a_preregistration_tells_of_each_attack_and_of_their_comparison(study: Study) -> None:
    text = preregistration_text(study)
    assert "by which of 2 attacks" in text
    assert f"{GENERATOR} at 4 and 8; {FGSM} at 4 and 8 of 255 levels" in text
    assert "the difference of sensitivity by the analysis of variance of Obuchowski and Rockette" in text
    assert "one verdict for each attack and strength" in text


def test_the_study_page_lists_the_attacks(study: Study, client: Client) -> None:
    client.force_login(study.owner)
    page = client.get(reverse("studies:study-detail", args=[study.pk])).content.decode()
    assert f"<dt>Attacks</dt><dd>2, compared: {GENERATOR}, strengths 4 and 8" in page


def test_attacks_of_other_strengths_are_told_to_differ_by_both() -> None:
    study = several_attacks(further=((8, "generator"), (16, "fgsm")))
    sections = by_key(build_report(study))

    told = "The attacks have different strengths (Generator 4 and 8; FGSM 16 of 255 levels)"
    for key in ("attacks", "two-arms"):
        assert any(note.startswith(told) for note in sections[key].notes), key
    assert sections["attacks"].tables[0].rows[1][-1] == "one strength"
    assert "psychometric-1" in sections
    assert "psychometric-2" not in sections
    assert "psychometric" not in sections


def test_a_strength_that_bounds_nothing_is_told_as_such_and_compared_with_no_other() -> None:
    """PerC-AL and alike as published, and a control that nobody is to compare."""
    study = several_attacks(further=((255, "perc_al"), (32, "fgsm")), control="fgsm", dprime_of={})
    report = build_report(study)
    sections = by_key(report)

    methods = methods_of(report).text
    assert "without a bound on the change to a channel" in methods
    assert "with a largest change to a channel of 4 of 255 levels" in methods
    assert "a largest change to a channel of 255" not in methods
    assert "PerC-AL at 255; " in strengths_text(study)
    assert "of 255 levels (255 bound nothing), the perturbed images" in strengths_text(study)
    for key in ("attacks", "two-arms"):
        assert not any("different strengths" in note for note in sections[key].notes), key


def test_names_are_those_of_the_protocol(study: Study) -> None:
    """A later version may call an attack otherwise: answers and archive of one study keep one name."""
    assert study.protocol is not None
    for arm in study.protocol["attack"]["arms"]:
        arm["name"] = f"Old {arm['name']}"
    Study.objects.filter(pk=study.pk).update(protocol=study.protocol)

    renamed = Study.objects.get(pk=study.pk)

    assert renamed.attack_names == (f"Old {GENERATOR}", f"Old {FGSM}")
    report = build_report(renamed)
    assert {row.attack for row in report.rows} == {"", *renamed.attack_names}
    assert tuple(report.figures.summary.arms) == renamed.attack_names


def measured(study: Study) -> Study:
    """Return the study with the visibility of all pairs measured but those of one set, FGSM's weaker one."""
    for pair_set in study.strengths:
        if (pair_set.attack.kind, pair_set.strength) != ("fgsm", 4):
            add_visibility(pair_set, [pair_set.strength / 4 + place / 100 for place in range(pair_set.pairs.count())])
    return study


def test_each_attack_has_the_measures_of_the_pairs_shown_and_says_what_was_not_measured(study: Study) -> None:
    report = build_report(measured(study))
    section = by_key(report)["attacks"]
    table = section.tables[1]
    lines = {row[0]: dict(zip(table.head, row, strict=True)) for row in table.rows}

    assert list(lines) == [row[0] for row in section.tables[0].rows]
    for attack in ATTACKS:
        values = {
            row.item: row.ciede2000_mean for row in report.rows if row.attack == attack and row.truth == "perturbed"
        }
        known = [value for value in values.values() if value is not None]
        low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
        expected = f"{middle:.2f} ({low:.2f}–{high:.2f})"
        if attack == FGSM:
            assert 0 < len(known) < len(values)
            expected += f", of {len(known)} pairs"
        assert lines[attack]["ΔE00, mean"] == expected
        assert lines[attack]["Image pairs"] == str(len(values))
        figures = report.as_dict()["arms"][attack]["changes"]["ciede2000_mean"]
        assert figures["median"] == pytest.approx(middle)
        assert figures["without_a_value"] == len(values) - len(known)
    assert any("`measure_visibility`" in note for note in section.notes)


def test_which_number_predicts_seeing_is_told_within_each_attack(study: Study) -> None:
    report = build_report(measured(study))
    section = visibility_section(report.figures.summary)
    assert section is not None
    (table,) = [table for table in section.tables if table.label == "Rank correlation within each attack"]

    assert table.head == ("Measure", *ATTACKS)
    assert [row[0] for row in table.rows[:-1]] == [row[0] for row in section.tables[0].rows]
    for place, attack in enumerate(ATTACKS, start=1):
        alone = report.figures.summary.arms[attack].visibility
        assert alone is not None
        assert table.rows[-1][place] == str(alone.items)
        shown = {row[0]: row[place] for row in table.rows}
        for one in alone.predictions:
            assert shown[measure_name(one.measure)] == coefficient(one.correlation)
    assert any(note.startswith("All attacks together, a measure may rank") for note in section.notes)


CONTROL = "PGD (positive control)"


def with_control(*, dprime: float, trial_type: str = "yes_no", **fields: Any) -> Study:
    """Return a study of two attacks and a positive control, which is seen with a d′ of its own."""
    further = ((4, "fgsm"), (32, "pgd"))
    return several_attacks(trial_type, further=further, dprime_of={FGSM: 1.5, CONTROL: dprime}, control="pgd", **fields)


@pytest.mark.parametrize("trial_type", ["yes_no", "two_afc", "rating"])
def test_a_positive_control_is_in_no_figure_of_the_others(trial_type: str) -> None:
    report = build_report(with_control(dprime=4, trial_type=trial_type, observers=4))
    summary = report.figures.summary
    observations = observations_of(report.study, report.figures.exclusions.kept)
    others = replace(without_control(observations), control="")
    alone = summarise_study(others, margin=report.study.margin, rule=report.study.verdict_rule)

    assert list(summary.arms) == [*ATTACKS, CONTROL]
    assert list(summary.arms_judged) == list(ATTACKS) == list(others.arms)
    assert summary.answers == alone.answers
    assert [one.arms for one in summary.two_arms] == [ATTACKS]
    assert {name: one.equivalence for name, one in summary.arms_judged.items()} == {
        name: one.equivalence for name, one in alone.arms.items()
    }
    assert summary.arms[CONTROL].equivalence is None
    assert summary.control_noticed is not None
    assert summary.control_noticed.low > 0  # type: ignore[operator]
    found = json.loads(json.dumps(summary.as_dict()))["positive_control"]
    assert found == {"arm": CONTROL, "noticed_beyond_chance": summary.control_noticed.as_dict()}

    sections = by_key(report)
    assert CONTROL in {row[0] for row in sections["attacks"].tables[0].rows}
    assert any("a change could be seen" in note for note in sections["attacks"].notes)
    assert CONTROL not in head_of(report).verdict
    assert any(fact.name == "Positive control" for fact in sections["how"].facts)
    assert f"“{CONTROL}” is a change" in methods_of(report).text
    assert f"“{CONTROL}” is a change" in preregistration_text(report.study)
    assert "Positive control not noticed." not in {warning.name for warning in warnings_of(report)}


def test_a_positive_control_that_nobody_notices_is_told_first() -> None:
    report = build_report(with_control(dprime=0, observers=4))

    assert "Positive control not noticed." in {warning.name for warning in warnings_of(report)}
    assert any("Nothing follows then" in note for note in by_key(report)["attacks"].notes)


def test_one_attack_beside_a_positive_control_has_figures_and_a_verdict() -> None:
    study = several_attacks(further=((32, "pgd"),), control="pgd", dprime_of={CONTROL: 4}, observers=4)
    summary = build_report(study).figures.summary

    assert list(summary.arms) == [GENERATOR, CONTROL]
    assert summary.two_arms == ()
    assert summary.arms[GENERATOR].equivalence is not None
    assert sections_of(build_report(study))
