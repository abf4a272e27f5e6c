"""One run of long work: what was asked, how far it is, how it ended."""

from django.db import models
from django.utils.translation import gettext_lazy

from ml.models.owned import Owned


class Run(Owned):
    """One piece of long work, done by a command at once or by a worker later."""

    class Kind(models.TextChoices):
        """What the run does."""

        TRAIN_CLASSIFIER = "train_classifier", gettext_lazy("train a classifier")
        IMPORT_DATASET = "import_dataset", gettext_lazy("import a dataset")
        ADD_CLASSIFIER = "add_classifier", gettext_lazy("add an external classifier")
        TRAIN_ATTACK = "train_attack", gettext_lazy("train an attack")
        MAKE_PAIRS = "make_pairs", gettext_lazy("make image pairs")
        IMPORT_PAIRS = "import_pairs", gettext_lazy("import image pairs")
        EVALUATE_ATTACK = "evaluate_attack", gettext_lazy("evaluate an attack")
        MEASURE_SURVIVAL = "measure_survival", gettext_lazy("measure what an attack survives")
        MEASURE_VISIBILITY = "measure_visibility", gettext_lazy("measure how visible the changes are")
        # Stored under the name that it had in earlier versions.
        TRAIN_MODEL_OBSERVER = "train_machine_observer", gettext_lazy("train a model observer")
        OPEN_STUDY = "open_study", gettext_lazy("open a study")
        MAKE_REPORT = "make_report", gettext_lazy("make a report")

    class State(models.TextChoices):
        """Where the run stands."""

        QUEUED = "queued", gettext_lazy("Queued")
        RUNNING = "running", gettext_lazy("Running")
        SUCCEEDED = "succeeded", gettext_lazy("Succeeded")
        FAILED = "failed", gettext_lazy("Failed")
        INTERRUPTED = "interrupted", gettext_lazy("Interrupted")
        CANCELLED = "cancelled", gettext_lazy("Cancelled")

    kind = models.CharField(max_length=30, choices=Kind.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    options = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0, help_text="steps done in the present stage")
    total = models.PositiveIntegerField(default=0, help_text="steps of the present stage")
    note = models.CharField(max_length=200, blank=True)
    curve = models.JSONField(
        default=list, help_text="figures on the way, such as the loss: a list of [step, {name: value}], thinned out"
    )
    shards = models.JSONField(
        null=True, blank=True, help_text="where its shards stand, if it has any: how many are done, which failed"
    )
    error = models.TextField(blank=True, help_text="what went wrong, in words for a person")
    result = models.JSONField(null=True, blank=True, help_text="what the run made: kind and name")
    versions = models.JSONField(default=dict, help_text="of this program and the packages it used")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True, help_text="when the run last said how far it is")
    cancel_asked_at = models.DateTimeField(null=True, blank=True, help_text="when somebody asked for its end")
    finished_at = models.DateTimeField(null=True, blank=True)
    is_for_worker = models.BooleanField(
        default=False, help_text="it was queued, and any worker may take it over; else a command does it at once"
    )
    queued_at = models.DateTimeField(null=True, blank=True, help_text="when it was queued last")
    task_id = models.CharField(max_length=64, blank=True, help_text="of its task in the queue")
    fence = models.PositiveIntegerField(
        default=0,
        help_text="how often it was begun, or lost: whoever began it at an earlier number cannot write",
    )
    lease_until = models.DateTimeField(
        null=True, blank=True, help_text="until when whoever does it is taken to live, by the database's clock"
    )
    worker = models.CharField(max_length=100, blank=True, help_text="which process began it last")
    takeovers = models.PositiveSmallIntegerField(default=0, help_text="how often it was taken from a worker that died")

    class Meta:
        """Newest first."""

        ordering = ["-pk"]

    def __str__(self) -> str:
        """Return kind and state."""
        return f"{self.get_kind_display()} ({self.state})"
