"""The address of a plan, and of what can be shown by a study that is there already."""

from urllib.parse import urlencode

from django.urls import reverse

from studies.models.study import Study


def plan_address(study: Study, *, observers: int) -> str:
    """Return the address of the plan with a study's numbers; `observers` is how many are invited so far.

    Where several sets of images are dealt out, the images of all count, and each is judged by a part of the observers.
    """
    images, share = images_and_share(study)
    numbers: dict[str, object] = {
        "goal": "equivalence",
        "margin": study.margin,
        "images": images,
        "prevalence": share,
    }
    if study.pk is not None and study.state == Study.State.DRAFT:
        numbers["study"] = study.pk
    if observers:
        numbers["observers"] = max(1, observers // study.n_subsets)
    return f"{reverse('studies:study-plan')}?{urlencode(numbers)}"


def images_and_share(study: Study) -> tuple[int, float]:
    """Return how many images a study has in all its sets, and the share of perturbed ones, as a plan reckons them.

    Of two images, one is perturbed in every trial: as if half of the images were.
    """
    share = 0.5 if study.trials.always_perturbed else round(study.n_perturbed / study.n_images, 4)
    return study.n_images * study.n_subsets, share
