"""`manage.py serve`, run for real: what starts, what answers, what stops, what is left."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perception.serving.address import Address, is_loopback, parse_address, unanswered_because
from perception.serving.errors import ServeError
from tests.processes import (
    Server,
    command_lines,
    eventually,
    make_data_folder,
    manage,
    rows_in,
    run_manage,
    serving,
)

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc; only Linux ends orphans")


def processes(data_dir: Path, what: str) -> list[int]:
    """Return the ids of the processes on the data folder whose command line has `what` in it."""
    return [number for number, line in command_lines(data_dir).items() if what in line]


def parent_of(number: int) -> int:
    """Return the id of a process's parent."""
    return int(re.findall(r"^PPid:\s+(\d+)", Path(f"/proc/{number}/status").read_text(), re.MULTILINE)[0])


def master_of_web(server: Server) -> int:
    """Return the id of the gunicorn process that is `serve`'s own child."""
    (master,) = [n for n in processes(server.data_dir, "gunicorn") if parent_of(n) == server.process.pid]
    return master


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder that is up to date, so that the tests below wait for one preparation and not for six."""
    folder = tmp_path_factory.mktemp("serve") / "data"
    make_data_folder(folder)
    return folder


@pytest.fixture
def server(data_dir: Path) -> Iterator[Server]:
    """Run a server for one test; afterwards nothing of it may be left."""
    with serving(data_dir, "--workers", "2", "--threads", "2") as running:
        yield running


@pytest.mark.process
@needs_proc
def test_it_works(server: Server) -> None:
    assert server.get("/healthz") == (200, b"ok")
    eventually(lambda: len(processes(server.data_dir, "gunicorn")) == 3, "a master and two web processes")
    eventually(lambda: len(processes(server.data_dir, "django worker")) == 1, "one background worker")

    assert server.stop() == 0
    assert command_lines(server.data_dir) == {}
    # A server of PostgreSQL for tests need not outlive a crash, which is told first.
    said = [
        line for line in server.log.read_text().splitlines() if not line.startswith(("?: (perception.postg", "\tHINT"))
    ]
    assert said[0] == f"Serving at {server.url} (Ctrl-C stops it)."
    assert re.fullmatch(
        rf"Nobody has an account yet.* {server.url}/accounts/first/ with the code [A-Z0-9-]{{19}}", said[1]
    )
    assert len(said) == 2


@pytest.mark.process
@needs_proc
def test_ctrl_c_in_a_terminal_stops_it_cleanly(server: Server) -> None:
    # A terminal sends SIGINT to the whole group in front: the children are not to be in it.
    children = [n for n in command_lines(server.data_dir) if n != server.process.pid]
    assert os.getpgid(server.process.pid) not in {os.getpgid(n) for n in children}
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(30) == 0
    assert command_lines(server.data_dir) == {}


@pytest.mark.process
@needs_proc
def test_nothing_is_left_of_a_command_that_was_killed(server: Server) -> None:
    eventually(lambda: processes(server.data_dir, "django worker"), "the worker has started")
    server.process.kill()
    server.process.wait(10)
    eventually(lambda: command_lines(server.data_dir) == {}, "no process is left")


@pytest.mark.process
@needs_proc
def test_a_worker_that_dies_is_started_again(server: Server) -> None:
    (first,) = eventually(lambda: processes(server.data_dir, "django worker"), "the worker has started")
    os.kill(first, signal.SIGKILL)
    (second,) = eventually(
        lambda: [n for n in processes(server.data_dir, "django worker") if n != first], "a new worker"
    )
    assert second != first
    assert "The background worker has ended (SIGKILL); a new one starts in 1 s." in server.log.read_text()
    assert server.get("/healthz") == (200, b"ok")


@pytest.mark.process
@needs_proc
def test_the_command_ends_with_the_web_server(server: Server) -> None:
    os.kill(master_of_web(server), signal.SIGKILL)
    assert server.process.wait(30) == 128 + signal.SIGKILL
    assert command_lines(server.data_dir) == {}
    assert "The web server has ended (SIGKILL)" in server.log.read_text()


@pytest.mark.process
@needs_proc
def test_a_request_that_is_being_answered_is_finished(server: Server) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    token = 32 * "a"
    body = f"csrfmiddlewaretoken={token}&username=nobody".encode()
    head = (
        f"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken={token}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        # Django waits for the rest of the form: the request is being answered.
        connection.sendall(head + body[:10])
        eventually(lambda: server.get("/healthz")[0] == 200, "the other threads answer")
        server.process.send_signal(signal.SIGTERM)
        # The master and the process with the request; the other one had nothing to wait for.
        eventually(lambda: len(processes(server.data_dir, "gunicorn")) == 2, "the idle process has ended")
        connection.sendall(body[10:])
        with connection.makefile("rb") as answer:
            assert answer.readline() == b"HTTP/1.1 200 OK\r\n"
    assert server.process.wait(30) == 0


@pytest.mark.process
def test_invitations_do_not_reach_the_log(server: Server) -> None:
    token = "Tb3_-TokenOfAnObserver"
    host, port = server.url.removeprefix("http://").split(":")
    server.get(f"/o/{token}/")
    with socket.create_connection((host, int(port)), timeout=30) as connection:  # gunicorn writes of this one
        connection.sendall(f"GET /o/{token}/ HTTP/9.9\r\n\r\n".encode())
        with connection.makefile("rb") as answer:
            assert b" 400 " in answer.readline()
    assert server.stop() == 0
    log = server.log.read_text()
    assert "Invalid request" in log
    assert token not in log


@pytest.mark.process
def test_a_log_of_requests_has_no_paths(data_dir: Path) -> None:
    with serving(data_dir, "--no-worker", "--workers", "1", GUNICORN_CMD_ARGS="--access-logfile -") as server:
        server.get("/o/Tb3_-TokenOfAnObserver/?next=/o/Tb3_-TokenOfAnObserver/")
        assert server.stop() == 0
    (line,) = [line for line in server.log.read_text().splitlines() if '"GET"' in line]
    assert line.startswith("[")
    assert "/o/" not in line


def run_serve(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `serve` to its end, which has to come by itself."""
    return run_manage(data_dir, "serve", *arguments, timeout=60)


