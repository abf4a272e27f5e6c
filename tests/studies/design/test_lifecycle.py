"""What researchers do to a study, and what they are refused."""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from ml.images.pixels import decode, encode_png
from ml.models import Attack
from studies.design.invitations import invite_observers, next_labels
from studies.design.lifecycle import (
    change_study,
    close_study,
    delete_study,
    open_study,
    pause_study,
    unblind_study,
)
from studies.design.protocol import protocol_hash
from studies.errors import StudyError
from studies.models import AuditEvent, Observer, Stimulus, Study, Truth
from tests.studies.factories import (
    make_open_study,
    make_pair_set,
    make_pair_set_of_strength,
    make_researcher,
    make_study,
)

pytestmark = pytest.mark.django_db


def actions(study: Study) -> list[str]:
    return list(AuditEvent.objects.filter(study_uid=study.uid).values_list("action", flat=True))


def test_opening_draws_the_images_and_fixes_the_protocol() -> None:
    study = make_open_study(n_perturbed=3, n_clean=2)

    truths = Truth.objects.filter(stimulus__study=study)
    assert sum(truth.perturbed for truth in truths) == 3
    assert study.stimuli.count() == 5
    assert study.protocol is not None
    assert study.protocol_sha256 == protocol_hash(study.protocol)
    assert [item["name"] for item in study.protocol["stimuli"]] == ["S01", "S02", "S03", "S04", "S05"]
    assert actions(study) == ["created", "opened", "invited"]


def test_stimuli_hold_the_pixels_of_the_right_twin_and_one_length() -> None:
    study = make_open_study(n_perturbed=3, n_clean=2)

    lengths = set()
    for truth in Truth.objects.select_related("stimulus", "pair"):
        with truth.stimulus.file.open() as file:
            data = file.read()
        twin = truth.pair.perturbed_file if truth.perturbed else truth.pair.clean_file
        with twin.open() as file:
            expected = decode(file.read())
        assert np.array_equal(decode(data), expected)
        assert hashlib.sha256(data).hexdigest() == truth.stimulus.sha256
        lengths.add(len(data))
    assert len(lengths) == 1
    assert study.n_images == 5


def test_the_same_seed_draws_the_same_study() -> None:
    pair_set = make_pair_set(n=20)

    protocols = [make_open_study(pair_set=pair_set, seed=5).protocol for _ in range(2)]

    assert protocols[0] is not None
    assert protocols[1] is not None
    assert protocols[0]["stimuli"] == protocols[1]["stimuli"]


def test_a_seed_is_drawn_where_none_is_given() -> None:
    first, second = make_study(seed=None), make_study(seed=None)

    assert first.seed != second.seed


def test_too_few_images_leave_a_draft_and_no_files() -> None:
    study = make_study(pair_set=make_pair_set(n=4), n_perturbed=3, n_clean=2)

    with pytest.raises(StudyError, match="only 4 lesions"):
        open_study(study=study, by=study.owner)

    study.refresh_from_db()
    assert study.state == Study.State.DRAFT
    assert not Stimulus.objects.exists()
    assert not default_storage.exists(f"stimuli/{study.uid}") or not any(
        default_storage.listdir(f"stimuli/{study.uid}")
    )


def stored_stimuli(study: Study) -> list[str]:
    """Return the names of the study's stored files; none, too, where nothing was ever stored."""
    try:
        return default_storage.listdir(f"stimuli/{study.uid}")[1]
    except FileNotFoundError:
        return []


def test_an_altered_image_file_is_found_before_anyone_sees_it() -> None:
    pair_set = make_pair_set(n=5)
    study = make_study(pair_set=pair_set)
    for pair in pair_set.pairs.all():
        with default_storage.open(str(pair.clean_file.name), "wb") as file:
            file.write(b"something else")

    with pytest.raises(StudyError, match="is not the one that was made"):
        open_study(study=study, by=study.owner)

    assert not Stimulus.objects.exists()
    assert not stored_stimuli(study)


