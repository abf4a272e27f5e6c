"""How the fields of a form stand on the page."""

from crispy_forms.layout import Div


def side_by_side(*names: str) -> Div:
    """Return fields in two columns; one below the other on a phone."""
    return Div(*(Div(name, css_class="col-sm-6") for name in names), css_class="row")
