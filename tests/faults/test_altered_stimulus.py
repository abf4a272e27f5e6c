"""Files of stimuli that go, or change, while observers answer: never shown, passed over, found by the check."""

import re
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.faults.crowd import LIMIT
from tests.faults.site import TRIALS, Site
from tests.processes import Server

pytestmark = pytest.mark.slow_fault

MISSING, ALTERED = 2, 5  # trials, by position
NOT_SHOWN = 409
FILES = """
    SELECT position, file FROM studies_trial JOIN studies_stimulus ON stimulus_id = studies_stimulus.id
    JOIN studies_session ON session_id = studies_session.id JOIN studies_observer ON observer_id = studies_observer.id
    WHERE studies_observer.token = '{token}'
"""


def asked(address: str, **fields: str) -> tuple[int, str]:
    """Ask for a page, or send a form if there are fields; return status and text."""
    data = urllib.parse.urlencode(fields).encode() if fields else None
    try:
        with urllib.request.urlopen(address, data=data, timeout=LIMIT) as reply:  # noqa: S310
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def walk(server: Server, link: str) -> list[int]:
    """Go through the session as a browser without JavaScript does, and return the status of each trial's page."""
    statuses = []
    for _ in range(TRIALS):
        status, page = asked(f"{server.url}{link}trial/")
        statuses.append(status)
        address = re.search(rf'action="({re.escape(link)}trial/[^"]+)"', page)
        assert address is not None, page
        fields = {"not_shown": "1"} if status == NOT_SHOWN else {"response": "clean"}
        for image in re.findall(rf'(?:src|href)="({re.escape(link)}image/[^"]+)"', page):
            assert status != NOT_SHOWN
            assert asked_bytes(server.url + image) == 200
        asked(server.url + address[1], **fields)
    return statuses


def asked_bytes(address: str) -> int:
    """Ask for an image; return the status."""
    with urllib.request.urlopen(address, timeout=LIMIT) as reply:  # noqa: S310
        return int(reply.status)


def test_one_is_missing_and_one_altered(site: Site) -> None:
    token = site.tokens[0]
    link = f"/o/{token}/"
    with site.serve() as server:
        asked(server.url + link, consent="1")
        asked(f"{server.url}{link}instructions/", go="1")
        files = {position: site.data_dir / "media" / file for position, file in site.rows(FILES.format(token=token))}
        kept = {files[position]: files[position].read_bytes() for position in (MISSING, ALTERED)}
        files[MISSING].unlink()
        flip_a_bit(files[ALTERED])

        statuses = walk(server, link)

        assert [number for number, status in enumerate(statuses, start=1) if status == NOT_SHOWN] == [MISSING, ALTERED]
        assert asked(f"{server.url}{link}trial/")[0] == 200, "the end"
    answered = {position for where, position in site.answers() if where == token}
    assert answered == set(range(1, TRIALS + 1)) - {MISSING, ALTERED}
    assert site.rows("SELECT count(*) FROM studies_session WHERE finished_at IS NOT NULL") == [(1,)]
    with pytest.raises(AssertionError, match=r"(?s)file-missing.*file-altered|file-altered.*file-missing"):
        site.manage("check_integrity")
    for file, data in kept.items():
        file.write_bytes(data)
    site.assert_whole()


def flip_a_bit(file: Path) -> None:
    """Change one bit in the middle."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
