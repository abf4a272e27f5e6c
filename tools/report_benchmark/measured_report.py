"""One report made in a process of its own, as a worker makes it: CPU seconds of its steps, and the most memory.

`python -m tools.report_benchmark.measured_report STUDY` prints the steps as JSON; the environment says where the data
lie.
"""

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

KIB = 1024


class Steps:
    """What the steps took so far."""

    def __init__(self) -> None:
        """Begin."""
        self.taken: dict[str, dict[str, float]] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Take the CPU time of the block; the memory is the most so far, of the whole process."""
        before = time.process_time()
        yield
        self.taken[name] = {
            "cpu_seconds": time.process_time() - before,
            "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB,
        }


def main(study_key: int) -> None:
    """Make the report of a study as page and as JSON, then the downloads that a large study makes large."""
    steps = Steps()
    import django

    django.setup()
    with steps.step("import"):
        import matplotlib.figure  # noqa: F401 - with the first plot
        import statsmodels.genmod.generalized_linear_model  # noqa: F401 - loaded while a report is made

        import perception.urls  # noqa: F401 - the page has addresses
        import studies.report.build
        import studies.report.html
    from django.template.loader import render_to_string

    from studies.exports.downloads import DOWNLOADS
    from studies.models import Study

    study = Study.objects.get(pk=study_key)
    with steps.step("figures"):
        report = studies.report.build.build_report(study)
    with steps.step("page"):
        # Neither kept nor named, as the worker does not.
        render_to_string(
            "report/page.html", studies.report.html.report_context(report) | {"base": "report/alone.html", "styles": []}
        )
    with steps.step("json"), TemporaryFile() as file:
        DOWNLOADS["figures.json"].write(report, file)
    for name in ("answers.csv", "answers.json", "psych-ds.zip", "report.pdf", "archive.zip"):
        with steps.step(name), TemporaryFile() as file:
            DOWNLOADS[name].write(report, file)
    sys.stdout.write(json.dumps(steps.taken))


if __name__ == "__main__":
    main(int(sys.argv[1]))
