"""The state of the image side: datasets, networks, pairs, runs. One model a module."""

from .attack import Attack
from .classifier import Classifier
from .dataset import Dataset
from .evaluation import Evaluation
from .image import Image
from .image_pair import ImagePair
from .machine_observer import MachineObserver
from .pair_set import PairSet
from .run import Run
from .survival import Survival

__all__ = [
    "Attack",
    "Classifier",
    "Dataset",
    "Evaluation",
    "Image",
    "ImagePair",
    "MachineObserver",
    "PairSet",
    "Run",
    "Survival",
]
