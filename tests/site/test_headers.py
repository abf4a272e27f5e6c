"""What stands above every answer of the real server: the same for all, and nothing from other hosts allowed."""

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.processes import Server, make_data_folder, serving
from tests.studies.factories import make_open_study

PAGES = ["/healthz", "/accounts/login/", "/no/such/page", "/studies/", "/o/Tb3_-TokenOfAnObserver/"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server for this module."""
    data_dir = tmp_path_factory.mktemp("headers") / "data"
    make_data_folder(data_dir)
    with serving(data_dir, "--no-worker", "--workers", "1") as running:
        yield running


def answer_to(server: Server, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    """Return status and headers (names in lower case) of the answer to `GET path`."""
    address = urlsplit(server.url)
    assert address.hostname is not None
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


@pytest.mark.process
@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_them(server: Server, path: str) -> None:
    status, headers = answer_to(server, path)
    assert status < 500
    assert headers["server"] == "gunicorn"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "http" not in headers["content-security-policy"]
    assert "*" not in headers["content-security-policy"]


@pytest.mark.process
def test_the_policy_and_the_servers_name_do_not_vary(server: Server) -> None:
    answers = [answer_to(server, path)[1] for path in PAGES for _ in range(3)]
    assert len({headers["content-security-policy"] for headers in answers}) == 1
    assert {headers["server"] for headers in answers} == {"gunicorn"}
    assert len({headers["connection"] for headers in answers}) == 1


@pytest.mark.process
@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_kept_by_a_browser_or_a_proxy(server: Server, path: str) -> None:
    _, headers = answer_to(server, path)
    assert {"no-store", "private"} <= set(headers["cache-control"].split(", "))


@pytest.mark.django_db
def test_researchers_pages_and_downloads_are_not_kept_on_a_shared_machine(client: Client) -> None:
    study = make_open_study()
    client.force_login(study.owner)
    addresses = [
        reverse("studies:study-detail", args=[study.pk]),
        reverse("studies:study-observers", args=[study.pk]),
        reverse("studies:study-report", args=[study.pk]),
        reverse("ml:dataset-list"),
        reverse("ml:pair-set-detail", args=[study.pair_set_id]),
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.process
def test_another_host_name_is_refused(server: Server) -> None:
    assert answer_to(server, "/healthz", Host="elsewhere.example")[0] == 400


@pytest.mark.process
def test_static_files_are_served_under_names_that_may_be_kept_for_ever(server: Server) -> None:
    manifest = json.loads((server.data_dir / "static" / "staticfiles.json").read_text(encoding="utf-8"))
    name = manifest["paths"]["vendor/bootstrap-5.3.9/bootstrap.min.css"]
    status, headers = answer_to(server, f"/static/{name}", **{"Accept-Encoding": "gzip"})
    assert status == 200
    assert headers["content-type"].startswith("text/css")
    assert headers["content-encoding"] == "gzip"
    assert "immutable" in headers["cache-control"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.process
@pytest.mark.parametrize(
    ("header", "value", "status"), [("Content-Length", "300000000", 413), ("Transfer-Encoding", "chunked", 411)]
)
def test_a_large_body_is_refused_before_it_is_sent(server: Server, header: str, value: str, status: int) -> None:
    address = urlsplit(server.url)
    assert address.hostname is not None
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        connection.putrequest("POST", "/accounts/login/")
        connection.putheader("Content-Type", "multipart/form-data; boundary=b")
        connection.putheader(header, value)
        connection.endheaders()
        assert connection.getresponse().status == status
    finally:
        connection.close()
