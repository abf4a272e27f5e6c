"""Several strengths by one command: an attack each, a pair set each; checked before, kept after, not made again."""

import io
import uuid

import pytest
from django.core.management import CommandError, call_command

from ml.classifiers.weights import store_weights
from ml.models import Attack, Classifier, Dataset, PairSet, Run
from tests.ml.factories import make_dataset
from tests.ml.network_rows import make_attack, make_classifier

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("tensorflow"),
    pytest.mark.usefixtures("eager_networks"),
]

SEVERAL = ["train_attack", "--kind", "fgsm", "--strength", "2,4.5,4.5,16"]


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def attacks() -> dict[str, float]:
    return dict(Attack.objects.order_by("pk").values_list("name", "strength"))


@pytest.fixture
def classifier() -> Classifier:
    return make_classifier(name="c")


@pytest.fixture
def readable() -> Classifier:
    """Return a classifier that has not learnt anything but can be asked."""
    from ml.networks.architectures.classifiers import build_classifier
    from ml.networks.saved_network import network_to_bytes

    dataset: Dataset = make_dataset()
    network = build_classifier("densenet-tiny", image_size=24, classes=len(dataset.classes))
    weights, sha256 = store_weights(network_to_bytes(network), uid=uuid.uuid4())
    return make_classifier(dataset, name="c", weights=weights, weights_sha256=sha256)


def test_each_strength_is_an_attack_whose_name_ends_in_it(classifier: Classifier) -> None:
    told = run(*SEVERAL)

    assert attacks() == {"c fgsm 2": 2, "c fgsm 4.5": 4.5, "c fgsm 16": 16}
    assert told.count("nothing to learn") == 3
    assert Run.objects.filter(state=Run.State.SUCCEEDED).count() == 3


def test_the_same_command_again_makes_what_is_missing_and_another_one_numbers_its_names(
    classifier: Classifier,
) -> None:
    run(*SEVERAL)
    Attack.objects.get(strength=4.5).delete()

    told = run(*SEVERAL)

    assert told.count("is there already") == 2
    assert list(attacks()) == ["c fgsm 2", "c fgsm 16", "c fgsm 4.5"]
    run(*SEVERAL, "--seed", "1")
    assert list(attacks())[3:] == ["c fgsm (2) 2", "c fgsm (2) 4.5", "c fgsm (2) 16"]


def test_one_strength_is_one_attack_as_ever(classifier: Classifier) -> None:
    for _ in range(2):
        run("train_attack", "--kind", "pgd", "--strength", "6", "--stop", "never")

    assert list(attacks()) == ["c pgd 6", "c pgd 6 2"]
    made = Attack.objects.first()
    assert made is not None
    assert made.options["settings"] | {"stop": "never", "steps": 20} == made.options["settings"]


@pytest.mark.parametrize("queue", [[], ["--enqueue"]])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--strength", "2,300"], "--strength is 1 to 255 levels, not 300"),
        (["--strength", "2,4", "--steps", "3"], "--steps: no option of the attack fgsm. It has none of its own"),
        (["--strength", "2,nv"], "numbers with commas between them, such as 8 or 2,4,6,8; not '2,nv'"),
        (["--strength", "2,4", "--name", "taken"], "There is a attack named 'taken 4' already"),
    ],
)
def test_one_strength_that_cannot_be_is_refused_before_the_first_begins(
    classifier: Classifier, queue: list[str], arguments: list[str], message: str
) -> None:
    make_attack(classifier, name="taken 4")

    with pytest.raises(CommandError) as refused:
        run("train_attack", "--kind", "fgsm", *arguments, *queue)

    assert message in str(refused.value)
    assert list(attacks()) == ["taken 4"]
    assert not Run.objects.exists()


def test_all_strengths_are_queued(classifier: Classifier) -> None:
    told = run(*SEVERAL, "--enqueue")

    assert told.count("Queued as run") == 3
    queued = Run.objects.filter(state=Run.State.QUEUED).order_by("pk")
    assert [one.options["strength"] for one in queued] == [2, 4.5, 16]


def test_pairs_of_all_attacks_of_a_kind(readable: Classifier) -> None:
    run("train_attack", "--kind", "fgsm", "--strength", "2,4")
    run("train_attack", "--kind", "transform")

    told = run("make_pairs", "--kind", "fgsm", "--limit", "3")

    assert told.count("3 pairs of 24 × 24 pixels") == 2
    made = list(PairSet.objects.order_by("pk"))
    assert [(one.name, one.strength) for one in made] == [("c fgsm 2 test", 2), ("c fgsm 4 test", 4)]
    assert [max(pair.linf for pair in one.pairs.all()) for one in made] == [2, 4]
    assert run("make_pairs", "--kind", "fgsm", "--limit", "3").count("is there already") == 2
    run("make_pairs", "--attack", "c fgsm 2", "--attack", "c fgsm 4", "--limit", "2", "--name", "few", "--enqueue")
    assert [one.options["name"] for one in Run.objects.order_by("pk")[5:]] == ["few 2", "few 4"]


def test_an_error_in_one_leaves_those_before_it(readable: Classifier) -> None:
    broken = make_classifier(readable.dataset, name="broken")
    good = make_attack(readable, name="good", kind="fgsm", options={})
    make_attack(broken, name="bad", kind="fgsm", options={})
    arguments = ["make_pairs", "--attack", good.name, "--attack", "bad", "--limit", "2"]

    with pytest.raises(CommandError) as failed:
        run(*arguments)

    assert "'bad test': The weights of the classifier broken cannot be read" in str(failed.value)
    assert "What was made before it is kept" in str(failed.value)
    assert list(PairSet.objects.values_list("name", flat=True)) == ["good test"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--attack", "one", "--kind", "fgsm"], "Give --attack or --kind, not both"),
        (["--classifier", "c"], "--classifier goes with --kind"),
        (["--kind", "pgd"], "no attack of the kind pgd on the classifier c; `manage.py train_attack --kind pgd`"),
        (["--attack", "one", "--attack", "two", "--name", "both"], "leave it out, and each is named after its attack"),
        (["--attack", "one", "--attack", "three"], "There is no attack named 'three'"),
    ],
)
def test_attacks_that_cannot_be_meant_are_refused_in_words(
    classifier: Classifier, arguments: list[str], message: str
) -> None:
    for name in ("one", "two"):
        make_attack(classifier, name=name)

    with pytest.raises(CommandError) as refused:
        run("make_pairs", *arguments)

    assert message in str(refused.value)
    assert not Run.objects.exists()
