"""How visible are the changes, by measures that model the eye? The saved 8-bit pairs in, the measures of each out."""

import json
import uuid
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import ClassVar

from django.utils.translation import gettext

from ml.errors import MlError
from ml.images.visibility.colorvideovdp import ColorVideoVdp, check_set_up, started_colorvideovdp
from ml.images.visibility.measures import MEASURES, PairMeasures, measure_visibility, measured_by
from ml.images.visibility.viewing import DEFAULT_PIXELS_PER_DEGREE, MOST_PIXELS_PER_DEGREE
from ml.models import ImagePair, PairSet, PairVisibility, Run, Visibility
from ml.pairs.files import read_twins
from ml.pairs.sizes import distribution
from ml.runs.checkpoints import Checkpoint
from ml.runs.checks import check_positive
from ml.runs.leases.lease import fenced_transaction
from ml.runs.work import Work
from perception.core.progress import Progress

PART = "measures.json"
"""What was measured so far, in the checkpoint: one list a pair, in the order of the measures."""


@dataclass(frozen=True, kw_only=True)
class VisibilityMeasurement(Work[Visibility]):
    """A pair set whose pairs are read back from their files and measured, one after another."""

    run_kind: ClassVar[Run.Kind] = Run.Kind.MEASURE_VISIBILITY

    pair_set: PairSet
    pixels_per_degree: float = DEFAULT_PIXELS_PER_DEGREE
    """How the images are viewed: pixels of an image in a degree of the visual angle."""
    colorvideovdp: bool = False
    """Whether it is measured by ColorVideoVDP, too."""

    def check(self) -> None:
        """Refuse at once what could only fail after long work."""
        if not self.pair_set.pairs.exists():
            raise MlError(gettext("The pair set %(name)s has no pairs.") % {"name": self.pair_set.name})
        check_positive(pixels_per_degree=self.pixels_per_degree)
        if self.pixels_per_degree > MOST_PIXELS_PER_DEGREE:
            raise MlError(
                gettext("--pixels-per-degree is at most %(most)s, far above what an eye resolves.")
                % {"most": f"{MOST_PIXELS_PER_DEGREE:g}"}
            )
        if self.colorvideovdp:
            check_set_up()

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> Visibility:
        """Measure each pair, going on after those of the checkpoint, and save all rows at once."""
        pairs = list(self.pair_set.pairs.select_related("image").order_by("image__name"))
        checkpoint = Checkpoint(uid)
        measured = _kept_in(checkpoint)
        progress(len(measured), len(pairs), "starting ColorVideoVDP" if self.colorvideovdp else "")
        with started_colorvideovdp(self.pixels_per_degree) if self.colorvideovdp else nullcontext() as extra:
            self._go_on(measured, pairs, checkpoint, progress, extra)
        found = {
            "pixels_per_degree": self.pixels_per_degree,
            "distributions": distributions_of(measured),
            "versions": measured_by() | dict(extra.versions if extra is not None else {}),
            "run": run,
        }
        rows = [PairVisibility(pair=pair, **asdict(one)) for pair, one in zip(pairs, measured, strict=True)]
        with fenced_transaction():
            PairVisibility.objects.filter(pair__pair_set=self.pair_set).delete()
            PairVisibility.objects.bulk_create(rows, batch_size=200)
            visibility, _ = Visibility.objects.update_or_create(pair_set=self.pair_set, defaults=found)
        return visibility

    def _go_on(
        self,
        measured: list[PairMeasures],
        pairs: Sequence[ImagePair],
        checkpoint: Checkpoint,
        progress: Progress,
        extra: ColorVideoVdp | None,
    ) -> None:
        """Measure the pairs that are not measured yet, adding what is found to what was."""
        for pair in pairs[len(measured) :]:
            try:
                found = measure_visibility(
                    *read_twins(pair), pixels_per_degree=self.pixels_per_degree, colorvideovdp=extra
                )
            except MlError:  # it is told that what was measured before is kept
                if measured:
                    checkpoint.write(PART, _as_bytes(measured))
                raise
            measured.append(found)
            checkpoint.write_if_due(PART, lambda: _as_bytes(measured))
            progress(len(measured), len(pairs))


def _kept_in(checkpoint: Checkpoint) -> list[PairMeasures]:
    kept = checkpoint.read(PART)
    return [] if kept is None else [PairMeasures(*values) for values in json.loads(kept)]


def _as_bytes(measured: Sequence[PairMeasures]) -> bytes:
    return json.dumps([list(asdict(one).values()) for one in measured]).encode()


def distributions_of(measured: Sequence[PairMeasures]) -> dict[str, dict[str, float | None]]:
    """Return the distribution of each measure over pairs, by its name.

    Where images are too small for a measure, its `n` counts them with the others and `infinite` those without it. An
    extra that was not asked for is not among them.
    """
    values_of = {one: [getattr(pair, one.key) for pair in measured] for one in MEASURES}
    return {
        one.key: distribution(values)
        for one, values in values_of.items()
        if not one.is_extra or any(value is not None for value in values)
    }
