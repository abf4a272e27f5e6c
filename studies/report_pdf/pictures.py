"""The pictures of an image pair, as files of a PDF."""

from typing import Any

from django.core.files.storage import default_storage

from ml.models.image_pair import ImagePair
from studies.report_parts.part import PicturedPair

TWINS = ("perturbed", "clean")


def pictures_of(pictured: PicturedPair, files: dict[str, bytes]) -> dict[str, Any]:
    """Return an image pair as JSON, and put its two pictures among the files; one that is gone has no file."""
    pair = ImagePair.objects.get(pk=pictured.pair_id)
    pictures = []
    for kind in TWINS:
        stored = pair.perturbed_file if kind == "perturbed" else pair.clean_file
        file = f"pair{pair.pk}-{kind}.png"
        try:
            with default_storage.open(str(stored.name)) as picture:
                files[file] = picture.read()
        except OSError:
            file = ""
        pictures.append({"name": kind, "file": file, "alternative": f"{pictured.name}, {kind}"})
    return {"name": pictured.name, "text": pictured.text, "pictures": pictures}
