"""How the fields of a form stand on the page."""

from crispy_forms.layout import Div


def side_by_side(*names: str) -> Div:
    """Return fields in two columns; one below the other on a phone."""
    return Div(*(Div(name, css_class="col-sm-6") for name in names), css_class="row")


class Folded(Div):  # type: ignore[misc]  # crispy-forms has no types
    """Fields that are folded away under a title until somebody opens them, or from the start not so."""

    template = "forms/folded.html"

    def __init__(self, title: str, *fields: object, is_open: bool) -> None:
        """Put the fields under the title."""
        super().__init__(*fields)
        self.title = title
        self.is_open = is_open
