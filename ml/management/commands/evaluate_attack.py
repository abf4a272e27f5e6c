"""`manage.py evaluate_attack`: the paper's Table 1, on the saved 8-bit images."""

import json
from argparse import ArgumentParser

from django.db import models

from ml.errors import MlError
from ml.evaluation.attack import AttackEvaluation
from ml.evaluation.text.dataset_comparison import comparison_text
from ml.evaluation.text.distortion import size_lines
from ml.evaluation.text.table_one import table_one_text
from ml.management.data_command import Options
from ml.management.work_command import Done, WorkCommand
from ml.models import Attack, Dataset, Evaluation, Image, PairSet
from ml.pairs.making import PairMaking
from ml.runs.checks import unique_name
from ml.runs.lookup import named_or_newest
from ml.runs.work import Work


class Command(WorkCommand[models.Model]):
    """Classify both twins of every pair and print what the attack did."""

    help = (
        "Classify both twins of every pair as saved, and print precision, recall, fooling ratio and the change's size. "
        "With --dataset the attack is held against images that its classifier does not come from."
    )
    title = "Evaluating the attack"
    unit = "pair"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        super().add_arguments(parser)
        parser.add_argument("--pairs", metavar="NAME", help="the pair set; default: the newest")
        parser.add_argument(
            "--dataset",
            metavar="NAME",
            help="another dataset: its test images are perturbed by the attack, if they were not yet, and evaluated; "
            "printed beside the attack's evaluation on its own dataset, if there is one",
        )
        parser.add_argument("--attack", metavar="NAME", help="with --dataset; default: the attack of --pairs")
        parser.add_argument("--format", default="text", choices=["text", "json"], help="default: %(default)s")

    def work(self, options: Options) -> Work[models.Model]:
        """Return the evaluation that the command line asks for, or the making of the pairs that it needs first."""
        if not options["dataset"]:
            if options["attack"]:
                raise MlError("--attack goes with --dataset; without it the pair set is named (--pairs).")
            return AttackEvaluation(pair_set=named_or_newest(PairSet, options["pairs"]))
        attack = _attack(options)
        dataset = named_or_newest(Dataset, options["dataset"])
        pair_set = _newest_pairs(attack, dataset)
        if pair_set is not None:
            return AttackEvaluation(pair_set=pair_set)
        if options["enqueue"]:
            raise MlError(
                f"There are no pairs of the attack {attack.name} on the test images of {dataset.name} yet: queue them "
                f"first (`manage.py make_pairs --attack '{attack.name}' --dataset '{dataset.name}' --enqueue`)."
            )
        name = unique_name(PairSet, f"{attack.name} on {dataset.name}")
        return PairMaking(attack=attack, name=name, dataset=dataset)

    def tell(self, made: models.Model, options: Options) -> None:
        """Print the table and the sizes of the change."""
        evaluation = self._evaluation(made, options)
        beside = _evaluation_beside(evaluation) if options["dataset"] else None
        if options["format"] == "json":
            self.stdout.write(json.dumps(_as_json(evaluation, beside), indent=2, ensure_ascii=False))
            return
        self.stdout.write(table_one_text(evaluation.table))
        self.stdout.write("")
        for line in size_lines(evaluation.sizes):
            self.stdout.write(f"{line.name}: {line.text}")
        if beside is not None:
            tables = {str(one.pair_set.dataset): one.table for one in (beside, evaluation)}
            self.stdout.write(f"\n{comparison_text(tables)}")

    def _evaluation(self, made: models.Model, options: Options) -> Evaluation:
        """Return the evaluation that was made, or make that of the pairs that were."""
        if isinstance(made, PairSet):
            return self._do(AttackEvaluation(pair_set=made), self.title, options)
        if not isinstance(made, Evaluation):
            raise TypeError(f"{made!r} is neither an evaluation nor a pair set")
        return made

    def _do(self, work: Work[Done], title: str, options: Options) -> Done:
        return super()._do(work, "Making image pairs" if isinstance(work, PairMaking) else title, options)


def _attack(options: Options) -> Attack:
    if options["attack"] and options["pairs"]:
        raise MlError("Give --attack or --pairs, not both: a pair set has its attack.")
    if options["pairs"]:
        return named_or_newest(PairSet, options["pairs"]).attack
    return named_or_newest(Attack, options["attack"])


def _newest_pairs(attack: Attack, dataset: Dataset) -> PairSet | None:
    return attack.pair_sets.filter(dataset=dataset, split=Image.Split.TEST).order_by("-pk").first()


def _evaluation_beside(evaluation: Evaluation) -> Evaluation | None:
    """Return the newest evaluation of the same attack on the dataset that its classifier learnt from."""
    attack = evaluation.pair_set.attack
    return (
        Evaluation.objects.filter(
            pair_set__attack=attack,
            pair_set__dataset=attack.attacked_classifier.dataset,
            pair_set__split=Image.Split.TEST,
        )
        .exclude(pk=evaluation.pk)
        .exclude(pair_set__dataset=evaluation.pair_set.dataset)
        .order_by("-pk")
        .first()
    )


def _as_json(evaluation: Evaluation, beside: Evaluation | None) -> dict[str, object]:
    table: dict[str, object] = evaluation.table | {"sizes": evaluation.sizes}
    if beside is None:
        return table
    return {**table, "own_dataset": {"dataset": str(beside.pair_set.dataset), **beside.table, "sizes": beside.sizes}}
