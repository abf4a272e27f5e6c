"""What one option of a study is: its place on the forms, its flag of the command, its entry in the protocol."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db.models import Field, ManyToManyField
from django.utils.translation import gettext, gettext_noop

from perception.analysis.json_values import JsonObject, JsonValue
from studies.models.study import Study


class _Required:
    """Stands for the value of an entry that every protocol has."""


REQUIRED: Final = _Required()

NAMED_AFTER_THEIR_FIELDS = (
    gettext_noop("title"),
    gettext_noop("trial type"),
    gettext_noop("question"),
    gettext_noop("instructions"),
    gettext_noop("consent text"),
    gettext_noop("questionnaire"),
    gettext_noop("debriefing"),
    gettext_noop("seed"),
)
"""Labels that Django makes of the names of fields, so that they stand nowhere else."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the pages on which a study is made, one after the other: its part of the address, and its title."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Options that stand together on the page of a step, under a title and, where there is one, a note.

    Attributes
    ----------
    step
        The page.
    advanced
        Whether they are folded away, unless one of them is not as usual.
    """

    title: str
    step: Step
    note: str = ""
    advanced: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """How `create_study` takes an option. What it takes, and its default, follow from the model's field.

    Attributes
    ----------
    name
        With its dashes; without, it is a positional argument.
    help, metavar
        As argparse has them.
    section
        The title of the part of `--help` where it stands; empty for the main part.
    """

    name: str
    help: str | None = None
    metavar: str | None = None
    section: str = ""

    @property
    def argument(self) -> str:
        """The name under which the command gets the value."""
        return self.name.lstrip("-").replace("-", "_")


@dataclass(frozen=True, slots=True)
class ProtocolEntry:
    """Where the protocol holds an option, and what it holds.

    Attributes
    ----------
    path
        The keys from the outermost object inwards, with a dot between.
    value_of
        What is written; None: the value of the model's field.
    if_missing
        What a protocol means that has no such entry, as those of older versions.
    applies
        Which studies have it in their protocol; None: all. Others mean what `if_missing` says.
    """

    path: str
    value_of: Callable[[Study], JsonValue] | None = None
    if_missing: "JsonValue | _Required" = REQUIRED
    applies: Callable[[Study], bool] | None = None

    def write(self, protocol: JsonObject, value: JsonValue) -> None:
        """Set the value at its path; the objects on the way are made where they are missing."""
        *outer, last = self.path.split(".")
        place = protocol
        for key in outer:
            inner = place.setdefault(key, {})
            if not isinstance(inner, dict):
                raise TypeError(f"{key} of {self.path} is not an object in the protocol")
            place = inner
        place[last] = value

    def read(self, protocol: JsonObject) -> JsonValue:
        """Return the value at its path, or what its absence means.

        Raises
        ------
        KeyError, TypeError
            The protocol is not one of this program.
        """
        place: JsonValue = protocol
        for key in self.path.split("."):
            if not isinstance(place, dict):
                raise TypeError(f"the protocol has no object around {key} of {self.path}")
            if key not in place:
                if isinstance(self.if_missing, _Required):
                    raise KeyError(self.path)
                return self.if_missing
            place = place[key]
        return place

    @property
    def is_required(self) -> bool:
        """Whether every protocol has it, of whatever version."""
        return isinstance(self.if_missing, _Required)

    def is_in(self, protocol: JsonObject) -> bool:
        """Whether the protocol has the entry; those of older versions lack some."""
        place: JsonValue = protocol
        for key in self.path.split("."):
            if not isinstance(place, dict) or key not in place:
                return False
            place = place[key]
        return True


@dataclass(frozen=True, slots=True)
class StudyOption:
    """One option of a study. Label, help, default, bounds and whether it may be empty stand in the model's field.

    Attributes
    ----------
    name
        Of the field of `studies.models.study.Study`.
    group
        Where it stands on the form.
    flag
        How the command takes it.
    protocol
        Where the protocol holds it; None: the protocol says nothing of it.
    beside
        Whether it stands beside the option before it.
    in_figures
        Whether the report's figures say it, by its name, under `study`.
    fixed_at_opening
        Whether it cannot be changed once the study is open.
    fixed_at_closing
        Whether it cannot be changed once the study is closed.
    """

    name: str
    group: OptionGroup
    flag: Flag
    protocol: ProtocolEntry | None
    beside: bool = False
    in_figures: bool = False
    fixed_at_opening: bool = True
    fixed_at_closing: bool = True

    @property
    def field(self) -> "Field[object, object]":
        """The model's field."""
        field = Study._meta.get_field(self.name)
        if not isinstance(field, Field):
            raise TypeError(f"{self.name} is no field of a study")
        return field

    @property
    def label(self) -> str:
        """What stands before its field, in the language of the page."""
        return gettext(str(self.field.verbose_name))

    @property
    def step(self) -> Step:
        """The page on which it is set."""
        return self.group.step

    @property
    def is_asked_first(self) -> bool:
        """Whether there is no draft without it: it has no default and may not be empty."""
        return not self.field.has_default() and not self.field.blank

    def is_usual(self, study: Study) -> bool:
        """Whether a study has the usual value of it; what has no usual value, such as the seed, always is."""
        value = getattr(study, self.name)
        if isinstance(self.field, ManyToManyField):
            return not value.exists()
        if self.field.has_default() or self.field.null or self.field.empty_strings_allowed:
            return bool(value == self.field.get_default())
        return True

    @property
    def may_be_emptied(self) -> bool:
        """Whether None is a value of it; to any other option, None says to leave it as it is."""
        return self.field.null

    def protocol_value(self, study: Study) -> JsonValue:
        """Return what the protocol of a study holds of it."""
        if self.protocol is not None and self.protocol.value_of is not None:
            return self.protocol.value_of(study)
        value: JsonValue = getattr(study, self.name)
        return value
