"""The tutorial on pairs made elsewhere, followed: its scripts are run, and its commands, in their order."""

import shlex
from pathlib import Path

import pytest
from django.core.management import call_command

from ml.models import Dataset, PairSet
from tests.project.documentation import ROOT, Page

pytestmark = pytest.mark.django_db


def test_its_scripts_and_commands_do_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in Page(ROOT / "docs/pairs-made-elsewhere.md").code_blocks:
        if block.startswith("python manage.py "):
            call_command(*shlex.split(block)[2:], verbosity=0)
        elif block.startswith(("from ", "import ")):
            exec(compile(block, "tutorial", "exec"), names)  # noqa: S102 - the page's own script, as a reader runs it

    noise, table, again = PairSet.objects.order_by("pk").select_related("evaluation", "dataset")
    assert [one.name for one in (noise, table, again)] == ["noise", "noise-table", "again"]
    assert {(one.pairs.count(), one.image_size) for one in (noise, table, again)} == {(12, 224)}
    assert noise.evaluation.sizes["linf"]["max"] == 8
    assert noise.strength == table.strength == again.strength == 8
    assert not noise.evaluation.table
    assert table.evaluation.table["overall"]["fooling_ratio"]["k"] == 6
    assert again.dataset == noise.dataset
    assert Dataset.objects.count() == 2
