"""What the forms share that read files: those that their reader has uploaded, or a path on the server."""

import uuid
from collections.abc import Mapping
from typing import ClassVar

from crispy_forms.layout import HTML
from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from ml.datasets.sent_files import copy_of_upload, reference_to
from ml.models import Upload
from ml.pages.forms.work import WorkForm
from ml.uploads.limits import MOST_FILES, PIECE, in_megabytes, room_for_uploads
from ml.uploads.receiving import complete_among

ZONE = HTML('{% include "ml/uploads/zone.html" %}')
UPLOAD_PARTS = (ZONE, "upload")
"""Where files are dropped, and which upload is read: the first parts of a layout."""


class UploadedFilesForm(WorkForm):
    """A form that reads an upload, or what lies on the server."""

    path_field: ClassVar[str]
    """The field of a path on the server, which an upload stands for."""

    upload = forms.ModelChoiceField(
        Upload.objects.none(),
        required=False,
        to_field_name="uid",
        empty_label=gettext_lazy("no files"),
        label=gettext_lazy("Uploaded files"),
        help_text=gettext_lazy("Yours that are whole. They are removed when they were imported, or after a week."),
    )

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        *,
        by: User,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        """Offer the uploads that are whole of whoever fills the form in."""
        super().__init__(data, initial=initial, by=by)
        self.own_uploads = list(Upload.objects.filter(owner=by).order_by("-pk"))
        whole = [upload.pk for upload in complete_among(self.own_uploads)]
        field = self.fields["upload"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Upload.objects.filter(pk__in=whole).order_by("-pk")
            field.error_messages["invalid_choice"] = gettext(
                "These files are not whole, or not here any more: send them again."
            )

    @property
    def zone(self) -> dict[str, object]:
        """What the part of the page is told where files are dropped."""
        taken = sum(upload.size for upload in self.own_uploads)
        begin = reverse("ml:upload-begin")
        return {
            "begin": begin,
            "piece": reverse("ml:upload-piece", args=[uuid.UUID(int=0), 0]),
            "piece_bytes": PIECE,
            "most_files": MOST_FILES,
            "room": room_for_uploads(taken=taken),
            "room_in_words": in_megabytes(room_for_uploads(taken=taken)),
            "most_in_words": in_megabytes(settings.UPLOAD_BYTES),
        }

    def refuse(self, message: str) -> None:
        """Call an upload by its name: where it lies on the server tells a person nothing."""
        upload = self.cleaned_data.get("upload")
        if isinstance(upload, Upload):
            _, _, below = reference_to(upload).partition("/")
            message = message.replace(str(copy_of_upload(upload.uid) / below), f"“{upload.name}”")
        super().refuse(message)

    def clean(self) -> dict[str, object]:
        """Let an upload stand for the path; refuse where there is neither, or both.

        Raises
        ------
        ValidationError
            Says what to do.
        """
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        upload, path = cleaned.get("upload"), cleaned.get(self.path_field)
        if upload and path:
            self.add_error("upload", gettext("Choose uploaded files or name a path on the server, not both."))
        elif isinstance(upload, Upload):
            cleaned[self.path_field] = reference_to(upload)
        elif not path and not {"upload", self.path_field} & set(self.errors):
            self.add_error(
                "upload", gettext("Send files first, or choose an earlier upload, or name a path on the server.")
            )
        return cleaned
