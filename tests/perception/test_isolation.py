"""The ground that all tests stand on: no other machine, no data of the user's."""

import os
import socket
import tempfile
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from tests.network import NetworkError
from tests.processes import ROOT


def test_other_machines_are_out_of_reach() -> None:
    with pytest.raises(NetworkError), socket.socket() as caller:
        caller.connect(("192.0.2.1", 80))  # an address for documentation: nobody has it
    with pytest.raises(NetworkError):
        socket.getaddrinfo("example.org", 443)
    with pytest.raises(NetworkError):
        urllib.request.urlopen("http://example.org/")
    with pytest.raises(NetworkError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
        caller.sendto(b"?", ("192.0.2.1", 53))


def test_this_machine_is_within_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as caller:
        assert caller.getpeername() == server.getsockname()
    assert socket.getaddrinfo("localhost", 80)


def test_the_data_folder_is_the_tests_own() -> None:
    folder = Path(os.environ["PERCEPTION_DATA_DIR"])
    assert folder == settings.DATA_DIR
    assert folder.parent == Path(tempfile.gettempdir()).resolve()
    assert ROOT not in folder.parents