def test_images_of_several_sizes_cannot_be_blinded() -> None:
    pair_set = make_pair_set(n=4, size=12)
    other = make_pair_set(n=4, size=16)
    other.pairs.update(pair_set=pair_set)
    study = make_study(pair_set=pair_set, n_perturbed=4, n_clean=4)

    with pytest.raises(StudyError, match="differ in size"):
        open_study(study=study, by=study.owner)


def test_an_open_study_is_not_changed_deleted_or_opened_again() -> None:
    study = make_open_study()

    with pytest.raises(StudyError, match="only a study that is a draft can be changed"):
        change_study(study=study, by=study.owner, title="Another")
    with pytest.raises(StudyError, match="can be deleted"):
        delete_study(study=study, by=study.owner)
    with pytest.raises(StudyError, match="can be opened"):
        open_study(study=study, by=study.owner)


def test_a_draft_is_changed_and_the_change_is_written_down() -> None:
    study = make_study()

    change_study(study=study, by=study.owner, title="Another", one_lesion_once=False, seed=None)

    study.refresh_from_db()
    assert (study.title, study.one_lesion_once, study.seed) == ("Another", False, 1)
    assert AuditEvent.objects.get(action="changed").details == {"fields": ["one_lesion_once", "title"]}


def test_texts_that_are_left_empty_are_written_out_when_the_study_opens() -> None:
    """In both languages where both are empty; an own text in English alone is not given a French one."""
    study = make_open_study(trial_type="two_afc", consent_text="I agree.", question_fr="Laquelle ?")

    assert study.question == "Which of the two images was changed?"
    assert study.question_fr == "Laquelle ?"
    assert study.instructions.startswith("You will see a series of pairs")
    assert study.instructions_fr.startswith("Vous allez voir une série de paires")
    assert (study.consent_text, study.consent_text_fr) == ("I agree.", "")
    assert [study.text("consent_text", language) for language in ("en", "fr")] == ["I agree.", "I agree."]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"n_catch": 2}, "Choose where the images of the catch trials come from"),
        ({"n_catch": 2, "strength": 4}, "catch trials are to be plainer"),
        ({"n_catch": 2, "strength": 9, "size": 16}, "would show by their size"),
        ({"questionnaire": "Name:"}, "Line 1 is no question"),
        ({"questionnaire": "Age: number 1-9", "questionnaire_fr": "Âge : nombre 1-8"}, "differ in more than words"),
        ({"trial_type": "guessing"}, "not a valid choice"),
        (
            {"trial_type": "guessing", "flicker_hz": 3.0, "adapts_strength": True, "leaves_out_rejected": True},
            "not a valid choice",
        ),
        ({"display_ms": 5}, "greater than or equal to 10"),
        ({"n_subsets": 0}, "greater than or equal to 1"),
        ({"margin": 0.5}, "less than or equal to 0.49"),
        ({"catch_at_least": 50}, "There are no catch trials"),
    ],
)
def test_settings_that_do_not_go_together_are_refused_in_words(fields: dict[str, object], message: str) -> None:
    fields = dict(fields)
    if "strength" in fields:
        fields["catch_pair_set"] = make_pair_set(
            n=3, strength=int(str(fields.pop("strength"))), size=int(str(fields.pop("size", 12)))
        )

    with pytest.raises(ValidationError, match=message):
        make_study(**fields)  # type: ignore[arg-type]


