"""What was done to accounts. The accounts themselves are Django's users, their sign-ins Django's sessions."""

from django.db import models
from django.utils.translation import gettext_lazy


class AccountEvent(models.Model):
    """One thing that was done to an account. No foreign keys: the record outlives what it speaks of."""

    class Action(models.TextChoices):
        """What was done."""

        FIRST = "first", gettext_lazy("made the first account")
        INVITED = "invited", gettext_lazy("invited them")
        LINK = "link", gettext_lazy("made a link to set a new password")
        PASSWORD_SET = "password_set", gettext_lazy("set a password by the link")
        PASSWORD_CHANGED = "password_changed", gettext_lazy("changed the password")
        DEACTIVATED = "deactivated", gettext_lazy("deactivated the account")
        REACTIVATED = "reactivated", gettext_lazy("reactivated the account")
        PROMOTED = "promoted", gettext_lazy("made them an administrator")
        DEMOTED = "demoted", gettext_lazy("made them a researcher")
        PAUSE_ENDED = "pause_ended", gettext_lazy("ended a pause of sign-ins")
        SIGN_INS_ENDED = "sign_ins_ended", gettext_lazy("ended sign-ins")

    account_id = models.BigIntegerField(db_index=True, help_text="number of the user")
    account_name = models.CharField(max_length=150, help_text="user name, at that time")
    action = models.CharField(max_length=20, choices=Action.choices)
    by = models.CharField(max_length=150, help_text="user name, or that it was a command")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """In the order in which things happened."""

        ordering = ["pk"]

    def __str__(self) -> str:
        """Return who did what to whom."""
        return f"{self.by} {self.get_action_display()} ({self.account_name})"
