"""`manage.py plan_grades --half-width 0.2`: the observers that a degradation category rating takes."""

from studies.planning.precision.command import PrecisionCommand
from studies.planning.precision.grades import GradesMethod


class Command(PrecisionCommand):
    """Plan a degradation category rating."""

    help = GradesMethod.purpose
    method = GradesMethod()
