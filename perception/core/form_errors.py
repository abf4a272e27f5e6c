"""What is wrong with forms, for the summary on top of their page: each with a link to its field."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.forms import BaseForm, CheckboxSelectMultiple, RadioSelect


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """One thing that is wrong.

    Attributes
    ----------
    label
        Of the field; empty where it is no field's.
    text
        What is wrong.
    target
        The id of the field, or of the first of its buttons; empty where it is no field's.
    """

    label: str
    text: str
    target: str


def error_summary(*forms: BaseForm) -> list[ErrorLine]:
    """Return what is wrong with forms that stand on one page, in the order of their fields."""
    return [line for form in forms for line in _lines(form)]


def _lines(form: BaseForm) -> Iterator[ErrorLine]:
    for text in form.non_field_errors():
        yield ErrorLine("", str(text), "")
    for name in form.fields:
        if name not in form.errors:
            continue
        bound = form[name]
        several = isinstance(bound.field.widget, RadioSelect | CheckboxSelectMultiple)
        target = f"{bound.auto_id}_0" if several else bound.auto_id
        for text in form.errors[name]:
            yield ErrorLine(str(bound.label), str(text), target)
