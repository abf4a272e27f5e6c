"""The options of all kinds of attack as flags of one command line."""

from argparse import ArgumentParser
from dataclasses import Field, fields
from typing import Any

from ml.attacks import ATTACKS
from ml.attacks.settings import option_name


def add_attack_flags(parser: ArgumentParser) -> None:
    """Add a flag for each option that any kind of attack has; what is not given stays at the attack's default."""
    group = parser.add_argument_group("options of single attacks")
    for name, by_kind in _settings().items():
        first = next(iter(by_kind.values()))
        kinds = list(by_kind)
        same = len({(one.default, one.metadata["explained"]) for one in by_kind.values()}) == 1
        explained = [
            f"{', '.join(kinds if same else [kind])}: {one.metadata['explained']} (default: {one.default})"
            for kind, one in by_kind.items()
        ]
        group.add_argument(
            option_name(name),
            dest=f"setting_{name}",
            type=type(first.default),
            choices=first.metadata["choices"] or None,
            help="; ".join(explained[:1] if same else explained).replace("%", "%%"),
        )


def given_settings(options: dict[str, Any]) -> dict[str, Any]:
    """Return the attack's options that the command line names."""
    named = {name: options.get(f"setting_{name}") for name in _settings()}
    return {name: value for name, value in named.items() if value is not None}


def _settings() -> dict[str, dict[str, Field[Any]]]:
    found: dict[str, dict[str, Field[Any]]] = {}
    for kind, method in ATTACKS.items():
        for one in fields(method.settings):
            found.setdefault(one.name, {})[kind] = one
    return found
