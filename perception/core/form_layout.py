"""How the fields of a form stand on the page."""

from crispy_forms.layout import Div

COLUMNS = 12
"""Of the grid (Bootstrap)."""


def side_by_side(*names: str) -> Div:
    """Return two or three fields in as many columns; one below the other on a phone."""
    return Div(*(Div(name, css_class=f"col-sm-{COLUMNS // len(names)}") for name in names), css_class="row")


class Folded(Div):  # type: ignore[misc]  # crispy-forms has no types
    """Fields that are folded away under a title until somebody opens them, or from the start not so."""

    template = "forms/folded.html"

    def __init__(self, title: str, *fields: object, is_open: bool) -> None:
        """Put the fields under the title."""
        super().__init__(*fields)
        self.title = title
        self.is_open = is_open
