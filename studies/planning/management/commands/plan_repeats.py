"""`manage.py plan_repeats`: how many trials to show twice, for agreement within observers."""

from studies.planning.precision.command import PrecisionCommand
from studies.planning.precision.repeats import RepeatsMethod


class Command(PrecisionCommand):
    """Say how precisely kappa within observers will be known."""

    help = RepeatsMethod.purpose
    method = RepeatsMethod()
