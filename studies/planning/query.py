"""What the address of a plan's page holds."""

from django.http import HttpRequest

MOST_STUDIES = 1000
"""How many studies a page simulates."""


def studies_asked_for(request: HttpRequest) -> int:
    """Return how many studies the address asks to simulate, as far as a page may."""
    asked = request.GET.get("simulate", "")
    return min(int(asked), MOST_STUDIES) if asked.isdecimal() and len(asked) < 10 else 0


def simulation_address(request: HttpRequest) -> str:
    """Return the address of the same plan with its simulation."""
    given = request.GET.copy()
    given["simulate"] = str(MOST_STUDIES)
    return f"?{given.urlencode()}"
