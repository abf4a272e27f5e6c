"""No room for the files of a study that is opened: it stays a draft, it is said why, and with room it opens."""

import re

import pytest

from tests.faults.disks import SmallDisk, files_on_small_disk
from tests.faults.site import Site
from tests.faults.test_killed_while_opening import ENQUEUE, OPEN_DRAFT, STIMULI, files, state_of_draft
from tests.processes import PATIENCE, eventually, run_manage

pytestmark = pytest.mark.slow_fault

ROOM = 1_000_000
"""Bytes: for some of the stimuli, of 110 kB each."""
RUN = "SELECT state, error FROM ml_run WHERE kind = 'open_study' ORDER BY id DESC LIMIT 1"


def test_the_command_says_so(site: Site) -> None:
    before = files(site)
    with files_on_small_disk(site.data_dir, megabytes=24) as disk:
        disk.fill(but_bytes=ROOM)
        done = run_manage(site.data_dir, *OPEN_DRAFT, changes=site.variables, timeout=PATIENCE)
        assert done.returncode == 1
        assert re.search("disk is full|No space left on device", done.stderr)
        assert "Traceback" not in done.stderr
        assert state_of_draft(site) == ("draft", 0)
        opens_with_room(site, disk, before)


def test_the_run_says_so(site: Site) -> None:
    before = files(site)
    with files_on_small_disk(site.data_dir, megabytes=24) as disk:
        disk.fill(but_bytes=ROOM)
        site.manage("shell", "--verbosity", "0", "--no-imports", "--command", ENQUEUE)
        with site.serve() as server:
            eventually(lambda: site.rows(RUN)[0][0] == "failed", "the run has ended")
            assert "The disk is full" in site.rows(RUN)[0][1]
            assert server.get(f"/o/{site.tokens[0]}/")[0] == 200
        assert state_of_draft(site) == ("draft", 0)
        opens_with_room(site, disk, before)


def opens_with_room(site: Site, disk: SmallDisk, before: int) -> None:
    """Make room, and open the study by the command; no file is there that it does not need."""
    disk.make_room()
    site.assert_whole()
    site.manage(*OPEN_DRAFT)
    assert state_of_draft(site) == ("open", STIMULI)
    assert files(site) == before + STIMULI
    site.assert_whole()
