"""What a researcher can have measured about a pair set, as its page offers it."""

from dataclasses import dataclass

from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_noop

from ml.errors import MlError
from ml.models import PairSet, Run
from ml.pages.forms.visibility import ViewingForm
from ml.runs.status import ON_THE_WAY
from ml.runs.work import Work


@dataclass(frozen=True, slots=True)
class PairMeasurement:
    """One kind of measurement."""

    slug: str
    """In addresses."""
    run_kind: Run.Kind
    button: str
    on_its_way: str

    def work(self, pair_set: PairSet, asked: QueryDict) -> Work[models.Model]:
        """Return the work, as it is asked for. Imported here: what it needs brings SciPy, which no server start does.

        Raises
        ------
        MlError
            It is asked for with what it cannot be done with.
        """
        if self.run_kind == Run.Kind.MEASURE_SURVIVAL:
            from ml.evaluation.survival import SurvivalMeasurement

            return SurvivalMeasurement(pair_set=pair_set)
        if self.run_kind == Run.Kind.MEASURE_VISIBILITY:
            from ml.evaluation.visibility import VisibilityMeasurement

            viewing = ViewingForm(asked)
            if not viewing.is_valid():
                name = viewing["pixels_per_degree"].label
                raise MlError(f"{name}: {' '.join(map(str, viewing.errors['pixels_per_degree']))}")
            return VisibilityMeasurement(
                pair_set=pair_set, pixels_per_degree=viewing.stated(), colorvideovdp=viewing.asks_for_colorvideovdp
            )
        if self.run_kind == Run.Kind.TRAIN_MODEL_OBSERVER:
            from ml.evaluation.model_observer import ModelObserverTraining

            return ModelObserverTraining(pair_set=pair_set)
        from ml.evaluation.attack import AttackEvaluation

        return AttackEvaluation(pair_set=pair_set)

    def run_of(self, pair_set: PairSet) -> Run | None:
        """Return the run that measures it now, or is queued to."""
        return Run.objects.filter(kind=self.run_kind, state__in=ON_THE_WAY, options__pair_set=pair_set.name).first()


EVALUATION = PairMeasurement(
    "evaluate", Run.Kind.EVALUATE_ATTACK, gettext_noop("Evaluate"), gettext_noop("Being evaluated: watch")
)
SURVIVAL = PairMeasurement(
    "survival", Run.Kind.MEASURE_SURVIVAL, gettext_noop("Measure"), gettext_noop("Being measured: watch")
)
VISIBILITY = PairMeasurement(
    "visibility", Run.Kind.MEASURE_VISIBILITY, gettext_noop("Measure visibility"), gettext_noop("Being measured: watch")
)
MODEL_OBSERVER = PairMeasurement(
    "model-observer", Run.Kind.TRAIN_MODEL_OBSERVER, gettext_noop("Train one"), gettext_noop("Being trained: watch")
)
PAIR_MEASUREMENTS = {one.slug: one for one in (EVALUATION, VISIBILITY, SURVIVAL, MODEL_OBSERVER)}
