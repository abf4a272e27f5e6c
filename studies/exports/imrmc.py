"""Answers as a file of iMRMC: readers, cases, modalities and scores, for that program and for others that read it."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from perception.analysis.answer_table import MISSING
from perception.analysis.observations import UNKNOWN, Observations
from studies.errors import StudyError

if TYPE_CHECKING:
    from studies.report.build import Report

ONE_ARM = "answers"
"""The modality where there are no arms."""
NOT_IN_A_NAME = re.compile(r"[,\r\n]+")
TRUTH_READER = "-1"


def imrmc_text(observations: Observations, *, title: str) -> str:
    """Return the answers as a file of iMRMC.

    Ratings are its scores where there are any, else the answers: 1 for “perturbed”, 0 for “clean”. Missing ones have no
    row; catch trials are left out. An answer that stands in every arm is written in each.

    Parameters
    ----------
    observations
        The answers; of two images nothing is a score.
    title
        The file's first line.

    Raises
    ------
    ValueError
        The answers are choices between two images.
    """
    if observations.task == "two_afc":
        raise ValueError("iMRMC's file holds scores of single images; choices between two images have none")
    series = observations.of(~observations.catch)
    scores = np.where(series.response == MISSING, np.nan, series.response.astype(float))
    if series.rating is not None and not np.isnan(series.rating).all():
        scores = series.rating
    image, arms, arm = _images_and_arms(series)
    cases = _names(image[row] for row in range(len(scores)))
    readers, modalities = _names(series.observers), _names(arms)
    truths: dict[str, int] = {}
    rows: list[str] = []
    for row in np.flatnonzero(~np.isnan(scores)).tolist():
        case = cases[image[row]]
        if truths.setdefault(case, int(series.truth[row])) != series.truth[row]:
            raise ValueError(
                f"the image {image[row]} is perturbed in one arm and clean in another: iMRMC has no such case"
            )
        reader = readers[series.observers[series.observer[row]]]
        judged_in = arms if arm[row] == UNKNOWN else (arms[arm[row]],)
        rows += [f"{reader},{case},{modalities[name]},{scores[row]:g}" for name in judged_in]
    head = (
        NOT_IN_A_NAME.sub(" ", title),
        f"NR: {len({row.split(',')[0] for row in rows})}",
        f"N0: {list(truths.values()).count(0)}",
        f"N1: {list(truths.values()).count(1)}",
        f"NM: {len({row.split(',')[2] for row in rows})}",
        "",
        "BEGIN DATA:",
    )
    told = (f"{TRUTH_READER},{case},0,{truth}" for case, truth in truths.items())
    return "\n".join((*head, *told, *rows)) + "\n"


def report_imrmc(report: "Report") -> str:
    """Return the answers of a study that count as a file of iMRMC.

    Raises
    ------
    StudyError
        The study asked which of two images is perturbed.
    """
    from studies.answers.observations import observations_of  # brings pandas

    try:
        return imrmc_text(observations_of(report.study, report.figures.exclusions.kept), title=report.study.title)
    except ValueError as error:
        raise StudyError(f"{error}.") from error


def _images_and_arms(series: Observations) -> tuple[list[str], tuple[str, ...], list[int]]:
    """Return the name of each answer's image, the arms, and the arm of each answer."""
    if series.arm is None or series.image is None:
        return [series.items[item] for item in series.item], (ONE_ARM,), [0] * len(series.item)
    name_of: dict[int, str] = {}
    for image, item, arm in zip(series.image.tolist(), series.item.tolist(), series.arm.tolist(), strict=True):
        suffix = "" if arm == UNKNOWN else f" · {series.arms[arm]}"
        name_of.setdefault(image, series.items[item].removesuffix(suffix))
    return [name_of[image] for image in series.image.tolist()], series.arms, series.arm.tolist()


def _names(names: Iterable[str]) -> dict[str, str]:
    """Return each name as iMRMC's file can hold it: without commas, not that of the truth, and no two alike."""
    written: dict[str, str] = {}
    taken: set[str] = set()
    for name in dict.fromkeys(names):
        plain = NOT_IN_A_NAME.sub("_", name).strip() or "_"
        plain = f"_{plain}" if plain == TRUTH_READER else plain
        number, unique = 1, plain
        while unique in taken:
            number += 1
            unique = f"{plain}_{number}"
        taken.add(unique)
        written[name] = unique
    return written
