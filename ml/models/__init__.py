"""The state of the image side: datasets, networks, pairs, runs. One model a module."""

from ml.models.attack import Attack
from ml.models.classifier import Classifier
from ml.models.dataset import Dataset
from ml.models.evaluation import Evaluation
from ml.models.image import Image
from ml.models.image_pair import ImagePair
from ml.models.model_observer import ModelObserver
from ml.models.pair_set import PairSet
from ml.models.pair_visibility import PairVisibility
from ml.models.run import Run
from ml.models.survival import Survival
from ml.models.upload import Upload
from ml.models.upload_piece import UploadPiece
from ml.models.visibility import Visibility
from ml.models.work.checkpoint_part import CheckpointPart
from ml.models.work.duty import Duty
from ml.models.work.import_claim import ImportClaim
from ml.models.work.removal import Removal
from ml.models.work.worker import Worker

__all__ = [
    "Attack",
    "CheckpointPart",
    "Classifier",
    "Dataset",
    "Duty",
    "Evaluation",
    "Image",
    "ImagePair",
    "ImportClaim",
    "ModelObserver",
    "PairSet",
    "PairVisibility",
    "Removal",
    "Run",
    "Survival",
    "Upload",
    "UploadPiece",
    "Visibility",
    "Worker",
]
