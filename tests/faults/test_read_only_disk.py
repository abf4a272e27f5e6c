"""A disk that turns read-only, as file systems do when they find that they are damaged."""

from pathlib import Path

import pytest

from tests.faults.crowd import Crowd
from tests.faults.disks import files_on_small_disk, small_disk
from tests.faults.site import OBSERVERS, TRIALS, Site, copied
from tests.faults.test_full_disk import started
from tests.processes import eventually

ALL = OBSERVERS * TRIALS


@pytest.mark.slow_fault
def test_files_that_can_only_be_read_keep_nobody_from_answering(on_sqlite: Site) -> None:
    with files_on_small_disk(on_sqlite.data_dir, megabytes=24) as disk:
        with on_sqlite.serve() as server:
            crowd = Crowd(on_sqlite, server.url)
            with crowd.answering():
                crowd.wait_for(ALL // 4)
                disk.set_read_only(on=True)
                status, told = server.get("/readyz")
                assert status == 503
                assert b"nothing can be written to the folder of the files" in told
                crowd.wait_for(ALL)
            assert server.get("/healthz") == (200, b"ok")
            disk.set_read_only(on=False)
            eventually(lambda: b"folder of the files" not in server.get("/readyz")[1], "files can be written again")
        assert not crowd.refused
        crowd.assert_kept()


@pytest.mark.slow_fault
def test_a_data_folder_that_can_only_be_read_is_told_of_at_the_start(on_sqlite: Site, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=24) as disk:
        site = Site(copied(on_sqlite.data_dir, disk.folder / "data"))
        disk.set_read_only(on=True)
        done = started(site.data_dir)
        assert done.returncode == 1
        assert "Traceback" not in done.stdout + done.stderr
        assert "read-only" in (done.stdout + done.stderr).lower()
        disk.set_read_only(on=False)
        with site.serve() as server:
            assert server.get("/healthz") == (200, b"ok")
