"""How an attack was made, read from its stored options: the one place that knows their keys."""

from collections.abc import Mapping
from dataclasses import dataclass

from ml.attacks import ATTACKS
from ml.errors import MlError
from ml.models.attack import Attack
from ml.options import SettingValue, read_settings


@dataclass(frozen=True, slots=True)
class AttackRecord:
    """How an attack was made, as far as it is stored.

    Attributes
    ----------
    split
        The side of the classifier's dataset that it was made with; empty where none is stored.
    seed
        Of everything random in it; None where none is stored.
    start_from
        The name of the attack whose weights its training began with; empty where it began from nothing.
    settings
        What was asked of its kind beside, by name.
    """

    split: str
    seed: int | None
    start_from: str
    settings: Mapping[str, SettingValue]

    @classmethod
    def of(cls, attack: Attack) -> "AttackRecord":
        """Read what is stored."""
        options = attack.options
        return cls(
            split=options.get("split") or "",
            seed=options.get("seed"),
            start_from=options.get("start_from") or "",
            settings=options.get("settings", {}),
        )


def settings_of_the_method(attack: Attack) -> dict[str, SettingValue]:
    """Return, by name, the settings that make an attack the method that it is.

    Where one is not stored, its kind's default. Of a kind, or with settings, that this version does not know: whatever
    is stored.
    """
    stored = AttackRecord.of(attack).settings
    if attack.kind not in ATTACKS:
        return dict(stored)
    try:
        return read_settings(attack.kind, ATTACKS[attack.kind].settings, stored).of_the_method()
    except MlError:
        return dict(stored)


def unusual_settings(attack: Attack) -> dict[str, SettingValue]:
    """Return those of `settings_of_the_method` that are not its kind's defaults."""
    usual = ATTACKS[attack.kind].settings().of_the_method() if attack.kind in ATTACKS else {}
    return {name: value for name, value in settings_of_the_method(attack).items() if usual.get(name) != value}


def setting_text(value: SettingValue) -> str:
    """Return a setting's value as it is read: a number without zeros at its end."""
    return f"{value:g}" if isinstance(value, float) else str(value)
