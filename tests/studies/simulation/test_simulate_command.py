"""`manage.py simulate`: simulated observers take a study as people do, and are never mixed with them."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from studies.answers.rows import rows_of
from studies.design.invitations import invite_observers
from studies.design.lifecycle import open_study
from studies.exports.answers import answers_csv, answers_json
from studies.models import Answer, AuditEvent, Observer, Session, Study, Trial
from studies.simulation.run import simulate_study
from studies.simulation.simulated_observer import SimulatedGroup
from tests.studies.factories import (
    make_open_study,
    make_pair_set,
    make_pair_set_of_attack,
    make_pair_set_of_strength,
    make_researcher,
    make_study,
)

pytestmark = pytest.mark.django_db


def simulate(study: Study, *options: str) -> str:
    out = io.StringIO()
    call_command("simulate", str(study.pk), *options, stdout=out)
    return out.getvalue()


def printed(name: str, *options: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command(name, *options, stdout=out, stderr=io.StringIO())
    figures: dict[str, Any] = json.loads(out.getvalue())
    return figures


def test_the_report_finds_what_was_put_in_and_says_that_it_is_simulated() -> None:
    """Four observers of d′ 1.5 and criterion 0.2 before 40 images: the mean lies within four standard errors."""
    study = make_open_study(n_perturbed=20, n_clean=20, observers=0)

    said = simulate(study, "--observers", "4", "--dprime", "1.5", "--criterion", "0.2", "--seed", "3")

    assert "4 simulated observers have answered “Noise study”: no person gave these answers." in said
    assert f"study_report {study.pk}" in said
    figures = printed("study_report", str(study.pk))
    assert figures["simulated"] is True
    assert figures["flow"]["finished"] == 4
    assert list(figures["observers"]) == [f"Simulated observer {number}" for number in (1, 2, 3, 4)]
    for name, put_in in (("dprime", 1.5), ("criterion", 0.2)):
        estimates = [observer[name] for observer in figures["observers"].values()]
        mean = sum(one["estimate"] for one in estimates) / 4
        variance = sum(((one["high"] - one["low"]) / 3.92) ** 2 for one in estimates) / 16
        assert abs(mean - put_in) < 4 * variance**0.5
    (event,) = AuditEvent.objects.filter(action=AuditEvent.Action.INVITED)
    assert event.details["simulated"] is True
    assert event.details["model"]["dprime"] == 1.5


def test_the_same_seed_gives_the_same_answers_also_after_a_break() -> None:
    pair_set, owner = make_pair_set(n=14), make_researcher()
    answers = []
    for cut_off in (False, True):
        study = make_open_study(
            owner=owner,
            pair_set=pair_set,
            title=f"Cut off: {cut_off}",
            n_perturbed=5,
            n_clean=5,
            n_practice=1,
            seed=4,
            observers=0,
        )
        options = ("--dprime", "1", "--observer-sd", "0.5", "--image-sd", "0.5", "--lapse", "0.1", "--seed", "9")
        if cut_off:

            def stop(done: int, total: int, note: str = "", figures: object = None) -> None:
                assert total == 2 * 11
                if done == 14:
                    raise KeyboardInterrupt

            with pytest.raises(KeyboardInterrupt):
                simulate_study_as(study, progress=stop)
            assert Answer.objects.filter(trial__session__observer__study=study).count() == 14
        simulate(study, *options)
        given = Answer.objects.filter(trial__session__observer__study=study)
        answers.append(
            list(
                given.order_by("trial__session__observer__label", "trial__phase", "trial__position").values_list(
                    "response", "rt_ms"
                )
            )
        )

    assert len(answers[0]) == 22
    assert answers[0] == answers[1]


def simulate_study_as(study: Study, *, progress: Any) -> None:
    group = SimulatedGroup(dprime=1, observer_sd=0.5, image_sd=0.5, lapse=0.1)
    simulate_study(study=study, group=group, observers=2, seed=9, by=study.owner, progress=progress)


def test_people_are_never_joined_by_model_observers() -> None:
    study = make_open_study()

    with pytest.raises(
        CommandError, match=r"People were invited to “Noise study”\. Simulated observers are never mixed"
    ):
        simulate(study)

    assert not Observer.objects.filter(is_simulated=True).exists()


def test_people_who_come_later_are_reported_alone() -> None:
    study = make_open_study(observers=0, closes_when_finished=False)
    said = simulate(study, "--observers", "1")
    invite_observers(study=study, labels=["A person"], by=study.owner)

    assert "It is open still" in said
    assert len(rows_of(study, simulated=True)) == 5
    assert rows_of(study, simulated=False) == []
    with pytest.raises(CommandError, match="People were invited"):
        simulate(study, "--observers", "2")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--observers", "0"), "Give at least one observer"),
        (("--observers", "-2"), "Give at least one observer"),
        (("--observers", "201"), "At most 200 observers"),
        (("--lapse", "2"), "lapse rate"),
        (("--dprime", "nan"), "d′ of simulated observers"),
    ],
)
def test_what_cannot_be_is_said_in_words(options: tuple[str, ...], message: str) -> None:
    study = make_open_study(observers=0)

    with pytest.raises(CommandError, match=message):
        simulate(study, *options)

    assert not Session.objects.exists()


def test_a_study_that_is_not_open_is_refused() -> None:
    draft = make_study()
    with pytest.raises(CommandError, match="“Noise study” is draft; simulated observers answer an open study"):
        simulate(draft)
    study = open_study(study=draft, by=draft.owner)
    simulate(study, "--observers", "1")

    with pytest.raises(CommandError, match="is closed; simulated observers answer an open study"):
        simulate(study, "--observers", "2")


@pytest.mark.parametrize("other", [("--seed", "2"), ("--dprime", "0.5")])
def test_other_observers_beside_simulated_ones_are_refused_and_nobody_is_said_to_have_answered(
    other: tuple[str, str],
) -> None:
    study = make_open_study(observers=0, closes_when_finished=False)
    simulate(study, "--observers", "2")
    answers = Answer.objects.count()

    again = simulate(study, "--observers", "2")
    with pytest.raises(CommandError) as refused:
        simulate(study, "--observers", "2", *other)

    assert "All had answered before; nothing was added." in again
    said = f"{other[0].removeprefix('--')} {'1, not 2' if other[0] == '--seed' else '0, not 0.5'}"
    assert "has 2 simulated observers already, and no person" in str(refused.value)
    assert f"they were made with {said}. Nothing was simulated now." in str(refused.value)
    assert "make another study of the same image pairs" in str(refused.value)
    assert Answer.objects.count() == answers


def test_every_trial_has_the_time_at_which_it_was_first_shown() -> None:
    """The first one, too, and those after a break or after feedback in practice."""
    study = make_open_study(
        pair_set=make_pair_set(n=14), n_perturbed=2, n_clean=2, n_practice=1, break_every=2, observers=0
    )
    simulate(study, "--observers", "1")

    trials = Trial.objects.filter(session__observer__study=study).select_related("answer")
    assert len(trials) == 5
    for trial in trials:
        assert trial.served_at is not None
        assert trial.served_at <= trial.answer.answered_at


def test_plainer_images_are_noticed_more_often() -> None:
    """d′ grows in proportion to the strength: 0.5 at the main one, 5 at ten times as much, where all are noticed."""
    pair_set = make_pair_set(n=50, size=4)
    study = make_open_study(
        pair_set=pair_set,
        further_pair_sets=[make_pair_set_of_strength(pair_set, 40)],
        n_perturbed=32,
        n_clean=8,
        observers=0,
    )
    simulate(study, "--observers", "2", "--dprime", "0.5")

    noticed: dict[float, list[bool]] = {4.0: [], 40.0: []}
    for row in rows_of(study, simulated=True):
        if row.truth == "perturbed":
            noticed[row.strength].append(row.response == "perturbed")
    assert len(noticed[4.0]) == len(noticed[40.0]) == 32
    assert sum(noticed[40.0]) == 32
    assert sum(noticed[4.0]) < 30


def two_attacks() -> Study:
    pair_set = make_pair_set(n=60, size=4)
    return make_open_study(
        pair_set=pair_set,
        further_pair_sets=[make_pair_set_of_attack(pair_set, "fgsm")],
        compares_attacks=True,
        n_perturbed=40,
        n_clean=12,
        observers=0,
    )


def test_each_attack_may_be_seen_otherwise_and_the_exports_give_the_reports_figures_again(tmp_path: Path) -> None:
    study = two_attacks()
    simulate(study, "--observers", "3", "--dprime", "0", "--dprime-of", "FGSM=6")

    report = printed("study_report", str(study.pk))
    seen = {name: figures["pooled"]["sensitivity"]["estimate"] for name, figures in report["arms"].items()}
    assert seen["FGSM"] > 0.95
    assert seen["Generator"] < 0.75
    path = tmp_path / "answers.csv"
    path.write_text(answers_csv(rows_of(study, simulated=True)), encoding="utf-8", newline="")
    again = printed("analyse", str(path), "--format", "json", "--margin", str(study.margin))
    assert again["arms"].keys() == report["arms"].keys()
    for name, figures in again["arms"].items():
        told = report["arms"][name]
        assert {key for key in figures if figures[key] != told[key]} <= {"items"}, name  # their names tell the arm


def test_an_attack_that_is_not_compared_has_no_d_prime() -> None:
    study = two_attacks()
    with pytest.raises(CommandError, match="compares no attack that is called “PGD”: it compares Generator; FGSM"):
        simulate(study, "--dprime-of", "PGD=1")
    with pytest.raises(CommandError, match=r"as PGD=1\.5; not FGSM"):
        simulate(study, "--dprime-of", "FGSM")
    with pytest.raises(CommandError, match="lies between -10 and 10, not at 11"):
        simulate(study, "--dprime-of", "FGSM=11")
    assert not Observer.objects.filter(study=study).exists()
    with pytest.raises(CommandError, match="it is of one attack"):
        simulate(make_open_study(observers=0, owner=study.owner), "--dprime-of", "FGSM=1")


def test_another_d_prime_of_an_attack_is_another_model() -> None:
    study = two_attacks()
    study.closes_when_finished = False
    study.save()
    simulate(study, "--observers", "1", "--dprime-of", "FGSM=1")
    with pytest.raises(CommandError, match="dprime of FGSM 1, not 2"):
        simulate(study, "--observers", "2", "--dprime-of", "FGSM=2")


def test_an_images_shift_is_the_same_for_all_observers() -> None:
    """Where images differ ten times as much as a look at one, observers agree on nearly every image."""
    study = make_open_study(n_perturbed=15, n_clean=15, observers=0)
    simulate(study, "--observers", "2", "--image-sd", "10")

    said: dict[str, list[str]] = {}
    for row in rows_of(study, simulated=True):
        said.setdefault(row.item, []).append(row.response)

    assert sum(first == second for first, second in said.values()) >= 26
    assert {first for first, _ in said.values()} == {"perturbed", "clean"}


@pytest.mark.parametrize("trial_type", ["two_afc", "same_different", "rating", "yes_no_confidence", "flicker"])
def test_the_exports_of_every_trial_type_give_the_reports_figures_again(trial_type: str, tmp_path: Path) -> None:
    study = make_open_study(trial_type=trial_type, n_perturbed=4, n_clean=4, asks_diagnosis=True, observers=0)
    simulate(study, "--observers", "2", "--dprime", "1", "--image-sd", "0.5", "--lapse", "0.05")
    rows = rows_of(study, simulated=True)
    report = printed("study_report", str(study.pk))
    for name, text in (("answers.csv", answers_csv(rows)), ("answers.json", answers_json(rows))):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")

        again = printed("analyse", str(path), "--format", "json", "--margin", str(study.margin))

        assert again == {key: report[key] for key in again}


def test_a_file_of_model_observers_says_so_and_is_never_mixed_with_people(tmp_path: Path) -> None:
    header = "observer,item,truth,response,simulated\n"
    path = tmp_path / "a.csv"
    path.write_text(f"{header}Model,x,clean,clean,1\n", encoding="utf-8")
    out, notes = io.StringIO(), io.StringIO()

    call_command("analyse", str(path), stdout=out, stderr=notes)

    assert "The observers are simulated: no person gave these answers." in notes.getvalue()
    path.write_text(f"{header}A,x,clean,clean,0\nModel,x,clean,clean,1\n", encoding="utf-8")
    with pytest.raises(
        CommandError, match=r"line 3, column simulated: Model is a simulated observer, and A in line 2 is a"
    ):
        call_command("analyse", str(path))
