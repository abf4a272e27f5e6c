"""From a key to the next image on the screen, here and with jsPsych beside (`make bench-key`).

In a temporary data folder and on a free port, `manage.py serve` with a study of 30 perturbed and 20 clean images;
beside it jsPsych 8.3.0 with its plugin for images, which are preloaded, from npm, with the same images. One headless
Chromium shows both, a session of each in turn, first as fast as the machine is, then with the page's main thread
slowed down four times. What is measured:

key to image
    Milliseconds from the time stamp of the key's event to the presentation of the frame that answers it, both from
    Chromium's trace: half and 95 % of the keys take no longer.
proved
    In one session of each kind every frame is pictured: after how many keys the frame that answers the key holds the
    next image, by its pixels, and no frame before. Pictures slow each frame down, so that these sessions' times stand
    apart.
response times
    What the program takes for the response time, less the time from the presentation of the image to the key, both
    from the trace: median, and what 5 % and 95 % are below.

The exit status is 1 if an image is not proved, or if jsPsych is faster at one of the percentiles.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tools.chromium import OPTIONS, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tools.key_benchmark.session import Measured

PERTURBED_SHARE = 0.6
OURS, PEER = "Perception", "jsPsych 8.3.0"
HEAD = (
    f"{'slowed':>6} {'program':14} {'keys':>5} {'p50':>6} {'p95':>6} {'response times':>22} "
    f"{'proved':>10} {'pictured: p50':>14} {'p95':>6}"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    options = _read_options(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-key-")))
        data_dir, peer_dir = folder / "data", folder / "jspsych"
        data_dir.mkdir()
        peer_dir.mkdir()
        os.environ |= {"PERCEPTION_DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "perception.settings"}
        os.environ.pop("DATABASE_URL", None)
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        call_command("migrate", verbosity=0)
        try:
            tokens = _prepare(options)
        finally:
            connections.close_all()
        return _measure(options, data_dir, peer_dir, tokens)


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.key_benchmark",
        description="How long a key takes to bring the next image onto the screen.",
    )
    parser.add_argument("--sessions", type=int, default=3, help="of each program and condition (default: %(default)s)")
    parser.add_argument("--images", type=int, default=50, help="in a session, at most 128 (default: %(default)s)")
    parser.add_argument("--image-size", type=int, default=256, help="side in pixels (default: %(default)s)")
    parser.add_argument(
        "--slowed", type=float, nargs="+", default=[1.0, 4.0], help="times slower the page runs (default: 1 4)"
    )
    return parser.parse_args(arguments)


def _prepare(options: argparse.Namespace) -> list[str]:
    """Open a study; return the tokens of as many observers as there will be sessions."""
    from tools.key_benchmark.numbered_images import numbered_twins
    from tools.web_benchmark.prepared_study import invite, make_study

    n_perturbed = max(1, round(options.images * PERTURBED_SHARE))
    study = make_study(
        n_perturbed=n_perturbed,
        n_clean=options.images - n_perturbed,
        image_size=options.image_size,
        twins=numbered_twins,
    )
    return invite(study, (options.sessions + 1) * len(options.slowed))


def _measure(options: argparse.Namespace, data_dir: Path, peer_dir: Path, tokens: Sequence[str]) -> int:
    from playwright.sync_api import sync_playwright

    from tools.key_benchmark.jspsych_server import serving_jspsych
    from tools.key_benchmark.numbered_images import numbered_twins
    from tools.key_benchmark.session import Measured, Program, measure
    from tools.served import serving

    images = [clean for clean, _ in numbered_twins(options.images, options.image_size)]
    with (
        serving(data_dir, "--workers", "1", "--no-worker") as served,
        serving_jspsych(peer_dir, images) as experiment,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=OPTIONS)

        def begin_ours(page: "Page", number: int) -> None:
            page.goto(f"{served.url}/o/{tokens[number]}/")
            page.get_by_role("button", name="I consent").click()
            page.get_by_role("button", name="Begin").click()

        def begin_peer(page: "Page", _: int) -> None:
            page.goto(experiment)

        def told_by_peer(page: "Page") -> list[float]:
            told: list[float] = page.evaluate("jsPsych.data.get().filter({task: 'trial'}).select('rt').values")
            return told

        programs = [
            Program(OURS, '#trial[aria-busy="false"] #stage img', begin_ours),
            Program(PEER, "canvas", begin_peer, told_by_peer),
        ]
        sys.stdout.write(
            f"Chromium {browser.version}, {options.images} images of {options.image_size} × {options.image_size} "
            f"pixels, {options.sessions} sessions each and one with pictures; {os.cpu_count()} cores, "
            f"load {os.getloadavg()[0]:.1f} before\n\n{HEAD}\n"
        )
        is_met = True
        number = 0
        for slowed in options.slowed:
            measured = {program.name: Measured() for program in programs}
            for session in range(options.sessions + 1):
                # Whoever goes second finds the machine as the first left it: they take turns at that, too.
                for program in programs if session % 2 == 0 else reversed(programs):
                    measure(
                        browser,
                        program,
                        number,
                        trials=options.images,
                        slowed=slowed,
                        has_pictures=session == options.sessions,
                        into=measured[program.name],
                    )
                number += 1
            for name, one in measured.items():
                sys.stdout.write(f"{_line_of(name, one, slowed)}\n")
            sys.stdout.flush()
            is_met &= _is_met(measured[OURS], measured[PEER])
        browser.close()
    sys.stdout.write(f"\nload {os.getloadavg()[0]:.1f} after\n")
    return 0 if is_met else 1


def _line_of(name: str, measured: "Measured", slowed: float) -> str:
    p50, p95 = _percentiles(measured.to_image)
    pictured_p50, pictured_p95 = _percentiles(measured.to_pictured)
    low, middle, high = np.percentile(measured.rt_errors, [5, 50, 95])
    errors = f"{middle:+.1f} ({low:+.1f} to {high:+.1f})"
    proved = f"{measured.proved} of {measured.pictured}"
    return (
        f"{slowed:>6g} {name:14} {measured.keys:>5} {p50:>6.1f} {p95:>6.1f} {errors:>22} "
        f"{proved:>10} {pictured_p50:>14.1f} {pictured_p95:>6.1f}"
    )


def _percentiles(waits: Sequence[float]) -> tuple[float, float]:
    p50, p95 = np.percentile(waits, [50, 95])
    return float(p50), float(p95)


def _is_met(ours: "Measured", peer: "Measured") -> bool:
    is_proved = all(one.proved == one.pictured and len(one.to_image) == one.keys for one in (ours, peer))
    both = zip(_percentiles(ours.to_image), _percentiles(peer.to_image), strict=True)
    return is_proved and all(mine <= theirs for mine, theirs in both)


if __name__ == "__main__":
    sys.exit(main())
