"""`manage.py plan_thresholds`: how precisely strengths that are chosen from answers will tell thresholds."""

from studies.planning.precision.command import PrecisionCommand
from studies.planning.precision.thresholds import ThresholdsMethod


class Command(PrecisionCommand):
    """Plan a study whose strengths QUEST+ chooses."""

    help = ThresholdsMethod.purpose
    method = ThresholdsMethod()
