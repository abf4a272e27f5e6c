"""What the browser tests of the image side look at: a dataset, a classifier, an attack, pairs and runs, all tiny.

They are made in the served data folder by another process, without training anything.
"""

from pathlib import Path

from tests.processes import Server, manage, rows_in

SCRIPT = """
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from ml.models import Evaluation, Run
from perception.analysis.classification import summarise_attack
from tests.ml.factories import make_dataset
from tests.ml.network_rows import make_attack, make_classifier
from tests.studies.factories import make_pair_set
User.objects.create_user("researcher", password="a long password")
long_name = "as long as names may be " * 4 + "!!!!"
dataset = make_dataset(long_name[:60], per_class=6)
make_attack(make_classifier(dataset, name=long_name), name=long_name)
make_pair_set(n=2)
pair_set = make_pair_set(n=14, size=64)
for pair in pair_set.pairs.select_related("image"):
    pair.clean_prediction, pair.perturbed_prediction = pair.image.diagnosis, "nv"
    pair.save()
truth = list(pair_set.pairs.values_list("image__diagnosis", flat=True))
table = summarise_attack(truth, truth, ["nv"] * len(truth), classes=pair_set.dataset.classes, target="nv").as_dict()
Evaluation.objects.create(pair_set=pair_set, table=table, sizes={})
curve = [[step, {"loss": 2 - 5 * step / 40, "accuracy": step / 40}] for step in range(1, 40)]
options = {"name": long_name, "learning_rate": 0.002, "uid": "no-such-uid"}
asked = {"kind": "train_classifier", "options": options}
now = timezone.now()
Run.objects.create(state="succeeded", curve=curve, started_at=now, finished_at=now, **asked)
Run.objects.create(state="failed", error="The disk is full.", **asked)
Run.objects.create(
    state="running", done=5, total=50, curve=curve[:5], note="loss 1.4", heartbeat_at=now,
    lease_until=now + timedelta(hours=12), worker="none of this machine", **asked)
Run.objects.create(state="cancelled", error="Somebody cancelled it.", **asked)
"""
# As they are numbered above.
SUCCEEDED, FAILED, RUNNING, CANCELLED = 1, 2, 3, 4


def prepare_image_side(data_dir: Path) -> None:
    """Fill the data folder; `researcher` has the password “a long password”."""
    manage(data_dir, "shell", "--verbosity", "0", "--command", SCRIPT)


def change_run(server: Server, run: int, **values: object) -> None:
    """Write values into the row of a run, as its worker would."""
    columns = ", ".join(f"{name} = %s" for name in values)
    rows_in(server.data_dir, f"UPDATE ml_run SET {columns} WHERE id = %s", *values.values(), run)  # noqa: S608 - our own