def test_strengths_that_do_not_go_together_are_refused_in_words() -> None:
    pair_set = make_pair_set(n=8)
    stronger, same = make_pair_set_of_strength(pair_set, 8), make_pair_set_of_strength(pair_set, 4)

    def refused(message: str, *further: object, **fields: Any) -> None:
        with pytest.raises(ValidationError, match=message):
            make_study(**{"pair_set": pair_set, "further_pair_sets": further, **fields})

    refused("other images than", make_pair_set(n=8, strength=8))
    refused("both have the strength 4", same)
    refused("need at least as many perturbed images", stronger, n_perturbed=1)
    refused(
        "catch trials are to be plainer", stronger, n_catch=1, catch_pair_set=make_pair_set_of_strength(pair_set, 6)
    )
    assert not Study.objects.exists()


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        ({"kind": "fgsm"}, "kind generator and fgsm"),
        ({"target_class": "mel"}, "target class nv and mel"),
        ({"options": {"settings": {"loss": "margin"}}}, "loss log-cross-entropy and margin"),
        ({"options": {"settings": {"upsampling": "resize"}}}, "upsampling transposed and resize"),
    ],
)
def test_pairs_of_another_attack_are_no_further_strength(changed: dict[str, object], difference: str) -> None:
    pair_set = make_pair_set(n=8)
    other = make_pair_set_of_strength(pair_set, 8)
    attack = pair_set.attack
    other.attack = Attack.objects.create(
        **{
            "name": "Another",
            "classifier": attack.classifier,
            "kind": attack.kind,
            "target_class": attack.target_class,
            "strength": 8,
            **changed,
        }
    )
    other.save()

    with pytest.raises(ValidationError, match=f"made by another attack than .*: {difference}. Further"):
        make_study(pair_set=pair_set, further_pair_sets=[other])


def test_strengths_can_be_changed_and_taken_away_again() -> None:
    pair_set = make_pair_set(n=8)
    study = make_study(pair_set=pair_set, further_pair_sets=[make_pair_set_of_strength(pair_set, 8)])
    assert [used.strength for used in study.strengths] == [4, 8]

    change_study(study=study, by=study.owner, further_pair_sets=[make_pair_set_of_strength(pair_set, 2)])
    assert [used.strength for used in study.strengths] == [2, 4]
    change_study(study=study, by=study.owner, title="Another")
    assert [used.strength for used in study.strengths] == [2, 4]
    change_study(study=study, by=study.owner, further_pair_sets=[])
    assert [used.strength for used in study.strengths] == [4]
    changes = AuditEvent.objects.order_by("pk")
    assert [event.details["fields"] for event in changes if "fields" in event.details] == [
        ["further_pair_sets"],
        ["title"],
        ["further_pair_sets"],
    ]


def test_a_display_time_and_catch_pairs_can_be_taken_away_again() -> None:
    study = make_study(display_ms=500)

    change_study(study=study, by=study.owner, display_ms=None, title="Another")

    study.refresh_from_db()
    assert (study.display_ms, study.title) == (None, "Another")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"n_practice": 2}, "practice images are asked for"),
        ({"n_catch": 3}, "catch images are asked for"),
        ({"n_subsets": 2}, "only 7 lesions"),
    ],
)
def test_too_few_pairs_for_practice_catch_trials_or_subsets_are_said(fields: dict[str, object], message: str) -> None:
    pair_set = make_pair_set(n=7)
    study = make_study(pair_set=pair_set, catch_pair_set=make_pair_set_of_strength(pair_set, 20), **fields)  # type: ignore[arg-type]

    with pytest.raises(StudyError, match=message):
        open_study(study=study, by=study.owner)

    assert not Stimulus.objects.exists()


def test_an_impossible_design_is_refused() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        make_study(n_clean=0)
    with pytest.raises(TypeError, match="no such fields of a study: colour"):
        make_study(colour="red")


def test_a_deleted_draft_leaves_its_audit_events() -> None:
    study = make_study()

    delete_study(study=study, by=study.owner)

    assert not Study.objects.exists()
    assert actions(study) == ["created", "deleted"]


def test_results_are_visible_once_closed_or_unblinded() -> None:
    closed, unblinded, running = make_open_study(), make_open_study(), make_open_study()

    close_study(study=closed, by=closed.owner)
    unblind_study(study=unblinded, by=unblinded.owner, reason="an alarm")

    for study in (closed, unblinded, running):
        study.refresh_from_db()
    assert [study.results_visible for study in (closed, unblinded, running)] == [True, True, False]
    assert actions(unblinded)[-1] == "unblinded"


def test_a_failing_audit_event_leaves_the_study_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    study = make_open_study()

    def fail(**_: object) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr("studies.audit.record", fail)
    for action in (close_study, unblind_study, pause_study):
        with pytest.raises(RuntimeError, match="no audit"):
            action(study=study, by=study.owner, reason="an alarm")

    study.refresh_from_db()
    assert (study.state, study.unblinded_at) == (Study.State.OPEN, None)


