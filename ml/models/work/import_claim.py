"""The claim of an import on the folder that it writes to."""

from django.db import models


class ImportClaim(models.Model):
    """An import under way: nobody else imports into a dataset of its name, or removes its files that have no rows."""

    dataset_uid = models.UUIDField()
    name = models.CharField(max_length=100, unique=True, help_text="of the dataset")
    process = models.CharField(max_length=100, help_text="which process imports")
    lease_until = models.DateTimeField(
        null=True, help_text="until when that process is taken to live, by the database's clock"
    )

    class Meta:
        """As they began."""

        ordering = ["pk"]

    def __str__(self) -> str:
        """Return what is imported."""
        return f"import into {self.name}"
