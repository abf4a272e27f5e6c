"""A report being made while its worker or everything is killed, or there is no room for it: whole at last, or told."""

import json
from pathlib import Path

import pytest

from tests.faults.disks import files_on_small_disk
from tests.faults.site import Site, kill, start_again
from tests.processes import eventually

pytestmark = pytest.mark.slow_fault

ROOM = 100_000
"""Bytes: for the page and some of the downloads."""
CLOSED = """
from studies.design.lifecycle import close_study
from studies.models import Observer, Study
from tests.studies.factories import answer_trials, begin_trials
study = Study.objects.get(title="Study")
for observer in Observer.objects.filter(study=study)[:4]:
    answer_trials(begin_trials(observer))
close_study(study=study, by=study.owner)
"""
ASK = """
from studies.exports.kept.asking import ask_again
from studies.models import Study
study = Study.objects.get(title="Study")
ask_again(study=study, by=study.owner)
"""
RUN = "SELECT state, error, takeovers FROM ml_run WHERE kind = 'make_report' ORDER BY id DESC LIMIT 1"
SHORT_LEASE = {"PERCEPTION_LEASE_SECONDS": "6"}


@pytest.fixture
def closed(site: Site) -> Site:
    """Return a site with a closed study, whose report is asked for."""
    run_code(site, CLOSED + ASK)
    return site


def run_code(site: Site, code: str) -> None:
    """Run code of the program."""
    site.manage("shell", "--verbosity", "0", "--no-imports", "--command", code)


def run(site: Site) -> tuple[str, str, int]:
    """Return state, error and takeovers of the last making."""
    ((state, error, takeovers),) = site.rows(RUN)
    return state, error, takeovers


def is_begun(site: Site) -> bool:
    """Say whether the report's page is kept, and the report is not complete."""
    return site.rows("SELECT is_complete FROM studies_keptreport") in ([(False,)], [(0,)])


def assert_made(site: Site) -> None:
    """Wait for the end; there is one report, complete, and each file that it names, and no other."""
    eventually(lambda: run(site)[0] not in {"queued", "running"}, "the making has ended")
    assert run(site)[:2] == ("succeeded", "")
    ((files, is_complete),) = site.rows("SELECT files, is_complete FROM studies_keptreport")
    assert is_complete
    named = set((json.loads(files) if isinstance(files, str) else files).values())
    folders = {Path(name).parent for name in named}
    eventually(lambda: {str(file) for folder in folders for file in there(site, folder)} == named, "no other file")
    site.assert_whole()


def there(site: Site, folder: Path) -> list[Path]:
    """Return the names of the files in a folder of the storage."""
    media = site.data_dir / "media"
    return [path.relative_to(media) for path in (media / folder).iterdir()]


def test_the_worker_is_killed(closed: Site) -> None:
    with closed.serve(**SHORT_LEASE):
        eventually(lambda: is_begun(closed), "the page is kept")
        kill(*closed.workers())
        assert_made(closed)
    assert run(closed)[2] == 1


def test_everything_is_killed(closed: Site) -> None:
    with closed.serve(**SHORT_LEASE):
        eventually(lambda: is_begun(closed), "the page is kept")
        closed.kill_all()
    if closed.postgresql is not None:
        start_again(closed.postgresql)
    with closed.serve(**SHORT_LEASE):
        assert_made(closed)


def test_there_is_no_room(closed: Site) -> None:
    with files_on_small_disk(closed.data_dir, megabytes=24) as disk:
        disk.fill(but_bytes=ROOM)
        with closed.serve():
            eventually(lambda: run(closed)[0] not in {"queued", "running"}, "the making has ended")
            state, error, _ = run(closed)
            assert (state, "The disk is full" in error) == ("failed", True)
            disk.make_room()
            run_code(closed, ASK)
            assert_made(closed)
