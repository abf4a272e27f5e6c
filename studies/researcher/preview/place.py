"""Where a preview stands: of which study, in which language, at which page. Its address says all of it."""

from dataclasses import dataclass, replace

from django.urls import register_converter

from studies.languages import LANGUAGES


@dataclass(frozen=True, slots=True)
class PreviewPlace:
    """One page of the preview of one study; written out, it stands where an observer's token stands in an address."""

    study_pk: int
    language: str
    """A code of `studies.languages`."""
    page: str
    """The key of a page in `studies.researcher.preview.pages`."""

    def __str__(self) -> str:
        """Return its part of the address."""
        return f"{self.study_pk}/preview/{self.language}/{self.page}"

    def at(self, page: str) -> "PreviewPlace":
        """Return another page of the same preview."""
        return replace(self, page=page)

    def in_language(self, language: str) -> "PreviewPlace":
        """Return the same page in another language; itself, if there is none of this code."""
        return replace(self, language=language) if language in dict(LANGUAGES) else self


class PreviewPlaceConverter:
    """The part of an address that names a place, as Django converts it."""

    regex = rf"[0-9]{{1,18}}/preview/(?:{'|'.join(code for code, _ in LANGUAGES)})/[a-z0-9-]+"

    def to_python(self, value: str) -> PreviewPlace:
        """Return the place that a part of an address names."""
        study_pk, _, language, page = value.split("/")
        return PreviewPlace(int(study_pk), language, page)

    def to_url(self, value: PreviewPlace | str) -> str:
        """Return the part of an address; templates give it as it is written out."""
        return str(value)


register_converter(PreviewPlaceConverter, "preview")
