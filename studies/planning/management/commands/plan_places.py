"""`manage.py plan_places`: how precisely marked places will tell what observers see."""

from studies.planning.precision.command import PrecisionCommand
from studies.planning.precision.places import PlacesMethod


class Command(PrecisionCommand):
    """Plan a study that marks places."""

    help = PlacesMethod.purpose
    method = PlacesMethod()
