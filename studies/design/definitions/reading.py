"""A file → definition: what is wrong with it is said with its place, all of it at once; nothing is made of it here."""

import json
from collections.abc import Callable, Container
from dataclasses import dataclass, fields

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Field, FloatField, ForeignKey, IntegerField, ManyToManyField
from django.utils.translation import gettext

from ml.models.pair_set import PairSet
from perception.analysis.json_values import JsonObject, JsonValue
from perception.core.input_files.errors import InputError, InputRowsError
from perception.core.input_files.text_file import decode_text
from perception.core.json_checks import json_list, json_object, json_scalar
from studies.design.definitions.document import DEFINED, FORMAT, VERSION
from studies.design.definitions.pair_set_reference import PairSetReference
from studies.design.option import StudyOption
from studies.errors import StudyError
from studies.models.study import Study
from studies.planning.kept_plan import KeptPlan
from studies.questionnaire import parse_questionnaire, require_same_shape

LARGEST_BYTES = 1024**2
"""Of a file: every text of a study at its longest, several times over."""
MOST_FURTHER = 100
LONGEST_NAME = PairSet._meta.get_field("name").max_length or 0
KEYS = ("format", "version", "options", "plan")


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition that was read: each option alone is one that a study can have.

    Attributes
    ----------
    options
        By name; those that name image pairs are not among them. What the file does not name is left out.
    pair_set, further_pair_sets, catch_pair_set, control_pair_set
        The image pairs that it names.
    plan
        The plan kept with the study; None where there is none.
    """

    options: dict[str, object]
    pair_set: PairSetReference
    further_pair_sets: tuple[PairSetReference, ...]
    catch_pair_set: PairSetReference | None
    control_pair_set: PairSetReference | None
    plan: JsonObject | None


def read_definition(data: bytes, *, source: str) -> Definition:
    """Read a definition.

    Parameters
    ----------
    data
        The bytes of the file, UTF-8.
    source
        Its name, for messages.

    Raises
    ------
    InputError
        It is too large, no JSON, no definition, or of a newer format.
    InputRowsError
        Entries are missing, unknown, of a wrong type, or no study can have them: all of them.
    """
    document = _document(data, source)
    _require_format(document, source)
    reader = _Reader(source)
    reader.refuse_unknown(document, KEYS, place="")
    given = reader.object_at(document, "options")
    reader.refuse_unknown(given, {option.name for option in DEFINED}, place="options.")
    named = [option for option in DEFINED if option.name in given]
    values = {option.name: reader.option(option, given[option.name]) for option in named}
    for option in DEFINED:
        if option.is_asked_first and option.name not in given:
            reader.tell(f"options.{option.name}", gettext("it is missing, and no study is without it"))
    plan = reader.plan(document.get("plan"))
    if values.get("n_catch") and values.get("catch_pair_set") is None and not reader.errors:
        reader.tell("options.catch_pair_set", gettext("there are catch trials, and no image pairs of theirs are named"))
    reader.check_questionnaires(values)
    reader.raise_errors()
    pair_set, further = values.pop("pair_set"), values.pop("further_pair_sets", ())
    catch, control = (
        reference if isinstance(reference, PairSetReference) else None
        for reference in (values.pop("catch_pair_set", None), values.pop("control_pair_set", None))
    )
    if not isinstance(pair_set, PairSetReference) or not isinstance(further, tuple):
        raise TypeError("image pairs were read as something else")
    return Definition(values, pair_set, further, catch, control, plan)


class _Reader:
    """Checks entries, and keeps what is wrong with them."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.errors: list[InputError] = []

    def tell(self, place: str, message: str) -> None:
        self.errors.append(InputError(message, source=f"{self.source}, {place}"))

    def raise_errors(self) -> None:
        if self.errors:
            raise InputRowsError(self.errors)

    def refuse_unknown(self, entries: JsonObject, known: Container[str], *, place: str) -> None:
        for name in entries:
            if name not in known:
                self.tell(
                    f"{place}{name[:60]}",
                    gettext("this program knows no such entry: it is misspelt, or a newer version wrote the file"),
                )

    def object_at(self, document: JsonObject, key: str) -> JsonObject:
        try:
            return json_object(document.get(key))
        except TypeError:
            self.tell(key, gettext("an object is expected here"))
            self.raise_errors()
            raise

    def option(self, option: StudyOption, value: JsonValue) -> object:
        """Return the value of an option; None, and what is wrong with it, where no study can have it."""
        place, field = f"options.{option.name}", option.field
        if isinstance(field, ManyToManyField):
            return self._references(place, value)
        if isinstance(field, ForeignKey):
            return None if value is None and field.null else self._reference(place, value)
        if value is None and field.null:
            return None
        kind, expected = _kind_of(field)
        try:
            checked = kind(value)
            if isinstance(checked, str):
                _require_storable(checked)
            return field.clean(checked, Study())
        except TypeError:
            self.tell(place, expected)
        except ValueError as error:
            self.tell(place, str(error))
        except ValidationError as error:
            self.tell(place, " ".join(error.messages))
        return None

    def plan(self, value: JsonValue) -> JsonObject | None:
        if value is None:
            return None
        try:
            plan = json_object(value)
            _require_storable(json.dumps(plan, ensure_ascii=False))
            KeptPlan.read(plan)
        except (KeyError, TypeError, ValueError):
            self.tell("plan", gettext("this is no plan as this program keeps it with a study"))
            return None
        return plan

    def check_questionnaires(self, values: dict[str, object]) -> None:
        texts = {name: str(values.get(name) or "") for name in ("questionnaire", "questionnaire_fr")}
        name = "questionnaire"
        try:
            questions = parse_questionnaire(texts[name])
            if texts[name := "questionnaire_fr"].strip():
                require_same_shape(questions, parse_questionnaire(texts[name]))
        except StudyError as error:
            self.tell(f"options.{name}", str(error))

    def _references(self, place: str, value: JsonValue) -> tuple[PairSetReference, ...]:
        try:
            entries = json_list(value)
        except TypeError:
            self.tell(place, gettext("a list is expected here, of objects that name image pairs"))
            return ()
        if len(entries) > MOST_FURTHER:
            many = gettext("%(n)d image pairs are named; a study has at most %(most)d further ones")
            self.tell(place, many % {"n": len(entries), "most": MOST_FURTHER})
            return ()
        found = [self._reference(f"{place}, entry {number}", entry) for number, entry in enumerate(entries, start=1)]
        return tuple(reference for reference in found if reference is not None)

    def _reference(self, place: str, value: JsonValue) -> PairSetReference | None:
        names = [field.name for field in fields(PairSetReference)]
        try:
            entry = json_object(value)
            reference = PairSetReference(
                json_scalar(entry["name"], str),
                json_scalar(entry["content_sha256"], str),
                json_scalar(entry["strength_levels"], float),
                json_scalar(entry["side_pixels"], int),
            )
            _require_storable(reference.name)
            if len(reference.name) > LONGEST_NAME:
                raise ValueError(f"no image pairs have a name of {len(reference.name)} characters")  # noqa: TRY301
        except (KeyError, TypeError, ValueError):
            expected = gettext("an object that names image pairs is expected here, with %(names)s")
            self.tell(place, expected % {"names": ", ".join(names)})
            return None
        self.refuse_unknown(entry, names, place=f"{place}.")
        return reference


