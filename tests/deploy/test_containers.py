"""The container files: linted, and their very commands run in a bare folder, since no container engine runs here."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.processes import ROOT, Server, project_environment, serving_command

DEPLOY = ROOT / "deploy"
FILES = {"web": DEPLOY / "web.Dockerfile", "worker": DEPLOY / "worker.Dockerfile"}


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile."""

    keyword: str
    text: str


def instructions(name: str) -> list[Instruction]:
    """Return the instructions of a Dockerfile whose instructions are a line each."""
    lines = [line for line in FILES[name].read_text().splitlines() if line and not line.startswith("#")]
    return [Instruction(*line.split(maxsplit=1)) for line in lines]


def texts(name: str, keyword: str) -> list[str]:
    return [instruction.text for instruction in instructions(name) if instruction.keyword == keyword]


@pytest.mark.parametrize("name", FILES)
def test_the_linter_finds_nothing(name: str) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "hadolint", FILES[name]], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", FILES)
def test_whatever_is_copied_is_let_into_the_build_and_no_secret_is(name: str) -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    copied = [source for text in texts(name, "COPY") for source in text.split()[:-1]]

    assert ignored[1] == "*", "what is not named stays out: data folders, keys, environments"
    for source in copied:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignored, source


@pytest.mark.parametrize("name", FILES)
def test_it_runs_as_nobody_in_particular_with_its_data_in_a_volume(name: str) -> None:
    keywords = [instruction.keyword for instruction in instructions(name)]

    assert texts(name, "USER") == ["10001"]
    assert texts(name, "VOLUME") == ["/data"]
    assert keywords.index("USER") < keywords.index("CMD")
    assert "PERCEPTION_DATA_DIR=/data" in texts(name, "ENV")[0]


def compose() -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


def test_the_services_are_built_from_files_that_are_there_and_set_what_the_settings_know() -> None:
    services = compose()["services"]
    assert isinstance(services, dict)
    assert set(services) == {"proxy", "web", "worker", "database", "queue"}
    documented = (ROOT / "perception" / "settings.py").read_text().partition("import ")[0]
    for name in ("web", "worker"):
        service = services[name]
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).resolve() == FILES[name]
        unknown = [variable for variable in service["environment"] if f"`{variable}`" not in documented]
        assert unknown == []
    assert services["web"]["volumes"] == services["worker"]["volumes"], "both see the same files"
    assert {n for n, service in services.items() if "ports" in service} == {"proxy"}, (
        "nothing else is reached from outside"
    )


def test_what_compose_asks_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    example = {line.split("=")[0] for line in (DEPLOY / "example.env").read_text().splitlines() if "=" in line}

    assert asked == example
    assert "/deploy/.env" in (ROOT / ".gitignore").read_text().splitlines()


def test_caddy_takes_its_file(tmp_path: Path) -> None:
    if shutil.which("caddy") is None:
        if os.environ.get("CI"):
            pytest.fail("no Caddy")
        pytest.skip("no Caddy: sudo apt install caddy")
    done = subprocess.run(
        ["caddy", "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"],
        env={**os.environ, "SITE_NAME": "study.example.org", "HOME": os.fspath(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Do in a bare folder what the web server's Dockerfile says, with a new environment in the place of the image's."""
    folder = tmp_path_factory.mktemp("web")
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    app = folder / "app"
    app.mkdir()
    for instruction in instructions("web"):
        if instruction.keyword == "COPY":
            *sources, target = instruction.text.split()
            copy_into(app, sources, target)
        elif instruction.keyword == "RUN" and not instruction.text.startswith("useradd"):
            done = subprocess.run(
                ["sh", "-c", instruction.text],
                cwd=app,
                env={**os.environ, "PATH": f"{environment / 'bin'}:/usr/bin:/bin"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
    return folder


def copy_into(app: Path, sources: list[str], target: str) -> None:
    """Copy as Docker does: the contents of a folder, or files into one."""
    for source in sources:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, app / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (app / target).mkdir(exist_ok=True)
            shutil.copy(ROOT / source, app / target)


@pytest.fixture
def bare_server(built: Path, tmp_path: Path) -> Iterator[Server]:
    """Run the Dockerfile's own command, on a free port of this machine."""
    (command,) = texts("web", "CMD")
    arguments = [word.replace("0.0.0.0:8000", "127.0.0.1:0") for word in json.loads(command)]
    python = str(built / "environment" / "bin" / "python")
    with serving_command([python, *arguments[1:]], tmp_path / "data", cwd=built / "app", PYTHONPATH="") as server:
        yield server


# Every address without a part to fill in, asked for by an administrator.
CRAWL = """
import json, sys
import django
django.setup()
from importlib.util import find_spec
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver
client = Client(raise_request_exception=True)
client.force_login(User.objects.create_superuser("admin"))
asked = {}
def addresses(patterns, before=""):
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern.url_patterns, address)
        elif "<" not in address and "(" not in address:
            yield "/" + address
for address in addresses(get_resolver().url_patterns):
    asked[address] = client.get(address, follow=False).status_code
print(json.dumps({"asked": asked, "networks": [name for name in ("tensorflow", "keras") if find_spec(name)]}))
"""


@pytest.mark.process
@pytest.mark.thorough
def test_the_web_server_works_without_the_networks_libraries(built: Path, bare_server: Server) -> None:
    assert bare_server.get("/healthz") == (200, b"ok")
    done = subprocess.run(
        [built / "environment" / "bin" / "python", "-c", CRAWL],
        cwd=built / "app",
        env=project_environment(
            bare_server.data_dir, DJANGO_SETTINGS_MODULE="perception.settings", PERCEPTION_ALLOWED_HOSTS="testserver"
        ),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    crawled = json.loads(done.stdout)
    assert crawled["networks"] == []
    assert len(crawled["asked"]) > 20
    assert {
        address: status for address, status in crawled["asked"].items() if status >= 500 and address != "/readyz"
    } == {}


@pytest.mark.parametrize("name", FILES)
def test_the_command_is_one_of_the_programs(name: str) -> None:
    (command,) = texts(name, "CMD")
    python, program, subcommand, *options = json.loads(command)

    assert (python, program) == ("python", "manage.py")
    described = subprocess.run(
        [sys.executable, "manage.py", subcommand, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert all(option in described for option in options if option.startswith("--")), shlex.join(options)
