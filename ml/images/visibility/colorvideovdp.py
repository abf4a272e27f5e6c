"""ColorVideoVDP: the difference that a model of the eye's sensitivity to contrast and colour foresees.

Its authors' package needs PyTorch, which is larger than all that this program is made of. So it is an extra: it lives
in an environment of its own, whose Python the site's settings name, and scores pairs in a process of its own.
"""

import json
import math
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext

from ml.errors import MlError
from ml.images.pixels import Pixels
from ml.images.visibility import colorvideovdp_program
from ml.images.visibility.colour_difference import check_same_shape

PROGRAM = Path(colorvideovdp_program.__file__)
BEST = 10.0
"""The score of equal images."""


def is_set_up() -> bool:
    """Return whether the site names an environment that has ColorVideoVDP."""
    return bool(settings.COLORVIDEOVDP_PYTHON)


class ColorVideoVdp:
    """A process that scores one pair after another; `started_colorvideovdp` starts it and ends it."""

    def __init__(self, process: "subprocess.Popen[bytes]", said: IO[str]) -> None:
        """Wait until the process is ready, which takes some seconds.

        Parameters
        ----------
        process
            Of `colorvideovdp_program`, its standard input and output piped.
        said
            Where its standard error goes.
        """
        self._process, self._said = process, said
        versions = self._next_answer()
        if not isinstance(versions, dict):
            raise _failure(repr(versions))
        self.versions: Mapping[str, str] = versions
        """Of the packages `cvvdp` and `torch`, and the name of the display that is assumed."""

    def score(self, clean: Pixels, perturbed: Pixels) -> float:
        """Return the quality of a perturbed image beside the clean one.

        Parameters
        ----------
        clean, perturbed
            uint8 arrays of one shape (height, width, 3), sRGB.

        Returns
        -------
        In just-objectionable differences (JOD), where 10 is no difference and the most; below 0 for images that have
        little to do with each other. Of two images 1 apart, three of four people choose the higher one.

        Raises
        ------
        ValueError
            The shapes differ.
        MlError
            The process ended, or answered with no score; with what it said last.

        Notes
        -----
        Mantiuk, Hanji, Ashraf, Asano, Chapiro 2024, “ColorVideoVDP: A visual difference predictor for image, video and
        display distortions”, by its authors' package, as still images on the display that `versions` names.
        """
        check_same_shape(clean, perturbed)
        height, width, _ = clean.shape
        with suppress(BrokenPipeError):  # the process ended: it is told by what comes back
            if (to_it := self._process.stdin) is not None:
                to_it.writelines([colorvideovdp_program.SIZE.pack(height, width), clean.tobytes(), perturbed.tobytes()])
                to_it.flush()
        score = self._next_answer()
        if not isinstance(score, float) or not math.isfinite(score) or score > BEST:
            raise _failure(repr(score))
        return score

    def _next_answer(self) -> object:
        line = self._process.stdout.readline() if self._process.stdout is not None else b""
        if not line.endswith(b"\n"):
            if (ended := self._process.wait()) < 0:  # of want of memory, perhaps: it said nothing of it
                raise _failure(f"signal {-ended}")
            self._said.seek(0)
            raise _failure(self._said.read().strip().rpartition("\n")[-1])  # of a traceback, what happened
        try:
            answer: object = json.loads(line)
        except ValueError as error:  # whatever the setting names, it is not a Python
            raise _failure(line.decode(errors="replace").strip()) from error
        return answer


@contextmanager
def started_colorvideovdp(pixels_per_degree: float) -> Iterator[ColorVideoVdp]:
    """Start the process that scores pairs, for as long as the block lasts.

    Parameters
    ----------
    pixels_per_degree
        Pixels of the image in a degree of the visual angle, above 0 (`ml.images.visibility.viewing`).

    Raises
    ------
    MlError
        The site names no environment, or it cannot score; with what it said.
    """
    check_set_up()
    command = [settings.COLORVIDEOVDP_PYTHON, "-I", str(PROGRAM), "--pixels-per-degree", repr(pixels_per_degree)]
    offline = {**os.environ, "HF_HUB_OFFLINE": "1"}  # one of its packages can ask another host for models
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        try:
            process = subprocess.Popen(  # noqa: S603  # the site's own setting, and this program
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=offline
            )
        except OSError as error:
            raise _failure(str(error)) from error
        with process:
            try:
                yield ColorVideoVdp(process, said)
            finally:
                process.kill()  # it keeps nothing
                if process.stdin is not None:
                    with suppress(BrokenPipeError):
                        process.stdin.close()


def check_set_up() -> None:
    """Refuse to measure by ColorVideoVDP where the site names no environment that has it.

    Raises
    ------
    MlError
        With what to do about it.
    """
    if not is_set_up():
        raise MlError(
            gettext(
                "ColorVideoVDP is not set up here: PERCEPTION_COLORVIDEOVDP_PYTHON is to name the Python of an "
                "environment that has the package cvvdp."
            )
        )


def _failure(said: str) -> MlError:
    return MlError(
        gettext(
            "ColorVideoVDP could not measure with %(python)s (PERCEPTION_COLORVIDEOVDP_PYTHON). What was measured "
            "before is kept, and asking again goes on. It said: %(said)s"
        )
        % {"python": settings.COLORVIDEOVDP_PYTHON, "said": said or gettext("nothing")}
    )
