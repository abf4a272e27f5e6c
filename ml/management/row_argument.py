"""Which dataset, classifier, attack or pair set a command is about."""

from argparse import ArgumentParser

from ml.models import Attack, Classifier, Dataset, PairSet
from ml.models.owned import Owned
from ml.runs.lookup import named_or_newest

KINDS: dict[str, type[Owned]] = {"dataset": Dataset, "classifier": Classifier, "attack": Attack, "pair-set": PairSet}


def add_row_arguments(parser: ArgumentParser) -> None:
    """Add the kind and the name of a row."""
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("name", metavar="NAME")


def row_from(kind: str, name: str) -> Owned:
    """Return the row of that kind and name.

    Raises
    ------
    MlError
        There is none; the message lists those that there are.
    """
    return named_or_newest(KINDS[kind], name)
