"""A clock that was set back by an hour, and forward by a day, when the site starts again: in the middle of sessions."""

import json
from contextlib import ExitStack

import pytest

from tests.faults.clocks import clock_set_by, require_faketime
from tests.faults.crowd import Crowd
from tests.faults.site import OBSERVERS, TRIALS, Site

ALL = OBSERVERS * TRIALS
HOUR, DAY = 3600, 86400
TURNED = """
    SELECT count(*) FROM studies_answer JOIN studies_trial ON trial_id = studies_trial.id
    WHERE answered_at < served_at
"""
"""How many trials were answered, by the clock, before they were shown."""


@pytest.mark.slow_fault
def test_the_clock_is_set_back_and_forward(site: Site) -> None:
    """Times are wrong then, as the clock was; no answer is lost or refused for it, and no session ends early."""
    require_faketime()
    with ExitStack() as stack:
        server = stack.enter_context(site.serve())
        crowd = Crowd(site, server.url)
        stack.enter_context(crowd.answering())
        for seconds in (-HOUR, DAY, 0):
            crowd.wait_for(min(ALL, len(crowd.acknowledged) + ALL // 5))
            assert server.stop() == 0
            server = stack.enter_context(site.serve(**clock_set_by(seconds)))
            crowd.move_to(server.url)
            assert server.get("/healthz") == (200, b"ok")
        crowd.wait_for(ALL)
    assert site.rows(TURNED)[0][0] > 0, "the clock was right"
    crowd.assert_kept()
    site.manage("close_study", "Study")
    assert json.loads(site.manage("study_report", "Study"))
