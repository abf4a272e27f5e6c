"""The state of the image side: datasets, networks, pairs, runs. One model a module."""

from ml.models.attack import Attack
from ml.models.classifier import Classifier
from ml.models.dataset import Dataset
from ml.models.evaluation import Evaluation
from ml.models.image import Image
from ml.models.image_pair import ImagePair
from ml.models.model_observer import ModelObserver
from ml.models.pair_set import PairSet
from ml.models.run import Run
from ml.models.survival import Survival
from ml.models.upload import Upload
from ml.models.upload_piece import UploadPiece

__all__ = [
    "Attack",
    "Classifier",
    "Dataset",
    "Evaluation",
    "Image",
    "ImagePair",
    "ModelObserver",
    "PairSet",
    "Run",
    "Survival",
    "Upload",
    "UploadPiece",
]
