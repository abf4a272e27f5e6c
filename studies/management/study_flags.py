"""The options of a study as flags of a command line."""

from argparse import SUPPRESS, ArgumentParser
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db.models import BooleanField, Field, FloatField, ForeignKey, IntegerField, ManyToManyField, TextField

from studies.design.option import StudyOption
from studies.design.options import STUDY_OPTIONS
from studies.lookup import pair_set_from


def add_study_flags(parser: ArgumentParser) -> None:
    """Add a flag for each option, in the list's order; what is not given is not among the arguments."""
    sections = {"": parser.add_argument}
    for option in STUDY_OPTIONS:
        flag, field = option.flag, option.field
        if flag.section not in sections:
            sections[flag.section] = parser.add_argument_group(flag.section).add_argument
        add = sections[flag.section]
        if isinstance(field, BooleanField):
            add(flag.name, action="store_true", default=SUPPRESS, help=flag.help)
        elif isinstance(field, ManyToManyField):
            add(flag.name, action="append", default=SUPPRESS, metavar=flag.metavar, help=flag.help)
        else:
            add(
                flag.name,
                type=_argument_type(field),
                choices=[value for value, _ in field.flatchoices] or None,
                default=SUPPRESS,
                metavar=flag.metavar,
                help=flag.help and flag.help.replace("%(default)s", str(field.get_default())),
            )


def given_options(arguments: Mapping[str, object]) -> dict[str, object]:
    """Return the options that the command line gives: image pairs by their names, texts from their files.

    Raises
    ------
    CommandError
        There are no such image pairs, or a file cannot be read.
    """
    return {
        option.name: _value(option, arguments[option.flag.argument])
        for option in STUDY_OPTIONS
        if option.flag.argument in arguments
    }


def wrong_text(error: ValidationError) -> str:
    """Return what is wrong with options, in one line."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())


def _argument_type(field: "Field[object, object]") -> type[int | float | str | Path]:
    if isinstance(field, IntegerField):
        return int
    if isinstance(field, FloatField):
        return float
    return Path if isinstance(field, TextField) else str


def _value(option: StudyOption, given: object) -> object:
    field = option.field
    if isinstance(field, BooleanField):
        # The flag asks for what is not usual.
        return field.default is not given
    if isinstance(field, ManyToManyField) and isinstance(given, list):
        return [pair_set_from(name) for name in given]
    if isinstance(field, ForeignKey):
        return pair_set_from(str(given))
    return _text_of(given) if isinstance(given, Path) else given


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read as UTF-8 text: {error}") from error
