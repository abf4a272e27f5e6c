"""What somebody other than its owner may do with a study."""

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy

from studies.models.study import Study


class StudyRole(models.Model):
    """One person's role in one study; its owner stands in the study itself. What a role may: `studies.permissions`."""

    class Role(models.TextChoices):
        """The roles that are given; owner and administrator are not."""

        COLLABORATOR = "collaborator", gettext_lazy("collaborator")
        MONITOR = "monitor", gettext_lazy("monitor")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="roles")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="study_roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One role a person and study."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "user"], name="study_role_one_a_person"),
            models.CheckConstraint(
                condition=models.Q(role__in=["collaborator", "monitor"]), name="study_role_collaborator_or_monitor"
            ),
        ]

    def __str__(self) -> str:
        """Return who is what."""
        return f"{self.user}, {self.role} of {self.study}"
