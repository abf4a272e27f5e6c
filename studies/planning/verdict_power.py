"""The margin's power at the size that a study has, in a sentence. It loads SciPy."""

from perception.analysis.planning.power import Design, power
from perception.analysis.planning.sample_size import images_needed
from studies.models.study import Study
from studies.planning.links import images_and_share, verdicts_of
from studies.planning.request import PlanRequest
from studies.planning.wording import power_text


def verdict_power_text(study: Study, *, observers: int) -> str:
    """Say in how many of such studies a change that nobody sees would be called undetectable, and what 80% takes.

    Parameters
    ----------
    study
        With numbers of images within their bounds.
    observers
        How many judge each image, at least 1.
    """
    images, share = images_and_share(study)
    request = PlanRequest(margin=study.margin, observers=observers, images=images, prevalence=share)
    parts = verdicts_of(study)
    of_each = f" for each of {parts} verdicts" if parts > 1 else ""
    many = f"{images:,} images{of_each} and {observers} observer{'' if observers == 1 else 's'}"
    try:
        design = Design.of(observers=observers, images=images, prevalence=share)
    except ValueError as error:  # of one kind too few for an interval
        return f"With {many} there is no verdict: {error}."
    shown = power_text(power(request.claim, request.assumed, design))
    needed = images_needed(request.claim, request.assumed, observers=observers, prevalence=share, power=request.power)
    wanted = f"{100 * request.power:g}%"
    enough = f"{needed:,} images for {wanted}" if needed is not None else f"no number of images gives {wanted}"
    return f"With {many} a change of d′ 0 would be called undetectable in {shown} of such studies; {enough}."
