"""The list of what is stored of a person leaves nothing out, and names nothing that is not there."""

from django.apps import apps
from django.db.models import Field, ForeignKey, Model

from studies.data_protection.inventory import STORED_OF_A_PERSON
from studies.models import Observer, Session
from studies.observer.form_data import DISPLAY_FIELDS, START_FIELDS

MEASURED = {"Session.display": START_FIELDS, "Answer.display": DISPLAY_FIELDS}
IN_THE_LOG = {"AuditEvent.details.observers", "AuditEvent.details.observer"}


def models_of_a_person() -> set[type[Model]]:
    """Return the model of an observer, and each whose rows belong to one, however many relations away."""
    found: set[type[Model]] = {Observer}
    while True:
        more = {model for model in apps.get_models() if any(target in found for target in parents_of(model))} - found
        if not more:
            return found
        found |= more


def parents_of(model: type[Model]) -> list[type[Model]]:
    return [field.related_model for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


def is_only_structure(model: type[Model], field: "Field[object, object]") -> bool:
    """Tell whether a field says nothing but which row belongs to which."""
    above = {
        "Observer": "study",
        "Session": "observer",
        "Trial": "session",
        "OutsideId": "observer",
        "Place": "observer",
        "ScreeningResult": "session",
    }
    return (field.primary_key and not isinstance(field, ForeignKey)) or above.get(model.__name__) == field.name


def stored_fields() -> set[str]:
    stored = set(IN_THE_LOG)
    for model in models_of_a_person():
        for field in model._meta.concrete_fields:
            name = f"{model.__name__}.{field.name}"
            if name in MEASURED:
                stored |= {f"{name}.{key}" for key in MEASURED[name]}
            elif not is_only_structure(model, field):
                stored.add(name)
    return stored


def test_a_person_has_an_observer_a_session_with_checks_trials_and_answers_a_place_and_an_outside_id() -> None:
    names = {"Observer", "Session", "Trial", "Answer", "OutsideId", "Place", "ScreeningResult"}
    assert {model.__name__ for model in models_of_a_person()} == names


def test_every_field_stands_in_one_line_and_no_line_names_what_is_not_there() -> None:
    listed = [field for stored in STORED_OF_A_PERSON for field in stored.fields]
    assert sorted(listed) == sorted(stored_fields())


def test_a_new_field_without_a_line_would_be_found() -> None:
    listed = {field for stored in STORED_OF_A_PERSON for field in stored.fields}
    assert "Session.comments" in stored_fields()
    assert stored_fields() - (listed - {"Session.comments"}) == {"Session.comments"}
    assert Session in models_of_a_person()
