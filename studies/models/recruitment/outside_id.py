"""By which id a recruiter knows an observer: apart from answers, and deleted before them."""

from django.db import models

from studies.models.observer import Observer
from studies.models.recruitment.recruiter import Recruiter
from studies.models.study import Study

LONGEST_ID = 200  # characters


class OutsideId(models.Model):
    """The id of one observer at the recruiter who sent them. No export has it unless it is asked for."""

    observer = models.OneToOneField(Observer, on_delete=models.CASCADE, related_name="outside_id")
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="+")
    recruiter = models.CharField(max_length=20, choices=Recruiter.choices)
    value = models.CharField(max_length=LONGEST_ID)
    parameters = models.JSONField(default=dict, help_text="what else the address said, by the names of the parameters")
    arrived_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """In the order of arrival."""

        ordering = ["pk"]
        constraints = [
            # Whichever of a study's links somebody opens: the same id is the same person.
            models.UniqueConstraint(fields=["study", "recruiter", "value"], name="outside_id_once_a_study"),
            models.CheckConstraint(condition=~models.Q(value=""), name="outside_id_not_empty"),
        ]
        indexes = [models.Index(fields=["recruiter", "value"], name="outside_id_by_value")]

    def __str__(self) -> str:
        """Return whose it is, and not what it is: it would stand in logs."""
        return f"outside id of {self.observer}"
