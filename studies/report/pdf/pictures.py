"""The pictures of an image pair, as files of a PDF: those that the page shows, in its order."""

from typing import Any

from django.db.models.fields.files import FieldFile

from ml.images.pixels import decode, encode_png
from ml.images.stored_file import AlteredFileError, read_unaltered
from ml.models.image_pair import ImagePair
from ml.pairs.example_figure import enlarged_difference
from studies.report.sections.elements import PicturedPair

# What the text alternative and the line below each picture say of it.
CLEAN, PERTURBED, DIFFERENCE = "clean", "perturbed", "difference, enlarged"


def pictures_of(pictured: PicturedPair, files: dict[str, bytes]) -> dict[str, Any]:
    """Return an image pair as JSON, and put its pictures among the files; one that is gone or altered has no file."""
    pair = ImagePair.objects.get(pk=pictured.pair_id)
    clean = _unaltered(pair.clean_file, pair.clean_sha256)
    perturbed = _unaltered(pair.perturbed_file, pair.perturbed_sha256)
    difference = encode_png(enlarged_difference(decode(clean), decode(perturbed))) if clean and perturbed else b""
    pictures = []
    for number, (name, data) in enumerate(((CLEAN, clean), (PERTURBED, perturbed), (DIFFERENCE, difference))):
        file = f"pair{pair.pk}-{number}.png" if data else ""
        if data:
            files[file] = data
        pictures.append({"name": name, "file": file, "alternative": f"{pictured.name}, {name}"})
    return {"name": pictured.name, "text": pictured.text, "pictures": pictures}


def _unaltered(file: FieldFile, sha256: str) -> bytes:
    try:
        return read_unaltered(file, sha256)
    except (OSError, AlteredFileError):
        return b""
