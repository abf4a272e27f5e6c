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
    if (pool := images_in_pool(study)) is not None:
        numbers["pool"] = pool
    return f"{reverse('studies:study-plan')}?{urlencode(numbers)}"


def images_in_pool(study: Study) -> int | None:
    """Return how many images each observer's own are drawn from; None where all judge the same.

    A draft whose pool is all that is left has as many as there are pairs, less a few for practice and catch trials.
    """
    if not study.draws_from_pool:
        return None
    return study.n_in_pool or max(study.pair_set.pairs.count(), study.n_images)


def images_and_share(study: Study) -> tuple[int, float]:
    """Return how many images one verdict of a study has, in all its sets, and the share of perturbed ones.

    Of images from a pool, how many one observer judges.

    As a plan reckons them: of two images, one is perturbed in every trial, as if half of the images were.
    """
    perturbed, clean = images_of_a_verdict(study)
    share = 0.5 if study.trials.always_perturbed else round(perturbed / (perturbed + clean), 4)
    return (perturbed + clean) * study.n_subsets, share


def images_of_a_verdict(study: Study) -> tuple[int, int]:
    """Return how many perturbed and clean images of one set tell of each strength, or attack and strength.

    The perturbed images are shared out among them, and clean ones stand for all. Of two images every trial has its
    strength, so that all trials are shared out.
    """
    parts = verdicts_of(study)
    clean = study.n_clean // parts if study.trials.always_perturbed else study.n_clean
    return study.n_perturbed // parts, clean


def verdicts_of(study: Study) -> int:
    """Return how many strengths, or attacks and strengths, a study has: there is a verdict for each."""
    return len(study.strengths) if study.pair_set_id else 1
