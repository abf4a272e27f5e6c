"""What somebody made: known by its owner, who alone may change it."""

from django.contrib.auth.models import AnonymousUser, User
from django.db import models


class Owned(models.Model):
    """A row that a researcher made. Every researcher may see and use it; its owner, or a superuser, may change it."""

    owner = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="who made it; none: a command, or an earlier version, did, and any researcher may change it",
    )

    class Meta:
        """No table of its own."""

        abstract = True

    def may_be_changed_by(self, user: User | AnonymousUser) -> bool:
        """Say whether a signed-in user may cancel, delete, or add to it."""
        if not user.is_active or user.is_anonymous:
            return False
        return self.owner_id is None or self.owner_id == user.pk or user.is_superuser
