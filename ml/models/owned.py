"""What somebody made: known by its owner, who alone may change it, and who shares it on purpose."""

from typing import Self, TypeVar

from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.utils.translation import gettext_noop

Row = TypeVar("Row", bound=models.Model, covariant=True)


KINDS = (
    gettext_noop("dataset"),
    gettext_noop("classifier"),
    gettext_noop("attack"),
    gettext_noop("pair set"),
    gettext_noop("run"),
)
"""What rows are called (`verbose_name`), to be translated where a page names them."""


class OwnedQuerySet(models.QuerySet[Row]):
    """Questions that are asked of all rows of a kind."""

    def usable_by(self, user: User | AnonymousUser) -> Self:
        """Return the rows that somebody may use: their own, shared ones, and those without an owner.

        An administrator may use all.
        """
        if not user.is_active or user.is_anonymous:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(models.Q(owner=user) | models.Q(owner=None) | models.Q(is_shared=True))

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Return the rows whose page somebody may open: those that they may use, and what these were made from.

        A shared pair set tells of its attack, classifier and dataset; these are not offered for use because of that.
        """
        visible = models.Q(pk__in=OwnedQuerySet(self.model).usable_by(user).values("pk"))
        for relation in self.model._meta.related_objects:
            made: type[models.Model] = relation.related_model
            if issubclass(made, Owned) and user.is_active and not user.is_anonymous:
                visible |= models.Q(pk__in=made.objects.visible_to(user).values(relation.field.attname))
        return self.filter(visible)


class Owned(models.Model):
    """A row that a researcher made. Its owner, or an administrator, may change it; others use it if it is shared."""

    owner = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="who made it; none: a command, or an earlier version, did, and any researcher may use and change it",
    )
    is_shared = models.BooleanField(default=False, help_text="every researcher may use it")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        """No table of its own."""

        abstract = True

    def may_be_changed_by(self, user: User | AnonymousUser) -> bool:
        """Say whether a signed-in user may cancel, share, or add to it."""
        if not user.is_active or user.is_anonymous:
            return False
        return self.owner_id is None or self.owner_id == user.pk or user.is_superuser

    def is_managed_by(self, user: User | AnonymousUser) -> bool:
        """Say whether a signed-in user may rename or delete it: its owner, or an administrator.

        What has no owner is everybody's to use and to add to, and no researcher's to take away from the others.
        """
        if not user.is_active or user.is_anonymous:
            return False
        return self.owner_id == user.pk or user.is_superuser

    def may_be_used_by(self, user: User | AnonymousUser) -> bool:
        """Say whether a signed-in user may base something of theirs on it."""
        return self.may_be_changed_by(user) or (user.is_active and not user.is_anonymous and self.is_shared)
