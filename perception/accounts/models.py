"""What was done to accounts. The accounts themselves are Django's users, their sign-ins Django's sessions."""

from django.db import models


class AccountEvent(models.Model):
    """One thing that was done to an account. No foreign keys: the record outlives what it speaks of."""

    class Action(models.TextChoices):
        """What was done."""

        FIRST = "first", "made the first account"
        INVITED = "invited", "invited them"
        LINK = "link", "made a link to set a new password"
        PASSWORD_SET = "password_set", "set a password by the link"
        PASSWORD_CHANGED = "password_changed", "changed the password"
        DEACTIVATED = "deactivated", "deactivated the account"
        REACTIVATED = "reactivated", "reactivated the account"
        PROMOTED = "promoted", "made them an administrator"
        DEMOTED = "demoted", "made them a researcher"
        PAUSE_ENDED = "pause_ended", "ended a pause of sign-ins"
        SIGN_INS_ENDED = "sign_ins_ended", "ended sign-ins"

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
