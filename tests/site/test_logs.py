"""What `serve` writes while a session is played, with every log turned on; and what the documented nginx would."""

import json
import re
import socket
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.browser.prepared_studies import prepare_studies, studies_in
from tests.processes import ROOT, Server, make_data_folder, rows_in, serving

EVERY_LOG = "--access-logfile - --log-level debug --access-logformat '%(h)s \"%(r)s\" %(U)s %(f)s %({referer}i)s'"


def post(server: Server, path: str, **fields: str) -> str:
    """Send a form, follow where it leads, and return the page."""
    request = urllib.request.Request(  # noqa: S310 - http, our own
        server.url + path, urllib.parse.urlencode(fields).encode(), {"Referer": server.url + path}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return str(answer.read().decode())


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match is not None
    return match[1]


def play(server: Server, token: str) -> None:
    """Answer all trials but the last, whose image is gone by then."""
    post(server, f"/o/{token}/")
    page = post(server, f"/o/{token}/instructions/")
    for _ in range(3):
        assert server.get(found(r'<img id="stimulus" src="([^"]+)"', page))[0] == 200
        page = post(server, found(r'<form id="trial-form" method="post" action="([^"]+)"', page), response="clean")
    for file in (server.data_dir / "media" / "stimuli").rglob("*.png"):
        file.unlink()
    assert server.get(f"/o/{token}/trial/")[0] == 409


def send_malformed(server: Server, token: str) -> None:
    """Send what gunicorn itself complains of."""
    host, port = server.url.removeprefix("http://").split(":")
    for line in (f"GET /o/{token}/ HTTP/9.9", f"G(T /o/{token}/ HTTP/1.1", f"GET /o/{token}/"):
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(f"{line}\r\nHost: localhost\r\n\r\n".encode())
            connection.recv(1000)


def tokens_in(data_dir: Path) -> list[str]:
    query = "SELECT token FROM studies_observer UNION SELECT token FROM studies_trial"
    return [row["token"] for row in rows_in(data_dir, query)]


@pytest.mark.process
def test_no_token_of_a_played_session_is_in_any_log(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    make_data_folder(data_dir)
    prepare_studies(data_dir, small={"n_perturbed": 2, "n_clean": 2})
    (token,) = studies_in(data_dir)["small"]["tokens"]
    with serving(data_dir, "--workers", "1", GUNICORN_CMD_ARGS=EVERY_LOG) as server:
        play(server, token)
        send_malformed(server, token)
        server.get(f"/o/{token}/image/{token}/")
        server.get(f"/accounts/login/?next=/o/{token}/")
        assert server.stop() == 0
    log = server.log.read_text(encoding="utf-8")
    assert log.count("/o/[token]/") > 10
    assert "Invalid request" in log
    assert "of study" in log  # what the program itself says of the image that is gone
    tokens = tokens_in(data_dir)
    assert len(tokens) == 5
    assert not [token for token in tokens if token in log]


def documented_nginx() -> str:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```nginx\n(.*?)```", text, re.DOTALL))


def test_the_documented_nginx_writes_down_no_link_and_no_whole_address() -> None:
    settings = documented_nginx()
    (shape,) = re.findall(r"log_format\s+\w+\s+([^;]+);", settings)
    variables = set(re.findall(r"\$(\w+)", shape))
    assert variables == {"network", "time_local", "request_method", "status", "body_bytes_sent", "request_time"}
    servers = settings.split("\nserver {")[1:]
    assert len(servers) == 2
    for server in servers:
        assert re.search(r"^    access_log \S+ without_links;$|^    access_log off;$", server, re.MULTILINE)
        # At every lower level it writes the request and the address of whoever sent it, and no format changes that.
        assert re.search(r"^    error_log \S+ emerg;$", server, re.MULTILINE)


@pytest.mark.parametrize(
    ("address", "network"),
    [("198.51.100.23", "198.51.100.0"), ("2001:db8:1:2::6", "2001:db8:1::"), ("::1", "-"), ("unix:", "-")],
)
def test_its_map_cuts_addresses(address: str, network: str) -> None:
    (rules,) = re.findall(r"map \$remote_addr \$network \{\n(.*?)\n\}", documented_nginx(), re.DOTALL)
    told = "-"
    assert "default -;" in rules
    for pattern, name, rest in re.findall(r'"~(\S+)" \$\{?(\w+)\}?([^;]*);', rules):
        if match := re.search(pattern.replace("(?<", "(?P<"), address):
            told = match[name] + rest.strip('"')
            break
    assert told == network


@pytest.mark.process
def test_a_log_of_objects_is_one_a_line_without_tokens(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    make_data_folder(data_dir)
    token = "Tb3_-TokenOfAnObserver"
    with serving(data_dir, "--no-worker", PERCEPTION_LOG_FORMAT="json") as server:
        send_malformed(server, token)
        server.stop()
        lines = server.log.read_text().splitlines()

    logged = [json.loads(line) for line in lines if line.startswith("{")]
    assert any(entry["logger"] == "gunicorn.error" and entry["level"] == "WARNING" for entry in logged)
    assert all({"time", "level", "logger", "message"} <= set(entry) for entry in logged)
    assert token not in "\n".join(lines)


@pytest.mark.process
def test_the_times_of_requests_are_added_up_over_the_web_processes(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    make_data_folder(data_dir)
    token = "only-for-this-test-42"
    with serving(data_dir, "--no-worker", "--workers", "2", PERCEPTION_METRICS_TOKEN=token) as server:
        for _ in range(12):
            assert server.get("/healthz")[0] == 200
        assert server.get("/o/Tb3_-TokenOfAnObserver/")[0] == 404
        request = urllib.request.Request(  # noqa: S310 - http, our own
            server.url + "/metrics", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            told = str(answer.read().decode())

    assert 'perception_request_seconds_count{status="200",view="healthz"} 12.0' in told
    assert 'perception_request_seconds_count{status="404",view="observer:welcome"} 1.0' in told
    assert "Tb3_-TokenOfAnObserver" not in told
