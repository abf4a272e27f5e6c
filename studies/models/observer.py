"""An invited person."""

import datetime as dt
from typing import NotRequired, TypedDict

from django.db import models
from django.utils.translation import gettext_lazy

from studies.models.recruitment.open_link import OpenLink
from studies.models.study import Study
from studies.models.texts.groups import LONGEST_GROUP
from studies.tokens import new_token


class TrialSequence(TypedDict):
    """What one observer is shown, in which order: stimuli by their numbers, which tell nothing of the truth.

    `practice` and `series` hold what each trial shows, from left to right; what is shown twice stands in `series`
    twice; `example` the images of the instructions; `subset` which of the study's sets of images it is, from 0;
    `of_pool` which of the sequences of its pool, from 0, where each observer judges images of their own; `seed` and
    `drawing_version` what it was drawn by.
    """

    subset: int
    example: list[int]
    practice: list[list[int]]
    series: list[list[int]]
    seed: int
    drawing_version: int
    of_pool: NotRequired[int]


class Observer(models.Model):
    """One invited person, known by a label and an unguessable link."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="observers")
    label = models.CharField(max_length=60, help_text="As the report names the person: a pseudonym, not a name.")
    token = models.CharField(max_length=22, unique=True, default=new_token, editable=False)
    group = models.CharField(
        max_length=LONGEST_GROUP, blank=True, help_text="one of the study's groups; empty where it has none, or not yet"
    )
    open_link = models.ForeignKey(
        OpenLink,
        on_delete=models.SET_NULL,
        related_name="observers",
        null=True,
        editable=False,
        help_text="by which they came",
    )
    is_simulated = models.BooleanField(default=False, help_text="a simulated observer, never mixed with people")
    plan = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text="numbers of the stimuli in the order in which this person sees them, drawn when the study is open",
    )
    invited_at = models.DateTimeField(auto_now_add=True)
    deadline = models.DateTimeField(
        gettext_lazy("begin by"),
        null=True,
        blank=True,
        help_text=gettext_lazy("UTC. Nobody can begin after it; whoever has begun can finish. Empty: with the study."),
    )
    revoked_at = models.DateTimeField(
        null=True, editable=False, help_text="when the link was revoked: nobody has begun by it, and nobody can"
    )
    detached_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="when what tells who the person is was deleted; only answers are left then, and nobody has the link",
    )

    class Meta:
        """In the order of invitation."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "label"], name="observer_label_once_a_study"),
            models.CheckConstraint(condition=~models.Q(label=""), name="observer_label_not_empty"),
        ]

    def __str__(self) -> str:
        """Return the label."""
        return self.label

    def link_is_over(self, now: dt.datetime) -> bool:
        """Whether nobody can begin by the link any more, whatever the study's state."""
        return self.revoked_at is not None or (self.deadline is not None and self.deadline <= now)
