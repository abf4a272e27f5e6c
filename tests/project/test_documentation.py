"""What the documentation names is there: pages, anchors, files, commands, their options, targets of make, modules."""

import importlib.util
import re

import pytest
from django.core.management import BaseCommand, get_commands, load_command_class

from tests.project.documentation import ROOT, Page, arguments_after, pages

PAGES = pages()
PLACEHOLDER = re.compile(r"[A-Z_]{2,}")
FLAG = re.compile(r"--[a-z][a-z0-9-]*")
# Options of gunicorn, which the documentation shows too.
OTHERS = {"--access-logfile"}


def our_commands() -> set[str]:
    """Return the commands of `manage.py` that are this project's."""
    ours = ("perception", "ml", "studies")
    return {name for name, app in get_commands().items() if isinstance(app, str) and app.partition(".")[0] in ours}


def command_of(name: str) -> BaseCommand:
    """Return a command of `manage.py`."""
    return load_command_class(str(get_commands()[name]), name)


def options_of(name: str) -> set[str]:
    """Return the options of a command of `manage.py`."""
    parser = command_of(name).create_parser("manage.py", name)
    return {option for action in parser._actions for option in action.option_strings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Page) -> None:
    for target in page.targets:
        if re.match(r"(https?|mailto):", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.path.parent / path).resolve() if path else page.path
        assert file.is_relative_to(ROOT), target
        assert file.exists(), target
        assert not anchor or anchor in Page(file).anchors, target


def test_links_are_seen_at_all() -> None:
    readme = next(page for page in PAGES if page.name == "README.md")

    assert {"docs/handbook-researcher.md", "docs/images/report.png", "LICENSE"} <= set(readme.targets)
    assert "two-commands" in readme.anchors


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_exists_with_the_options_shown(page: Page) -> None:
    for line in page.code_lines:
        for command, *arguments in filter(None, arguments_after(line, "manage.py ")):
            if PLACEHOLDER.fullmatch(command):
                continue
            assert command in get_commands(), line
            shown = {flag for word in arguments for flag in FLAG.findall(word)}
            assert shown <= options_of(command), line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_named_in_a_text_is_one_of_some_command(page: Page) -> None:
    known = OTHERS.union(*map(options_of, our_commands()))
    for code in page.inline_code:
        if code.startswith("--"):
            assert set(FLAG.findall(code)) <= known, code


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_of_make_exists(page: Page) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for line in page.code_lines:
        named = re.match(r"make ([a-z-]+)(?= |$)", line)
        assert named is None or named[1] in targets, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_that_is_run_exists(page: Page) -> None:
    for line in page.code_lines:
        for module in re.findall(r"python -m ((?:perception|ml|studies|tools)[\w.]*)", line):
            assert importlib.util.find_spec(module) is not None, line


def test_every_command_of_the_program_is_documented() -> None:
    lines = [line for page in PAGES for line in page.code_lines]
    called = {words[0] for line in lines for words in arguments_after(line, "manage.py ") if words}

    current = {name for name in our_commands() if not command_of(name).help.startswith("The earlier name of")}
    assert current <= called | {line.split()[0] for line in lines if line.strip()}
