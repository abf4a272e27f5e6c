"""`manage.py train_model_observer`: is what people cannot see easy for a program?"""

import json
from argparse import ArgumentParser

from ml.evaluation.model_observer import ModelObserverTraining
from ml.evaluation.model_observer_figures import ModelObserverFigures
from ml.management.data_command import Options
from ml.management.work_command import WorkCommand
from ml.models import ModelObserver, PairSet
from ml.runs.lookup import named_or_newest
from perception.core.formatting import coefficient, duration, percent


class Command(WorkCommand[ModelObserver]):
    """Train a small network to tell clean from perturbed on half of the lesions, and judge it on the others."""

    help = (
        "Train a small network to tell clean from perturbed images on half of the lesions, and print how well it does "
        "on the others."
    )
    title = "Training the model observer (CNN)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        super().add_arguments(parser)
        default = ModelObserverTraining
        parser.add_argument("--pairs", metavar="NAME", help="the pair set; default: the newest")
        parser.add_argument(
            "--steps", type=int, default=default.steps, help="batches to learn from (default: %(default)s)"
        )
        parser.add_argument(
            "--batch-size", type=int, default=default.batch_size, help="pairs a batch (default: %(default)s)"
        )
        parser.add_argument("--learning-rate", type=float, default=default.learning_rate, help="default: %(default)s")
        parser.add_argument(
            "--crop",
            type=int,
            default=default.crop,
            metavar="PIXELS",
            help="side of the pieces that it learns from (default: %(default)s)",
        )
        parser.add_argument("--seed", type=int, default=default.seed, help="default: %(default)s")
        parser.add_argument("--format", default="text", choices=["text", "json"], help="default: %(default)s")

    def work(self, options: Options) -> ModelObserverTraining:
        """Return the training that the command line asks for."""
        return ModelObserverTraining(
            pair_set=named_or_newest(PairSet, options["pairs"]),
            steps=options["steps"],
            batch_size=options["batch_size"],
            learning_rate=options["learning_rate"],
            crop=options["crop"],
            seed=options["seed"],
        )

    def tell(self, made: ModelObserver, options: Options) -> None:
        """Print the figures."""
        if options["format"] == "json":
            self.stdout.write(json.dumps(made.table, indent=2, ensure_ascii=False))
            return
        figures = ModelObserverFigures.from_dict(made.table)
        for line in (
            f"Model observer (CNN) of {made.pair_set.name!r}",
            f"Area under the ROC curve  {coefficient(figures.auc)} ({figures.auc.method})",
            f"Sensitivity               {percent(figures.sensitivity)} of the perturbed images called perturbed",
            f"Specificity               {percent(figures.specificity)} of the clean images called clean",
            f"Pairs told apart          {percent(figures.pairs_told_apart)}",
            f"Learnt from {figures.pairs_learnt_from} pairs of {figures.lesions_learnt_from} lesions, judged on "
            f"{figures.pairs_judged} pairs of {figures.lesions_judged} others, in {duration(figures.seconds)}.",
        ):
            self.stdout.write(line)
