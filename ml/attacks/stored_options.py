"""How an attack was made, read from its stored options: the one place that knows their keys."""

from collections.abc import Mapping
from dataclasses import dataclass

from ml.models.attack import Attack
from ml.options import SettingValue


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