def test_researchers_see_their_own_studies_and_a_superuser_all() -> None:
    mine, other = make_study(), make_study()

    assert list(Study.objects.visible_to(mine.owner)) == [mine]
    assert set(Study.objects.visible_to(make_researcher(superuser=True))) == {mine, other}


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([], "at least one"),
        (["A", " A "], "already there: A"),
        (["Observer A"], "already there: Observer A"),
        (["x" * 61], "longer than 60"),
        (["  "], "empty"),
        ([str(number) for number in range(201)], "At most 200"),
    ],
)
def test_labels_that_cannot_be_are_refused_and_nobody_is_invited(labels: list[str], message: str) -> None:
    study = make_open_study(observers=1)

    with pytest.raises(StudyError, match=message):
        invite_observers(study=study, labels=labels, by=study.owner)

    assert Observer.objects.count() == 1


def test_tokens_are_unguessable_and_of_one_length() -> None:
    make_open_study(observers=26)

    tokens = {observer.token for observer in Observer.objects.all()}
    assert len(tokens) == 26
    assert {len(token) for token in tokens} == {22}


def test_next_labels_pass_over_those_that_are_taken() -> None:
    study = make_study()
    invite_observers(study=study, labels=["Observer 2"], by=study.owner)

    assert next_labels(study, 2) == ["Observer 1", "Observer 3"]


def stimulus_files(study: Study) -> set[str]:
    """Return the names of the study's files in the storage."""
    folder = f"stimuli/{study.uid}"
    return (
        {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]} if default_storage.exists(folder) else set()
    )


@pytest.mark.django_db(transaction=True)
def test_images_are_encoded_outside_the_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    study = make_study()
    within: list[bool] = []

    def encode(pixels: Any, **options: Any) -> bytes:
        within.append(connection.in_atomic_block)
        return encode_png(pixels, **options)

    monkeypatch.setattr("studies.design.stimulus_files.encode_png", encode)
    open_study(study=study, by=study.owner)

    assert within
    assert not any(within)


def while_encoding(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
    """Do something after the first image of the next opening is encoded."""
    done: list[bool] = []

    def encode(pixels: Any, **options: Any) -> bytes:
        if not done:
            done.append(True)
            do()
        return encode_png(pixels, **options)

    monkeypatch.setattr("studies.design.stimulus_files.encode_png", encode)


def test_of_two_openings_at_once_one_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    study = make_study()
    while_encoding(monkeypatch, lambda: open_study(study=study, by=study.owner))

    with pytest.raises(StudyError, match="only a study that is a draft or in its pilot can be opened"):
        open_study(study=study, by=study.owner)

    assert stimulus_files(study) == set(study.stimuli.values_list("file", flat=True))
    assert actions(study) == ["created", "opened"]


def test_a_draft_changed_while_it_is_being_opened_stays_a_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    study = make_study()
    while_encoding(monkeypatch, lambda: change_study(study=study, by=study.owner, seed=77))

    with pytest.raises(StudyError, match="was changed while it was being opened"):
        open_study(study=study, by=study.owner)

    study.refresh_from_db()
    assert study.state == Study.State.DRAFT
    assert not stimulus_files(study)
    monkeypatch.undo()
    assert open_study(study=study, by=study.owner).state == Study.State.OPEN


def test_what_an_opening_left_that_was_killed_is_removed_by_the_next() -> None:
    study = make_study()
    left = default_storage.save(f"stimuli/{study.uid}/left.png", ContentFile(b"half"))

    open_study(study=study, by=study.owner)

    assert left not in stimulus_files(study)
    assert stimulus_files(study) == set(study.stimuli.values_list("file", flat=True))


def test_files_are_removed_if_the_rows_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    study = make_study()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("studies.design.lifecycle.preparation.write_protocol", fail)
    with pytest.raises(RuntimeError):
        open_study(study=study, by=study.owner)

    assert not stimulus_files(study)
    assert not Stimulus.objects.exists()
