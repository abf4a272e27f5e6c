"""A report that a worker has made, with the files of its page and its downloads: read until its data change."""

from django.db import models

from studies.models.study import Study


class KeptReport(models.Model):
    """One report of one study, as it was made. Its files hold answers, and go with whatever personal data go."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="kept_reports")
    fingerprint = models.CharField(max_length=64, help_text="of all that the report says, as it was when it was made")
    files = models.JSONField(default=dict, help_text="what each file is called in the storage, by its name")
    refusals = models.JSONField(default=dict, help_text="why a download cannot be made, by its name")
    has_answers = models.BooleanField(default=False)
    is_simulated = models.BooleanField(default=False, help_text="its answers are those of simulated observers")
    is_complete = models.BooleanField(default=False, help_text="every file is made that can be")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first."""

        ordering = ["-pk"]

    def __str__(self) -> str:
        """Return the study's title."""
        return self.study.title
