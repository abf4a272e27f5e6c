"""The options that an attack has of its own: named, explained, bounded, each with a default."""

import math
from collections.abc import Mapping
from dataclasses import Field, asdict, dataclass, field, fields
from typing import ClassVar, TypeAlias, TypeVar

from django.utils.translation import gettext

from ml.errors import MlError
from perception.core.formatting import localized


@dataclass(frozen=True, slots=True)
class AttackSettings:
    """What one family of attacks can be asked beside target, strength and seed. Subclasses add `setting` fields."""

    of_the_network: ClassVar[tuple[str, ...]] = ()
    """The settings that a network is built by: two attacks that differ in them cannot share weights."""
    of_the_training: ClassVar[tuple[str, ...]] = ()
    """The settings by which it learns: each strength is trained by itself, and is the same method trained otherwise."""

    def of_the_method(self) -> "dict[str, SettingValue]":
        """Return, by name, the settings in which two attacks of the family are two methods rather than one."""
        return {name: value for name, value in asdict(self).items() if name not in self.of_the_training}


ON, OFF = "on", "off"

Settings = TypeVar("Settings", bound=AttackSettings)
SettingValue: TypeAlias = int | float | str
Default = TypeVar("Default", int, float, str)


def setting(
    default: Default,
    explained: str,
    *,
    above: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    choices: tuple[str, ...] = (),
) -> Default:
    """Describe one option of an attack: a whole number, a number, or one of some words, as its default is."""
    metadata = {"explained": explained, "above": above, "at_least": at_least, "at_most": at_most, "choices": choices}
    described: Default = field(default=default, metadata=metadata)
    return described


def read_settings(kind: str, family: type[Settings], given: Mapping[str, object]) -> Settings:
    """Return the settings asked for, the defaults where nothing was asked.

    Raises
    ------
    MlError
        An option that this attack does not have, or a value that it cannot be.
    """
    known = {one.name: one for one in fields(family)}
    if strangers := [name for name in given if name not in known]:
        raise MlError(
            gettext("%(options)s: no option of the attack %(kind)s. It has %(known)s.")
            % {
                "options": ", ".join(map(option_name, strangers)),
                "kind": kind,
                "known": ", ".join(map(option_name, known)) or gettext("none of its own"),
            }
        )
    return family(**{name: _checked(known[name], value) for name, value in given.items()})


def option_name(name: str) -> str:
    """Return a field's name as an option of the command line."""
    return "--" + name.replace("_", "-")


def _checked(one: Field[object], value: object) -> SettingValue:
    option, kind = option_name(one.name), type(one.default)
    if kind is str:
        if value not in one.metadata["choices"]:
            raise MlError(
                gettext("%(option)s is one of %(listed)s; not %(value)s.")
                % {"option": option, "listed": ", ".join(one.metadata["choices"]), "value": repr(value)}
            )
        return str(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MlError(gettext("%(option)s is a number, not %(value)s.") % {"option": option, "value": repr(value)})
    if not math.isfinite(value) or (kind is int and value != int(value)):
        said = (
            gettext("%(option)s is a whole number, not %(value)s.")
            if kind is int
            else gettext("%(option)s is a number, not %(value)s.")
        )
        raise MlError(said % {"option": option, "value": localized(f"{value:g}")})
    above, at_least, at_most = (one.metadata[bound] for bound in ("above", "at_least", "at_most"))
    if above is not None and not value > above:
        raise MlError(
            gettext("%(option)s is to be above %(above)s, not %(value)s.")
            % {"option": option, "above": localized(f"{above:g}"), "value": localized(f"{value:g}")}
        )
    if at_least is not None and not value >= at_least:
        raise MlError(
            gettext("%(option)s is %(at_least)s or more, not %(value)s.")
            % {"option": option, "at_least": localized(f"{at_least:g}"), "value": localized(f"{value:g}")}
        )
    if at_most is not None and not value <= at_most:
        raise MlError(
            gettext("%(option)s is %(at_most)s at most, not %(value)s.")
            % {"option": option, "at_most": localized(f"{at_most:g}"), "value": localized(f"{value:g}")}
        )
    return int(value) if kind is int else float(value)