def _document(data: bytes, source: str) -> JsonObject:
    if len(data) > LARGEST_BYTES:
        raise InputError(
            gettext("it is larger than %(limit)d KiB: no definition of a study is") % {"limit": LARGEST_BYTES // 1024},
            source=source,
        )
    text = decode_text(data, source=source)
    try:
        document: JsonValue = json.loads(text, object_pairs_hook=_once_each, parse_constant=_refuse_constant)
        return json_object(document)
    except json.JSONDecodeError as error:
        raise InputError(
            gettext("it is no JSON from here on (%(reason)s)") % {"reason": error.msg},
            source=source,
            line=error.lineno,
            column=str(error.colno),
        ) from error
    except RecursionError as error:
        raise InputError(gettext("objects stand in one another too deep"), source=source) from error
    except TypeError as error:
        raise InputError(gettext("an object is expected, with the definition in it"), source=source) from error
    except ValueError as error:
        raise InputError(str(error), source=source) from error


def _require_format(document: JsonObject, source: str) -> None:
    if document.get("format") != FORMAT:
        raise InputError(
            gettext("this is no definition of a study: it does not say so in its entry “format” (“%(format)s”)")
            % {"format": FORMAT},
            source=source,
        )
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise InputError(gettext("the entry “version” is to be a whole number from 1 on"), source=source)
    if version > VERSION:
        raise InputError(
            gettext(
                "a newer version of the program wrote it: its format is %(version)s, and this one reads up to "
                "%(known)d. Bring the program up to date, or let the other one write it anew."
            )
            % {"version": str(version)[:20], "known": VERSION},
            source=source,
        )


def _once_each(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    entries: JsonObject = {}
    for name, value in pairs:
        _require_storable(name)  # and so each name can be quoted on a page
        if name in entries:
            raise ValueError(gettext("the entry “%(name)s” stands twice in one object") % {"name": name[:60]})
        entries[name] = value
    return entries


def _refuse_constant(name: str) -> float:
    raise ValueError(gettext("%(name)s is no number in JSON") % {"name": name})


def _kind_of(field: "Field[object, object]") -> tuple[Callable[[JsonValue], object], str]:
    """Return what checks the type of a value, and what to say where it is another."""
    if isinstance(field, BooleanField):
        return lambda value: json_scalar(value, bool), gettext("true or false is expected here")
    if isinstance(field, IntegerField):
        return lambda value: json_scalar(value, int), gettext("a whole number is expected here")
    if isinstance(field, FloatField):
        return lambda value: json_scalar(value, float), gettext("a number is expected here")
    return lambda value: json_scalar(value, str), gettext("a text is expected here")


def _require_storable(text: str) -> None:
    """Refuse characters that no database keeps.

    Raises
    ------
    ValueError
        A NUL character, or half of a pair of surrogates.
    """
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError(gettext("it holds a character that is none (NUL, or half of another)"))
