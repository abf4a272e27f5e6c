"""The memory of the web processes before and after somebody has looked at a report and taken away all that it has.

`python -m tools.report_benchmark.served_memory STUDY` serves what lies where the environment says, and prints JSON.
"""

import json
import os
import sys
import time
import urllib.request
from pathlib import Path

from tools.served import Served, serving
from tools.web_benchmark.process_usage import memory, tree

DOWNLOADS = ("report.pdf", "figures.json", "answers.csv", "archive.zip")
LONGEST = 1800.0  # seconds


def main(study_key: int) -> None:
    """Serve, look, and print the largest resident set of a web process, in bytes, and the seconds of the wait."""
    import django

    django.setup()
    cookie = _sign_in(study_key)
    with serving(Path(os.environ["PERCEPTION_DATA_DIR"])) as served:
        _get(served, f"/studies/{study_key}/", cookie)
        before = _largest(served)
        began = time.monotonic()
        while b'id="making"' in _get(served, f"/studies/{study_key}/report/", cookie):
            if time.monotonic() - began > LONGEST:
                raise RuntimeError("The report was not made in time.")
            time.sleep(0.5)
        waited = time.monotonic() - began
        for name in DOWNLOADS:
            _get(served, f"/studies/{study_key}/report/{name}", cookie)
        for _ in range(8):  # so that each process has shown the page
            _get(served, f"/studies/{study_key}/report/", cookie)
        sys.stdout.write(json.dumps({"before": before, "after": _largest(served), "seconds": waited}))


def _sign_in(study_key: int) -> str:
    """Return the cookie of the study's owner."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from studies.models import Study

    owner = Study.objects.get(pk=study_key).owner
    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _get(served: Served, path: str, cookie: str) -> bytes:
    request = urllib.request.Request(served.url + path, headers={"Cookie": cookie})  # noqa: S310 - http, our own
    with urllib.request.urlopen(request, timeout=LONGEST) as reply:  # noqa: S310
        page: bytes = reply.read()
        return page


def _largest(served: Served) -> int:
    """Return the largest resident set of gunicorn's processes."""
    return max(_own_memory(pid) for pid in tree(served.pid) if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes())


def _own_memory(pid: int) -> int:
    own = memory(pid).resident
    return own - sum(memory(child).resident for child in tree(pid)[1:])


if __name__ == "__main__":
    main(int(sys.argv[1]))
