"""kill −9 while a study opens: it is a draft as before, or open with all that belongs to it, and never in between."""

import subprocess
import sys
import time

import pytest

from tests.faults.site import Site, kill, start_again
from tests.processes import PATIENCE, ROOT, eventually, project_environment

STIMULI = 30
STATE = "SELECT state, (SELECT count(*) FROM studies_stimulus WHERE study_id = studies_study.id) FROM studies_study"
OPEN_DRAFT = ("open_study", "Draft")


def state_of_draft(site: Site) -> tuple[str, int]:
    """Return the state of the study that is to be opened, and how many stimuli it has."""
    ((state, stimuli),) = site.rows(f"{STATE} WHERE title = 'Draft'")
    return state, stimuli


def files(site: Site) -> int:
    """Return how many files of stimuli there are."""
    return sum(1 for path in (site.data_dir / "media" / "stimuli").rglob("*") if path.is_file())


@pytest.mark.slow_fault
@pytest.mark.parametrize("written", [1, STIMULI // 2, STIMULI])
def test_the_command_is_killed(site: Site, written: int) -> None:
    before = files(site)
    process = subprocess.Popen(
        [sys.executable, ROOT / "manage.py", *OPEN_DRAFT],
        env=project_environment(site.data_dir, **site.variables),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + PATIENCE
    while files(site) < before + written and time.monotonic() < end and process.poll() is None:
        time.sleep(0.001)
    process.kill()
    process.wait()

    left = files(site)
    assert left >= before + written
    assert state_of_draft(site) in {("draft", 0), ("open", STIMULI)}
    site.assert_whole()
    if state_of_draft(site)[0] == "draft":
        site.manage(*OPEN_DRAFT)
    assert state_of_draft(site) == ("open", STIMULI)
    assert files(site) == before + STIMULI, "what the killed one had written is gone"
    site.assert_whole()


ENQUEUE = """
from django.contrib.auth.models import User
from ml.tasks import enqueue
from studies.design.lifecycle.long_work import StudyOpening
from studies.models import Study
from studies.models.study_state import OPEN
by = User.objects.get(username="researcher")
enqueue(StudyOpening.of(Study.objects.get(title="Draft"), OPEN, by=by), by=by)
"""
SHORT_LEASE = {"PERCEPTION_LEASE_SECONDS": "6"}


@pytest.mark.slow_fault
def test_the_worker_is_killed_and_another_opens_it(site: Site) -> None:
    before = files(site)
    site.manage("shell", "--verbosity", "0", "--no-imports", "--command", ENQUEUE)
    with site.serve(**SHORT_LEASE) as server:
        wait_for_files(site, before + 1)
        kill(*site.workers())
        assert state_of_draft(site) in {("draft", 0), ("open", STIMULI)}
        assert server.get("/healthz") == (200, b"ok")
        eventually(lambda: state_of_draft(site) == ("open", STIMULI), "another worker has opened it")
    assert files(site) == before + STIMULI
    site.assert_whole()


@pytest.mark.slow_fault
def test_everything_is_killed_and_the_next_server_opens_it(site: Site) -> None:
    before = files(site)
    site.manage("shell", "--verbosity", "0", "--no-imports", "--command", ENQUEUE)
    with site.serve(**SHORT_LEASE):
        wait_for_files(site, before + 1)
        site.kill_all()
    if site.postgresql is not None:
        start_again(site.postgresql)
    assert state_of_draft(site) in {("draft", 0), ("open", STIMULI)}
    with site.serve(**SHORT_LEASE):
        eventually(lambda: state_of_draft(site) == ("open", STIMULI), "the next worker has opened it")
    assert files(site) == before + STIMULI
    site.assert_whole()


def wait_for_files(site: Site, number: int) -> None:
    """Wait until so many files of stimuli are written, or more; asks often, since they come quickly."""
    end = time.monotonic() + PATIENCE
    while files(site) < number:
        assert time.monotonic() < end, f"{files(site)} of {number} files"
        time.sleep(0.001)
