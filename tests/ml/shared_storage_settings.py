"""The settings of machines that share a database and the images, each with a data folder of its own."""

import os
from pathlib import Path

from tests.ml.import_settings import *  # noqa: F403

MEDIA_ROOT = Path(os.environ["SHARED_MEDIA"])
ALLOWED_HOSTS = ["testserver"]
# Names without a hash: nothing has to be collected first.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
