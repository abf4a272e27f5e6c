"""The address of a plan, and of what can be shown by a study that is there already."""

from urllib.parse import urlencode

from django.urls import reverse

from studies.models.study import Study


def plan_address(study: Study, *, observers: int) -> str:
    """Return the address of the plan with a study's numbers; `observers` is how many are invited so far."""
    # Of two images, one is perturbed in every trial: as if half of the images were.
    share = 0.5 if study.trial_type == "two_afc" else round(study.n_perturbed / study.n_images, 4)
    numbers: dict[str, object] = {"goal": "equivalence", "images": study.n_images, "prevalence": share}
    if observers:
        numbers["observers"] = observers
    return f"{reverse('studies:study-plan')}?{urlencode(numbers)}"