@pytest.mark.process
def test_a_port_in_use_is_said(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run_serve(data_dir, "--bind", f"127.0.0.1:{port}")
    assert done.returncode == 1
    assert f"Another program already listens on 127.0.0.1:{port}." in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("text", "host", "port", "url"),
    [
        ("127.0.0.1:8000", "127.0.0.1", 8000, "http://127.0.0.1:8000"),
        ("localhost:80", "localhost", 80, "http://localhost:80"),
        ("[::1]:8000", "::1", 8000, "http://[::1]:8000"),
        ("0.0.0.0:0", "0.0.0.0", 0, "http://0.0.0.0:0"),  # noqa: S104 - read, not bound
    ],
)
def test_addresses_are_read(text: str, host: str, port: int, url: str) -> None:
    assert parse_address(text) == Address(host, port)
    assert parse_address(text).url == url


@pytest.mark.parametrize("text", ["", "8000", ":8000", "127.0.0.1", "::1:8000", "host:", "host:99999", "a b:1", "h:1x"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ServeError):
        parse_address(text)


def test_loopback() -> None:
    assert all(is_loopback(host) for host in ("localhost", "127.0.0.1", "127.8.9.1", "::1", "[::1]"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "192.0.2.1", "example.org", "*", ".example.org"))  # noqa: S104


def test_a_server_that_would_answer_nobody_says_what_to_set() -> None:
    outside = Address("0.0.0.0", 8000)  # noqa: S104 - not bound
    advice = unanswered_because(outside, ["localhost", "127.0.0.1"])
    assert advice is not None
    assert "PERCEPTION_ALLOWED_HOSTS" in advice
    assert unanswered_because(outside, ["localhost", "study.example.org"]) is None
    assert unanswered_because(Address("127.0.0.1", 8000), ["localhost"]) is None


def enqueue_a_long_task(data_dir: Path) -> str:
    """Queue a task that outlives every test; return its id when the worker has begun with it."""
    code = "from tests.perception.slow_task import sleep_for; print(sleep_for.enqueue(600).id)"
    name = manage(data_dir, "shell", "--verbosity", "0", "--command", code).strip()
    eventually(lambda: task_state(data_dir, name)[0] == "RUNNING", "the worker has begun with the task")
    return name


def task_state(data_dir: Path, name: str) -> tuple[str, str]:
    """Return the task's status and the class of the exception that ended it."""
    query = "SELECT status, exception_class_path FROM django_tasks_database_dbtaskresult WHERE id = %s"
    (row,) = rows_in(data_dir, query, name.replace("-", ""))
    return row["status"], row["exception_class_path"]


@pytest.mark.process
@needs_proc
def test_a_task_whose_worker_died_is_not_called_running_for_ever(server: Server) -> None:
    task = enqueue_a_long_task(server.data_dir)
    (worker,) = processes(server.data_dir, "django worker")
    os.kill(worker, signal.SIGKILL)
    eventually(lambda: task_state(server.data_dir, task)[0] == "FAILED", "the task is marked")
    assert task_state(server.data_dir, task)[1] == "ml.workers.database_queue.WorkerDied"


@pytest.mark.process
@needs_proc
def test_a_task_that_a_killed_server_left_is_marked_after_the_next_start(data_dir: Path) -> None:
    with serving(data_dir, "--workers", "1") as first:
        task = enqueue_a_long_task(data_dir)
        first.process.kill()
        first.process.wait(10)
        eventually(lambda: command_lines(data_dir) == {}, "no process is left")
    assert task_state(data_dir, task)[0] == "RUNNING"
    with serving(data_dir, "--workers", "1", PERCEPTION_LEASE_SECONDS="2"):
        eventually(lambda: task_state(data_dir, task)[0] == "FAILED", "the task is marked")
        assert task_state(data_dir, task)[1] == "ml.workers.database_queue.WorkerDied"


@pytest.mark.process
@needs_proc
def test_a_second_signal_interrupts_the_task(server: Server) -> None:
    task = enqueue_a_long_task(server.data_dir)
    server.process.send_signal(signal.SIGINT)
    eventually(lambda: not processes(server.data_dir, "gunicorn"), "the web server has ended")
    assert server.process.poll() is None, "the task has its time to finish"
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 0
    assert task_state(server.data_dir, task) == ("FAILED", "builtins.SystemExit")
    assert command_lines(server.data_dir) == {}
