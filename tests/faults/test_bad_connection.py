"""Connections that are slow and break: an answer is lost on its way, or its acknowledgement is."""

from tests.faults.crowd import Crowd
from tests.faults.proxy import bad_connection
from tests.faults.site import OBSERVERS, TRIALS, Site


def test_answers_and_acknowledgements_are_cut_off(site: Site) -> None:
    with site.serve() as server, bad_connection(server.url) as connection:
        connection.is_bad = False
        crowd = Crowd(site, connection.url)
        connection.is_bad = True
        with crowd.answering():
            crowd.wait_for(OBSERVERS * TRIALS)
    assert connection.happened["cut off before"] >= OBSERVERS
    assert connection.happened["cut off after"] >= OBSERVERS
    crowd.assert_kept()
