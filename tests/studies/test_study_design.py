"""What researchers do to a study, and what they are refused."""

import hashlib

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from ml.pixels import decode
from studies.errors import StudyError
from studies.invitations import invite_observers, next_labels
from studies.models import AuditEvent, Observer, Stimulus, Study, Truth
from studies.protocol import protocol_hash
from studies.study_design import change_study, close_study, delete_study, open_study, unblind_study
from tests.studies.factories import make_open_study, make_pair_set, make_researcher, make_study

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


def test_an_altered_image_file_is_found_before_anyone_sees_it() -> None:
    pair_set = make_pair_set(n=5)
    study = make_study(pair_set=pair_set)
    for pair in pair_set.pairs.all():
        with default_storage.open(str(pair.clean_file.name), "wb") as file:
            file.write(b"something else")

    with pytest.raises(StudyError, match="is not the one that was made"):
        open_study(study=study, by=study.owner)

    assert not Stimulus.objects.exists()
    assert not any(any(names) for names in [default_storage.listdir(f"stimuli/{study.uid}")[1]])


def test_images_of_several_sizes_cannot_be_blinded() -> None:
    pair_set = make_pair_set(n=4, size=12)
    other = make_pair_set(n=4, size=16)
    other.pairs.update(pair_set=pair_set)
    study = make_study(pair_set=pair_set, n_perturbed=4, n_clean=4)

    with pytest.raises(StudyError, match="differ in size"):
        open_study(study=study, by=study.owner)


def test_an_open_study_is_not_changed_deleted_or_opened_again() -> None:
    study = make_open_study()

    with pytest.raises(StudyError, match="only a study that is draft can be changed"):
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
    unblind_study(study=unblinded, by=unblinded.owner)

    for study in (closed, unblinded, running):
        study.refresh_from_db()
    assert [study.results_visible for study in (closed, unblinded, running)] == [True, True, False]
    assert actions(unblinded)[-1] == "unblinded"


def test_a_failing_audit_event_leaves_the_study_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    study = make_open_study()

    def fail(**_: object) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr("studies.audit.record", fail)
    for action in (close_study, unblind_study):
        with pytest.raises(RuntimeError, match="no audit"):
            action(study=study, by=study.owner)

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
