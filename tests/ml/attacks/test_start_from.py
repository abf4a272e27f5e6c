"""An attack that begins with the weights of another one, as it is asked for and as it is refused."""

from typing import Any

import pytest

from ml.attacks.training import AttackTraining
from ml.errors import MlError
from ml.models import Attack
from ml.runs.lifecycle import perform
from tests.ml.network_rows import make_attack, make_classifier
from tests.ml.pair_rows import make_working_classifier

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("tensorflow"),
    pytest.mark.usefixtures("shallow_generator", "eager_networks"),
]

# So small a step that the weights stay where they were.
STILL: dict[str, Any] = {"steps": 1, "batch_size": 2, "learning_rate": 1e-9, "filters": 4}


def weights_of(attack: Attack) -> list[Any]:
    from ml.classifiers.weights import read_weights
    from ml.networks.saved_network import network_from_bytes

    return list(network_from_bytes(read_weights(attack), source="the attack").get_weights())


@pytest.mark.training
def test_the_training_begins_where_the_other_ended() -> None:
    from ml.networks.architectures.generator import build_generator
    from ml.networks.backend import reset_session

    classifier = make_working_classifier()
    strong = perform(AttackTraining(classifier=classifier, name="strong", strength=16.0, settings=STILL, seed=1))
    weaker = AttackTraining(
        classifier=classifier, name="weaker", strength=4.0, settings=STILL, seed=2, start_from=strong
    )

    followed = perform(weaker)
    reset_session(2)
    alone = build_generator(image_size=24, strength=4.0, filters=4).get_weights()

    def distance(weights: list[Any]) -> float:
        pairs = zip(weights_of(strong), weights, strict=True)
        return max(float(abs(one - other).max()) for one, other in pairs)

    assert distance(weights_of(followed)) < 1e-6 < distance(alone)
    assert followed.options["start_from"] == "strong"
    assert followed.provenance["start_sha256"] == strong.weights_sha256
    assert followed.provenance["versions"] == strong.provenance["versions"]
    assert "start_sha256" not in strong.provenance
    assert AttackTraining.from_options(weaker.as_options()) == weaker


def test_what_an_earlier_version_asked_for_is_still_understood() -> None:
    work = AttackTraining(classifier=make_classifier(), name="queued before")
    options = work.as_options()
    del options["start_from"]

    assert AttackTraining.from_options(options) == work


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"kind": "pgd"}, "The attack pgd begins from nothing: leave --start-from out."),
        ({"kind": "universal"}, "The attack universal begins from nothing: leave --start-from out."),
        (
            {"settings": {"upsampling": "resize"}},
            "the attack moles attack has --upsampling transposed, not resize; its weights fit",
        ),
        ({"settings": {"filters": 5}}, "the attack moles attack has --filters 12, not 5; its weights fit"),
    ],
)
def test_an_attack_that_cannot_begin_so_is_refused_at_once(asked: dict[str, Any], message: str) -> None:
    classifier = make_classifier()
    start = make_attack(classifier)

    with pytest.raises(MlError, match=message):
        AttackTraining(classifier=classifier, name="new", start_from=start, **asked).check()


def test_another_kind_or_another_size_is_refused() -> None:
    classifier = make_classifier()
    pgd = make_attack(classifier, kind="pgd")
    larger = make_attack(make_classifier(classifier.dataset, name="larger", image_size=32), name="larger attack")

    with pytest.raises(MlError, match="the attack moles attack is of the kind pgd, not generator"):
        AttackTraining(classifier=classifier, name="new", start_from=pgd).check()
    with pytest.raises(
        MlError, match="the attack larger attack draws 32 pixels a side, the classifier moles tiny sees 24"
    ):
        AttackTraining(classifier=classifier, name="new", start_from=larger).check()


def test_a_start_whose_weights_are_damaged_is_refused() -> None:
    classifier = make_classifier()
    start = make_attack(classifier, weights_sha256="0" * 64)

    with pytest.raises(MlError, match="The weights of the attack moles attack"):
        AttackTraining(classifier=classifier, name="new", start_from=start).check()
