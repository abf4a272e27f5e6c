"""Deleting a dataset, a classifier, an attack or a pair set on which nothing rests: rows first, then their files."""

import logging
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext, ngettext

from ml.errors import MlError
from ml.lifecycle.dependents import dependents_of
from ml.lifecycle.file_removal import announce_removal, finish_removals
from ml.lifecycle.rows import locked
from ml.models import Attack, Classifier, Dataset, Evaluation, ImagePair, ModelObserver, PairSet, Survival, Visibility
from ml.models.owned import Owned

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Belongings:
    """What goes with a row that is deleted."""

    in_words: tuple[str, ...]
    files: tuple[str, ...]
    """Paths in the storage."""


def delete(*, row: Owned, by: User | None) -> None:
    """Delete a row, and then its files; `by=None` is a command, whose user may do everything.

    The files go once the rows are gone for good. If the program ends in between, a worker removes them, or the next
    deletion; no row ever speaks of a file that was removed.

    Raises
    ------
    MlError
        Something rests on it; it is somebody else's; or it was deleted meanwhile.
    """
    files = belongings_of(row).files
    try:
        with transaction.atomic():
            row = locked(row, by=by)
            if why := why_it_stays(row, seen_by=by):
                raise MlError(why)
            if belongings_of(row).files != files:
                raise MlError(gettext("“%(name)s” was changed meanwhile: it stays. Look at it again.") % {"name": row})
            logger.info("%s deletes the %s %r.", by or "a command", row._meta.verbose_name, str(row))
            row.delete()
            announce_removal(files)
            transaction.on_commit(finish_removals)
    except (IntegrityError, ProtectedError) as error:
        raise MlError(
            gettext("Something was made of “%(name)s” meanwhile: it stays. Look at it again.") % {"name": row}
        ) from error


def why_it_stays(row: Owned, *, seen_by: User | None) -> str:
    """Return why a row cannot be deleted; nothing where it can."""
    resting = dependents_of(row, seen_by=seen_by)
    if not resting:
        return ""
    return gettext("“%(name)s” is not deleted, because something rests on it. %(what)s.") % {
        "name": row,
        "what": "; ".join(dependents.in_words for dependents in resting),
    }


def belongings_of(row: Owned) -> Belongings:
    """Return what is deleted with a row."""
    if isinstance(row, Dataset):
        files = tuple(row.images.order_by("pk").values_list("file", flat=True))
        return Belongings((_counted_images(len(files)),), files)
    if isinstance(row, Classifier | Attack):
        files = (row.weights.name,) if row.weights.name else ()
        words = (
            (gettext("what it learnt (1 file), and the figures on its page"),)
            if files
            else (gettext("what its page says"),)
        )
        return Belongings(words, files)
    if isinstance(row, PairSet):
        return _of_pairs(row)
    raise TypeError(f"nothing is known of what goes with {row!r}")


def _of_pairs(pair_set: PairSet) -> Belongings:
    pairs = list(pair_set.pairs.values_list("clean_file", "perturbed_file"))
    files = {file for pair in pairs for file in pair}
    # Pairs of several strengths that were brought in together lie in one folder, and may share a clean file.
    others = ImagePair.objects.exclude(pair_set=pair_set)
    for folder in {str(PurePosixPath(file).parent) for file in files}:
        for name in ("clean_file", "perturbed_file"):
            files -= set(others.filter(**{f"{name}__startswith": f"{folder}/"}).values_list(name, flat=True))
    measured = [
        told
        for model, told in (
            (Evaluation, gettext("its evaluation: Table 1 and the sizes of the change")),
            (Survival, gettext("what it survives, as it was measured")),
            (Visibility, gettext("how visible its changes are, as it was measured")),
            (ModelObserver, gettext("its model observer’s figures")),
        )
        if model._default_manager.filter(pair_set=pair_set).exists()
    ]
    counted = ngettext("%(count)d image pair (%(files)d files)", "%(count)d image pairs (%(files)d files)", len(pairs))
    return Belongings((counted % {"count": len(pairs), "files": len(files)}, *measured), tuple(sorted(files)))


def _counted_images(count: int) -> str:
    return ngettext(
        "%(count)d image with its file, its diagnosis and its side of the split",
        "%(count)d images with their files, their diagnoses and the split",
        count,
    ) % {"count": count}
