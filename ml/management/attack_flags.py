"""The options of all kinds of attack as flags of one command line."""

from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import Field, fields

from ml.attacks import ATTACKS
from ml.management.data_command import Options
from ml.options import SettingValue, option_name


def add_attack_flags(parser: ArgumentParser) -> None:
    """Add a flag for each option that any kind of attack has; what is not given stays at the attack's default."""
    group = parser.add_argument_group("options of single attacks")
    for name, by_kind in _settings().items():
        group.add_argument(
            option_name(name),
            dest=f"setting_{name}",
            type=_value_type(by_kind.values()),
            choices=list(dict.fromkeys(word for one in by_kind.values() for word in one.metadata["choices"])) or None,
            help=_explained(by_kind).replace("%", "%%"),
        )


def given_settings(options: Options) -> dict[str, SettingValue]:
    """Return the attack's options that the command line names."""
    named = {name: options.get(f"setting_{name}") for name in _settings()}
    return {name: value for name, value in named.items() if value is not None}


def _settings() -> dict[str, dict[str, Field[object]]]:
    found: dict[str, dict[str, Field[object]]] = {}
    for kind, method in ATTACKS.items():
        for one in fields(method.settings):
            found.setdefault(one.name, {})[kind] = one
    return found


def _value_type(settings: Iterable[Field[object]]) -> type:
    """Return what a flag's text becomes: a float where one kind of attack wants whole numbers and another does not."""
    types = {type(one.default) for one in settings}
    return types.pop() if len(types) == 1 else float


def _explained(by_kind: dict[str, Field[object]]) -> str:
    """Explain the option, once for all kinds for which it means the same."""
    kinds: dict[str, list[str]] = {}
    for kind, one in by_kind.items():
        kinds.setdefault(f"{one.metadata['explained']} (default: {one.default})", []).append(kind)
    return "; ".join(f"{', '.join(names)}: {text}" for text, names in kinds.items())
