"""Who did what to a study, and when."""

from django.db import models


class AuditEvent(models.Model):
    """One action on a study. No foreign keys: the record outlives what it speaks of."""

    class Action(models.TextChoices):
        """What was done."""

        CREATED = "created", "created the study"
        CHANGED = "changed", "changed the study"
        INVITED = "invited", "invited observers"
        PILOTED = "piloted", "began a pilot of the study"
        PILOT_ENDED = "pilot_ended", "ended the pilot of the study"
        OPENED = "opened", "opened the study"
        PAUSED = "paused", "paused the study"
        RESUMED = "resumed", "let the study go on"
        CLOSED = "closed", "closed the study"
        UNBLINDED = "unblinded", "looked at results while the study was open"
        RESULTS_SEEN = "results_seen", "was the first to see the results of the closed study"
        REOPENED = "reopened", "reopened the study"
        ARCHIVED = "archived", "archived the study"
        RESTORED = "restored", "took the study back from the archived ones"
        ROLE_GIVEN = "role_given", "gave a role in the study"
        ROLE_TAKEN = "role_taken", "took a role in the study away"
        HANDED_OVER = "handed_over", "handed the study over"
        EXPORTED = "exported", "downloaded answers or figures"
        UNFIT = "unfit", "could not show an image as it was when the study opened"
        PERSON_EXPORTED = "person_exported", "took away what is stored of one person"
        ERASED = "erased", "erased what was stored of one person"
        WITHDREW_LATER = "withdrew_later", "carried out an observer’s withdrawal after the last answer"
        EXPIRED = "expired", "deleted personal data whose time was over"
        DELETED = "deleted", "deleted the study"

    study_uid = models.UUIDField(db_index=True)
    study_title = models.CharField(max_length=200)
    action = models.CharField(max_length=20, choices=Action.choices)
    by = models.CharField(max_length=150, help_text="user name, or how the program acted by itself")
    at = models.DateTimeField(auto_now_add=True)
    details = models.JSONField(default=dict)

    class Meta:
        """In the order in which things happened."""

        ordering = ["pk"]

    def __str__(self) -> str:
        """Return who did what."""
        return f"{self.by} {self.get_action_display()}"

    @property
    def reason(self) -> str:
        """Why, in the words of whoever did it; empty where nobody said."""
        return str(self.details.get("reason", ""))
