"""Who did what to a study, and when."""

from django.db import models
from django.utils.translation import gettext_lazy


class AuditEvent(models.Model):
    """One action on a study. No foreign keys: the record outlives what it speaks of."""

    class Action(models.TextChoices):
        """What was done."""

        CREATED = "created", gettext_lazy("created the study")
        CHANGED = "changed", gettext_lazy("changed the study")
        INVITED = "invited", gettext_lazy("invited observers")
        LINKS_TAKEN = "links_taken", gettext_lazy("took links of observers away")
        LINKS_REVOKED = "links_revoked", gettext_lazy("revoked links of observers")
        LINKS_REPLACED = "links_replaced", gettext_lazy("replaced links of observers")
        DEADLINE_SET = "deadline_set", gettext_lazy("set until when observers can begin")
        REMINDED = "reminded", gettext_lazy("sent mail to observers")
        OPEN_LINK_MADE = "open_link_made", gettext_lazy("made an open link")
        OPEN_LINK_CHANGED = "open_link_changed", gettext_lazy("changed an open link")
        OPEN_LINK_REVOKED = "open_link_revoked", gettext_lazy("revoked an open link")
        GROUP_CHANGED = "group_changed", gettext_lazy("put observers into another group")
        REJECTED = "rejected", gettext_lazy("rejected a session")
        RETURNED = "returned", gettext_lazy("marked a session as given back to the recruiter")
        PILOTED = "piloted", gettext_lazy("began a pilot of the study")
        PILOT_ENDED = "pilot_ended", gettext_lazy("ended the pilot of the study")
        OPENED = "opened", gettext_lazy("opened the study")
        PAUSED = "paused", gettext_lazy("paused the study")
        RESUMED = "resumed", gettext_lazy("let the study go on")
        CLOSED = "closed", gettext_lazy("closed the study")
        UNBLINDED = "unblinded", gettext_lazy("looked at results while the study was open")
        RESULTS_SEEN = "results_seen", gettext_lazy("was the first to see the results of the closed study")
        REOPENED = "reopened", gettext_lazy("reopened the study")
        ARCHIVED = "archived", gettext_lazy("archived the study")
        RESTORED = "restored", gettext_lazy("took the study back from the archived ones")
        ROLE_GIVEN = "role_given", gettext_lazy("gave a role in the study")
        ROLE_TAKEN = "role_taken", gettext_lazy("took a role in the study away")
        HANDED_OVER = "handed_over", gettext_lazy("handed the study over")
        EXPORTED = "exported", gettext_lazy("downloaded answers or figures")
        UNFIT = "unfit", gettext_lazy("could not show an image as it was when the study opened")
        PERSON_EXPORTED = "person_exported", gettext_lazy("took away what is stored of one person")
        ERASED = "erased", gettext_lazy("erased what was stored of one person")
        WITHDREW_LATER = "withdrew_later", gettext_lazy("carried out an observer’s withdrawal after the last answer")
        EXPIRED = "expired", gettext_lazy("deleted personal data whose time was over")
        IDS_DELETED = "ids_deleted", gettext_lazy("deleted recruiters’ ids whose time was over")
        DELETED = "deleted", gettext_lazy("deleted the study")

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
