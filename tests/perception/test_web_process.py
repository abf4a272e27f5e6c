"""A web process starts in about a second and in little memory: it never loads the heavy libraries."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT, project_environment

HEAVY = [
    *("tensorflow", "keras", "pandas", "tabulate", "jinja2", "matplotlib", "statsmodels", "typst", "sklearn"),
    *("skimage", "flip_evaluator"),
]

# What gunicorn does before it forks; then every address is taken apart, and every view looked at.
START = """
import json, sys, time
began = time.perf_counter()
import django
django.setup()
import perception.urls
from perception.wsgi import application
from django.urls import URLResolver, get_resolver
seconds = time.perf_counter() - began

def views(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        else:
            yield f"{pattern.callback.__module__}.{pattern.callback.__qualname__}"

found = sorted(views(get_resolver().url_patterns))
heavy = sorted(set(sys.argv[1:]) & {name.partition(".")[0] for name in sys.modules})
import resource
print(json.dumps({
    "seconds": seconds,
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "views": found,
    "heavy": heavy,
}))
"""


@pytest.mark.process
def test_it_loads_no_heavy_library(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START, *HEAVY],
        env=project_environment(tmp_path, DJANGO_SETTINGS_MODULE="perception.settings"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    started = json.loads(done.stdout)
    print(f"started in {started['seconds']:.2f} s, {started['megabytes']:.0f} MB")  # noqa: T201 - `pytest -s` shows it
    assert "perception.site.monitoring.pages.healthz" in started["views"]
    assert any(view.startswith("studies.") for view in started["views"])
    assert started["heavy"] == []


# The modules that use the table of answers or write tables, and are loaded with the researcher's pages; then a table.
FIRST_TABLE = """
import json, sys
import django
django.setup()
import studies.answers.exclusions, studies.answers.frame, studies.answers.observations
import studies.exports.downloads, studies.exports.tables.markdown
before = sorted({"pandas", "tabulate", "jinja2"} & set(sys.modules))
studies.answers.frame.answers_frame([])
studies.exports.tables.markdown.markdown_table(["one"], [["cell"]])
one = studies.exports.tables.latex.ResultTable("one", "", ("head",), (("cell",),), ())
studies.exports.tables.latex.latex_tables([one])
print(json.dumps([before, sorted({"pandas", "tabulate", "jinja2"} & set(sys.modules))]))
"""


@pytest.mark.process
def test_pandas_comes_with_the_first_table_of_answers(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_TABLE],
        env=project_environment(tmp_path, DJANGO_SETTINGS_MODULE="perception.settings"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[], ["jinja2", "pandas", "tabulate"]]


def test_the_heavy_libraries_are_there_to_be_loaded() -> None:
    # Were a name above misspelt, the test above could not fail. (scikit-learn is no dependency of this project.)
    assert [name for name in HEAVY if importlib.util.find_spec(name) is None] in ([], ["sklearn"])
