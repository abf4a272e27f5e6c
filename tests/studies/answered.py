"""Studies that were answered, for the tests of what is made of the answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from ml.models import Evaluation, PairSet
from perception.analysis.classification import summarise_attack
from studies.models import Study
from studies.simulation.run import simulate_observer, simulate_study
from studies.simulation.simulated_observer import SimulatedGroup
from tests.studies.factories import (
    make_open_study,
    make_pair_set,
    make_pair_set_of_attack,
    make_pair_set_of_strength,
)

GENERATOR, FGSM = "Generator", "FGSM"
"""What the attacks of `several_attacks` are called."""


def simulated_study(trial_type: str, *, observers: int = 3, **fields: Any) -> Study:
    """Return a study that simulated observers have answered: 6 + 4 trials."""
    fields.setdefault("pair_set", make_pair_set(n=26, size=4))
    study = make_open_study(
        trial_type=trial_type, n_perturbed=6, n_clean=4, observers=observers, simulated=True, **fields
    )
    for number, observer in enumerate(study.observers.order_by("pk")):
        simulate_observer(observer=observer, dprime=1, criterion=0, seed=number)
    study.refresh_from_db()
    return study


def with_everything(trial_type: str, **fields: Any) -> Study:
    """Return such a study with practice, catch trials, a second question, and the attack's own evaluation."""
    pair_set = make_pair_set(n=26, size=4)
    evaluate(pair_set)
    return simulated_study(
        trial_type,
        pair_set=pair_set,
        n_practice=2,
        n_catch=2,
        catch_pair_set=make_pair_set_of_strength(pair_set, 30),
        asks_diagnosis=True,
        **fields,
    )


def several_attacks(
    trial_type: str = "yes_no",
    *,
    observers: int = 3,
    further: Sequence[tuple[int, str]] = ((8, "generator"), (4, "fgsm"), (8, "fgsm")),
    dprime_of: Mapping[str, float] | None = None,
    control: str = "",
    **fields: Any,
) -> Study:
    """Return a closed study of a generator at strength 4 and of further attacks; observers see that of FGSM better.

    The further attack of the kind `control` is its positive control.
    """
    pair_set = make_pair_set(n=40, size=4, strength=4)
    pair_sets = [
        make_pair_set_of_strength(pair_set, strength)
        if kind == "generator"
        else make_pair_set_of_attack(pair_set, kind, strength=strength)
        for strength, kind in further
    ]
    study = make_open_study(
        trial_type=trial_type,
        pair_set=pair_set,
        further_pair_sets=pair_sets,
        compares_attacks=True,
        control_pair_set=next((one for one in pair_sets if one.attack.kind == control), None),
        n_perturbed=16,
        n_clean=8,
        observers=0,
        **fields,
    )
    simulate_study(
        study=study,
        group=SimulatedGroup(dprime=0.5),
        observers=observers,
        seed=1,
        by=study.owner,
        dprime_of={FGSM: 1.5} if dprime_of is None else dprime_of,
    )
    study.refresh_from_db()
    return study


def evaluate(pair_set: PairSet) -> Evaluation:
    """Store what the attack did to a classifier that read three images."""
    table = summarise_attack(
        ["nv", "mel", "mel"], ["nv", "mel", "nv"], ["nv", "nv", "nv"], classes=["mel", "nv"], target="nv"
    ).as_dict()
    sizes = {"psnr": {"median": 33.1, "min": 30.2, "max": 37.5}}
    return Evaluation.objects.create(pair_set=pair_set, table=table, sizes=sizes)
