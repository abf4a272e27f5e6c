"""Which engine makes the shards: the one that was asked for, or the one that the settings name."""

from pathlib import Path
from typing import Any

from django.conf import settings

from ml.errors import MlError
from ml.pairs.engines.engine import Engine
from ml.pairs.engines.inline import InlineEngine
from ml.pairs.engines.local import LocalEngine
from ml.pairs.engines.slurm import SlurmEngine, SlurmOptions

INLINE, LOCAL, SLURM = "inline", "local", "slurm"
ENGINES = (INLINE, LOCAL, SLURM)

# A run that goes on does its unfinished shards again: of a hundred thousand images a hundred at most.
MOST_SHARDS = 1000
# Each job of a cluster loads the networks anew.
JOBS = 8


def check_engine(name: str) -> None:
    """Refuse an engine that there is not.

    Raises
    ------
    MlError
        With those that there are.
    """
    if name not in ENGINES:
        raise MlError(f"There is no engine {name!r}; there are {', '.join(ENGINES)}.")


def configured_engine() -> str:
    """Return the name of the engine that the settings name."""
    engine: str = settings.ENGINE
    return engine


def engine_named(name: str) -> Engine:
    """Return the engine of that name."""
    if name == SLURM:
        options: dict[str, Any] = settings.SLURM
        return SlurmEngine(SlurmOptions(**options))
    return LocalEngine() if name == LOCAL else InlineEngine()


def usual_shards(name: str) -> int:
    """Return into how many shards the work of an engine is cut where nobody says."""
    return settings.SHARDS or (JOBS if name == SLURM else MOST_SHARDS)


def sees_work_folder_alone(name: str) -> bool:
    """Say whether those who make the shards see the work folder, and nothing else of what this process sees."""
    return name == SLURM and not Path(settings.WORK_DIR).is_relative_to(settings.DATA_DIR)
