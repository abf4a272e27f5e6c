"""A study's definition: written, read, made a study of again, and refused in words where it is none."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import BooleanField, CharField, FloatField, IntegerField, ManyToManyField, TextField
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml.models import PairSet
from perception.core.input_files.errors import InputError
from studies.design.definitions.document import DEFINED, LEFT_OUT, VERSION, definition_of, definition_text
from studies.design.definitions.importing import (
    Imported,
    PairSetLackingError,
    duplicate_study,
    gaps_left,
    import_definition,
)
from studies.design.definitions.reading import LARGEST_BYTES, read_definition
from studies.design.drafts.planned import create_planned_study
from studies.design.drafts.readiness import findings_about
from studies.design.drafts.templates import TEMPLATES, StudyTemplate
from studies.design.lifecycle import change_study
from studies.design.option import StudyOption
from studies.design.options import OPTIONS
from studies.models import AuditEvent, Observer, Session, Study, StudyRole
from studies.models.study_state import StudyState
from studies.permissions import NotPermittedError
from studies.planning.kept_plan import make_kept_plan
from tests.studies.factories import (
    begin_trials,
    make_pair_set,
    make_pair_set_of_attack,
    make_pair_set_of_strength,
    make_researcher,
    make_study,
    make_study_in,
)

pytestmark = pytest.mark.django_db

QUESTIONS = "Years of practice: number 0-60 *\nSpecialty: dermatology | other"


def imported(text: str, **given: Any) -> Imported:
    by = given.pop("by", None) or make_researcher()
    return import_definition(definition=read_definition(text.encode(), source="d.json"), by=by, **given)


def options_of(study: Study) -> dict[str, Any]:
    options: Any = definition_of(study)["options"]
    return dict(options)


def full_study(**fields: Any) -> Study:
    pair_set = make_pair_set(n=12)
    given = {
        "pair_set": pair_set,
        "further_pair_sets": [
            make_pair_set_of_strength(pair_set, 2),
            fgsm := make_pair_set_of_attack(pair_set, "fgsm"),
        ],
        "compares_attacks": True,
        "control_pair_set": fgsm,
        "catch_pair_set": make_pair_set_of_strength(pair_set, 16),
        "n_catch": 1,
        "questionnaire": QUESTIONS,
        "instructions": "Look.\r\n\r\nThen “say” – é, 日本.",
        **fields,
    }
    return make_study(**given)


def test_every_field_of_a_study_is_in_its_definition_or_left_out_for_a_reason() -> None:
    fields = {field.name for field in Study._meta.get_fields() if not field.auto_created or field.concrete}
    defined = options_of(make_study()).keys()
    assert not defined & LEFT_OUT.keys()
    assert fields == defined | {"plan"} | LEFT_OUT.keys(), "decide of a new field: in the definition, or left out"
    assert defined == OPTIONS.keys() - LEFT_OUT.keys()
    assert all(LEFT_OUT.values())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_what_a_template_makes_comes_back_to_the_byte(template: StudyTemplate) -> None:
    by = make_researcher()
    pair_set = make_pair_set(n=2)
    make_pair_set_of_strength(pair_set, 8)
    plan = make_kept_plan("margin=0.1&observers=4&images=100") if template.key == "paper" else None
    study = create_planned_study(by=by, plan=plan, title="T", **template.options_for(pair_set, by=by))
    text = definition_text(study)
    again = imported(text)
    assert definition_text(again.study) == text
    assert (again.study.uid, again.study.owner, again.gaps) != (study.uid, study.owner, ())
    assert again.gaps == ()


@pytest.mark.parametrize("state", StudyState)
def test_a_study_in_any_state_gives_a_draft(state: StudyState) -> None:
    study = make_study_in(state, n_practice=1, asks_comments=True)
    text = definition_text(study)
    again = imported(text).study
    assert again.state == StudyState.DRAFT
    assert again.protocol is None
    assert definition_text(again) == text


def values_of(option: StudyOption) -> st.SearchStrategy[Any]:
    """Return the values that an option alone may have."""
    field = option.field
    if isinstance(field, BooleanField):
        return st.booleans()
    if field.choices:
        return st.sampled_from([value for value, _ in field.flatchoices])
    limits = {type(one).__name__: one.limit_value for one in field.validators if hasattr(one, "limit_value")}
    if isinstance(field, IntegerField):
        least, most = limits.get("MinValueValidator", 0), limits.get("MaxValueValidator", 30_000)
        numbers = st.integers(max(least, 0), min(most, 2**53 - 1))
        return st.none() | numbers if field.null else numbers
    if isinstance(field, FloatField):
        rates = st.floats(
            limits.get("MinValueValidator"), limits.get("MaxValueValidator"), allow_nan=False, allow_infinity=False
        )
        return st.none() | rates if field.null else rates
    assert isinstance(field, CharField | TextField), option.name
    letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    return st.text(letters, min_size=0 if field.blank else 1, max_size=min(field.max_length or 40, 40))


@pytest.fixture
def study() -> Study:
    return make_study()


ALONE = [option for option in DEFINED if "pair_set" not in option.name and "questionnaire" not in option.name]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.fixed_dictionaries({}, optional={option.name: values_of(option) for option in ALONE}), st.booleans())
def test_whatever_options_there_are_come_back_to_the_byte(study: Study, values: dict[str, Any], asks: bool) -> None:
    document: Any = definition_of(study)
    document["options"].update(values)
    if asks:
        document["options"].update(questionnaire=QUESTIONS)
    if values.get("n_catch"):
        reference = options_of(study)["pair_set"]
        document["options"].update(catch_pair_set=reference)
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    again = imported(text)
    assert definition_text(again.study) == text
    assert again.study.pair_set == study.pair_set


def test_it_names_image_pairs_and_holds_nobody_and_nothing_that_happened() -> None:
    study = make_study_in("open", pair_set=make_pair_set(n=12), authors="Ada Lovelace", registration="CPP-7")
    session = begin_trials(study.observers.get())
    Session.objects.filter(pk=session.pk).update(comments="I saw little", questionnaire=[{"answer": "42 years"}])
    Observer.objects.filter(study=study).update(label="Anna the first")
    StudyRole.objects.create(study=study, user=make_researcher(), role="monitor")
    text = definition_text(study)
    observer = study.observers.get()
    secrets = [
        study.owner.username,
        study.owner.password,
        StudyRole.objects.get().user.username,
        observer.token,
        observer.label,
        "Ada Lovelace",
        "CPP-7",
        "I saw little",
        "42 years",
        str(study.uid),
        study.protocol_sha256,
        *session.trials.values_list("token", flat=True),
        *study.stimuli.values_list("sha256", flat=True),
        *study.stimuli.values_list("file", flat=True),
        *study.pair_set.pairs.values_list("perturbed_sha256", flat=True),
        *study.pair_set.pairs.values_list("image__name", flat=True),
    ]
    for secret in secrets:
        assert secret not in text
    assert study.pair_set.name in text


def test_image_pairs_are_found_by_what_they_hold_under_any_name() -> None:
    study = full_study()
    text = definition_text(study)
    for pair_set in PairSet.objects.all():
        PairSet.objects.filter(pk=pair_set.pk).update(name=f"renamed {pair_set.pk}")
    again = imported(text)
    assert (again.study.pair_set, again.gaps) == (study.pair_set, ())
    assert set(again.study.further_pair_sets.all()) == set(study.further_pair_sets.all())


def test_image_pairs_of_the_same_name_that_hold_something_else_are_taken_and_told() -> None:
    study = make_study()
    text = definition_text(study)
    study.pair_set.pairs.order_by("pk")[0].delete()
    again = imported(text)
    assert again.study.pair_set == study.pair_set
    told = f"The definition’s “{study.pair_set.name}” (image pairs) held other images than those of that name here."
    assert [gap.text for gap in again.gaps] == [told]
    assert told in [finding.text for finding in findings_about(again.study, base_url="https://x.example")]


def hide(*pair_sets: PairSet) -> None:
    """Let somebody keep image pairs to themselves."""
    PairSet.objects.filter(pk__in=[one.pk for one in pair_sets]).update(owner=make_researcher(), is_shared=False)


def test_without_the_pairs_of_the_series_there_is_no_draft_but_on_others() -> None:
    study = make_study()
    text, other = definition_text(study), make_pair_set(n=9)
    hide(study.pair_set)
    before = Study.objects.count()
    with pytest.raises(PairSetLackingError, match=f"There are no image pairs “{study.pair_set.name}” that you may use"):
        imported(text)
    assert Study.objects.count() == before
    again = imported(text, instead=other)
    assert again.study.pair_set == other
    assert options_of(again.study) == {
        **options_of(study),
        "pair_set": options_of(again.study)["pair_set"],
    }


def test_what_is_lacking_is_told_where_the_draft_is_looked_over_until_it_is_changed() -> None:
    study = full_study()
    text = definition_text(study)
    catch, further = study.catch_pair_set, study.further_pair_sets.order_by("pk")[0]
    assert catch is not None
    hide(catch, further)
    again = imported(text).study
    assert (again.catch_pair_set, again.n_catch, again.further_pair_sets.count()) == (None, 0, 1)

    def told() -> list[tuple[str, str]]:
        findings = findings_about(again, base_url="https://x.example")
        return [(finding.option, finding.text) for finding in findings if finding.text.startswith("The definition")]

    by_name = dict(told())
    assert by_name.keys() == {"further_pair_sets", "catch_pair_set"}
    assert f"“{further.name}” (further image pairs of the same images)" in by_name["further_pair_sets"]
    assert f"“{catch.name}” (image pairs of the catch trials)" in by_name["catch_pair_set"]
    change_study(study=again, by=again.owner, title="Another")
    assert len(told()) == 2
    stronger = make_pair_set_of_strength(again.pair_set, 20)
    change_study(study=again, by=again.owner, catch_pair_set=stronger, n_catch=1)
    assert [gap.option for gap in gaps_left(again)] == ["further_pair_sets"]


def test_a_draft_whose_options_do_not_fit_together_comes_back_too() -> None:
    study = make_study()
    Study.objects.filter(pk=study.pk).update(catch_at_least=50, n_perturbed=900, compares_attacks=True)
    study.refresh_from_db()
    text = definition_text(study)
    again = imported(text).study
    assert definition_text(again) == text
    assert any(finding.stops for finding in findings_about(again, base_url="https://x.example"))


def changed(study: Study, **entries: Any) -> bytes:
    """Return the definition of a study with other options."""
    document: Any = definition_of(study)
    document["options"].update(entries)
    return json.dumps(document).encode()


REFERENCE = {"name": "p", "content_sha256": "0", "strength_levels": 4, "side_pixels": 12}
WRONG_OPTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown": ({"n_pertubed": 3}, "d.json, options.n_pertubed: this program knows no such entry"),
    "text for a number": ({"n_clean": "20"}, "d.json, options.n_clean: a whole number is expected here"),
    "truth value for a number": ({"n_clean": True}, "d.json, options.n_clean: a whole number is expected here"),
    "part of a number": ({"n_clean": 2.5}, "d.json, options.n_clean: a whole number is expected here"),
    "number for a truth value": ({"asks_comments": 1}, "d.json, options.asks_comments: true or false is expected here"),
    "null": ({"title": None}, "d.json, options.title: a text is expected here"),
    "list": ({"question": ["?"]}, "d.json, options.question: a text is expected here"),
    "empty": ({"title": ""}, "d.json, options.title: This field cannot be blank."),
    "too long": ({"title": "x" * 201}, "d.json, options.title: Ensure this value has at most 200 characters"),
    "too many": (
        {"n_perturbed": 1001},
        "d.json, options.n_perturbed: Ensure this value is less than or equal to 1000.",
    ),
    "negative": ({"break_every": -1}, "d.json, options.break_every: Ensure this value is greater than or equal to 0."),
    "beyond every database": ({"seed": 2**70}, "d.json, options.seed: Ensure this value is less than or equal to"),
    "no such choice": ({"trial_type": "smell"}, "d.json, options.trial_type: Value 'smell' is not a valid choice."),
    "NUL": ({"title": "a\0b"}, "d.json, options.title: it holds a character that is none"),
    "half a character": ({"title": "a\ud800"}, "d.json, options.title: it holds a character that is none"),
    "a name of half a character": ({"a\ud800": 1}, "d.json: it holds a character that is none"),
    "a name of NUL in pairs": ({"pair_set": {**REFERENCE, "\0": 1}}, "d.json: it holds a character that is none"),
    "a whole number beyond all others": (
        {"margin": 10**400},
        "d.json, options.margin: a number is expected here",
    ),
    "a strength beyond all numbers": (
        {"pair_set": {**REFERENCE, "strength_levels": 10**400}},
        "d.json, options.pair_set: an object that names image pairs is expected here",
    ),
    "no questions": ({"questionnaire": "Your name?"}, "d.json, options.questionnaire: Line 1 is no question"),
    "other questions": (
        {"questionnaire": QUESTIONS, "questionnaire_fr": "Lunettes ? : oui | non"},
        "d.json, options.questionnaire_fr: The questionnaire has 2 questions, its translation 1.",
    ),
    "pairs by name alone": ({"pair_set": "pairs 1"}, "d.json, options.pair_set: an object that names image pairs"),
    "pairs without a name": (
        {"further_pair_sets": [REFERENCE, {**REFERENCE, "name": 3}]},
        "d.json, options.further_pair_sets, entry 2: an object that names image pairs is expected here, with name",
    ),
    "pairs with a name that none have": (
        {"pair_set": {**REFERENCE, "name": "x" * 101}},
        "d.json, options.pair_set: an object that names image pairs is expected here",
    ),
    "more pairs than anybody has": (
        {"further_pair_sets": [REFERENCE] * 101},
        "d.json, options.further_pair_sets: 101 image pairs are named; a study has at most 100 further ones",
    ),
    "pairs that say more": (
        {"pair_set": {**REFERENCE, "owner": "x"}},
        "d.json, options.pair_set.owner: this program knows no such entry",
    ),
    "pairs that are no list": ({"further_pair_sets": {}}, "d.json, options.further_pair_sets: a list is expected here"),
    "catch trials of nothing": (
        {"n_catch": 3, "catch_pair_set": None},
        "d.json, options.catch_pair_set: there are catch trials, and no image pairs of theirs are named",
    ),
}


@pytest.mark.parametrize(("entries", "message"), WRONG_OPTIONS.values(), ids=WRONG_OPTIONS)
def test_an_option_that_no_study_has_is_refused_with_its_place(entries: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        read_definition(changed(make_study(), **entries), source="d.json")


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError) as refused:
        read_definition(changed(make_study(), title="", n_clean=0, scale=9, other=1), source="d.json")
    assert [line.split(":")[0] for line in str(refused.value).splitlines()] == [
        "d.json, options.other",
        "d.json, options.title",
        "d.json, options.n_clean",
        "d.json, options.scale",
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    {
        "empty": (b"", "d.json, line 1, column 1: it is no JSON from here on (Expecting value)"),
        "cut off": (b'{"format":\n "perc', "d.json, line 2, column 2: it is no JSON from here on"),
        "not UTF-8": (b'{"title": "\xe9"}', "d.json, line 1: not UTF-8 text"),
        "an archive": (b"PK\x03\x04", "d.json: this is"),
        "a list": (b"[]", "d.json: an object is expected, with the definition in it"),
        "another file": (b'{"format": "protocol"}', "d.json: this is no definition of a study"),
        "no number": (b'{"margin": NaN}', "d.json: NaN is no number in JSON"),
        "twice": (b'{"format": 1, "format": 2}', "d.json: the entry “format” stands twice in one object"),
        "deep": (b"[" * 200_000, "d.json: objects stand in one another too deep"),
        "a long number": (b'{"version": ' + b"9" * 5000 + b"}", "d.json: Exceeds the limit"),
        "huge": (b" " * (LARGEST_BYTES + 1), "d.json: it is larger than 1024 KiB"),
    }.values(),
)
def test_what_is_no_definition_is_refused_in_words(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        read_definition(data, source="d.json")


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"version": VERSION + 1}, "d.json: a newer version of the program wrote it: its format is 2, and this one"),
        ({"version": 10**30}, "d.json: a newer version of the program wrote it"),
        ({"version": "1"}, "d.json: the entry “version” is to be a whole number"),
        ({"version": True}, "d.json: the entry “version” is to be a whole number"),
        ({"options": []}, "d.json, options: an object is expected here"),
        ({"options": {}}, "d.json, options.pair_set: it is missing, and no study is without it"),
        ({"observers": ["Anna"]}, "d.json, observers: this program knows no such entry"),
        ({"plan": {"query": "x"}}, "d.json, plan: this is no plan as this program keeps it with a study"),
    ],
)
def test_an_entry_beside_the_options_that_is_wrong_is_refused(entries: dict[str, Any], message: str) -> None:
    document: Any = definition_of(make_study()) | entries
    with pytest.raises(InputError, match=re.escape(message)):
        read_definition(json.dumps(document).encode(), source="d.json")


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=60)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps).map(str.encode)
)
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    with pytest.raises(InputError):
        read_definition(data, source="d.json")


def test_an_option_that_an_older_file_does_not_name_has_its_default() -> None:
    document: Any = definition_of(make_study(asks_comments=True, seed=5))
    del document["options"]["asks_comments"], document["options"]["seed"]
    study = imported(json.dumps(document)).study
    assert not study.asks_comments
    assert study.seed != 5


def test_a_duplicate_is_the_same_but_for_its_title_and_owner_and_both_deeds_are_written_down() -> None:
    study = full_study(title_fr="Titre")
    colleague = make_researcher()
    StudyRole.objects.create(study=study, user=colleague, role=StudyRole.Role.COLLABORATOR)
    made = duplicate_study(study=study, by=colleague)
    assert (made.study.title, made.study.title_fr, made.study.owner) == (
        "Copy of Noise study",
        "Copie de Titre",
        colleague,
    )
    one, other = (options_of(each) for each in (study, made.study))
    assert {**other, "title": 0, "title_fr": 0} == {**one, "title": 0, "title_fr": 0}
    events = AuditEvent.objects.filter(by=colleague.username).values_list("study_uid", "action")
    assert list(events) == [(study.uid, "exported"), (made.study.uid, "created")]


def test_a_title_as_long_as_titles_go_is_cut_in_a_duplicate() -> None:
    study = make_study(title="x" * 200)
    assert duplicate_study(study=study, by=study.owner).study.title == "Copy of " + "x" * 192


@pytest.mark.parametrize("role", [StudyRole.Role.MONITOR, None])
def test_who_may_take_nothing_away_duplicates_and_exports_nothing(role: StudyRole.Role | None) -> None:
    study = make_study()
    somebody = make_researcher()
    if role:
        StudyRole.objects.create(study=study, user=somebody, role=role)
    before = Study.objects.count(), AuditEvent.objects.count()
    with pytest.raises(NotPermittedError):
        duplicate_study(study=study, by=somebody)
    with pytest.raises(CommandError, match="may not take answers or figures away"):
        call_command("export_definition", str(study.pk), "-", by=somebody.username)
    assert (Study.objects.count(), AuditEvent.objects.count()) == before


def test_the_commands_write_read_and_duplicate(tmp_path: Path) -> None:
    study = full_study()
    by = study.owner.username
    file = tmp_path / "study.json"
    call_command("export_definition", str(study.pk), str(file), by=by)
    assert file.read_bytes() == definition_text(study).encode()
    out = io.StringIO()
    call_command("import_definition", str(file), by=by, stdout=out)
    newest = Study.objects.latest("pk")
    assert out.getvalue() == f"Study {newest.pk}: {study.title}\n"
    assert definition_text(newest) == definition_text(study)
    call_command("duplicate_study", str(study.pk), by=by, stdout=out)
    assert Study.objects.latest("pk").title == f"Copy of {study.title}"


def test_the_commands_tell_what_lacks_and_refuse_with_the_files_name(tmp_path: Path) -> None:
    study, other = full_study(), make_pair_set(n=9)
    assert study.catch_pair_set is not None
    file = tmp_path / "study.json"
    file.write_text(definition_text(study), encoding="utf-8", newline="")
    hide(study.pair_set, study.catch_pair_set)
    by = make_researcher().username
    with pytest.raises(
        CommandError, match=r"study\.json: There are no image pairs .* in their place\. \(--pairs NAME\)"
    ):
        call_command("import_definition", str(file), by=by)
    out = io.StringIO()
    call_command("import_definition", str(file), by=by, pairs=other.name, stdout=out)
    assert f"The definition names “{study.catch_pair_set.name}” (image pairs of the catch trials)" in out.getvalue()
    with pytest.raises(CommandError, match=r"no\.json cannot be read: No such file"):
        call_command("import_definition", str(tmp_path / "no.json"), by=by)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_definition", str(study.pk), str(tmp_path / "no" / "d.json"), by=study.owner.username)


def test_pairs_are_the_last_options_that_name_something_of_an_installation() -> None:
    related = {option.name for option in DEFINED if option.field.is_relation}
    assert related == {"pair_set", "further_pair_sets", "catch_pair_set", "control_pair_set"}
    assert isinstance(OPTIONS["further_pair_sets"].field, ManyToManyField)
