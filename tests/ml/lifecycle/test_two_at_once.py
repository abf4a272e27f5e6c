"""Two people do something to one row at the same moment, on a database as it is served: one of them does it."""

import json
from pathlib import Path

import pytest

from tests.processes import make_data_folder, manage

SCRIPT = """
import json, threading
from django.core.files.storage import default_storage
from django.db import connection
from ml.errors import MlError
from ml.lifecycle.deletion import delete
from ml.lifecycle.renaming import rename
from ml.models import PairSet
from studies.models import Study
from tests.studies.factories import make_pair_set, make_researcher, make_study

def at_once(*deeds):
    said, start = [], threading.Barrier(len(deeds))
    def do(deed):
        start.wait()
        try:
            deed()
            said.append("done")
        except Exception as error:
            said.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()
    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return said

def files_of(pair_set):
    return [file for pair in pair_set.pairs.all() for file in (pair.clean_file.name, pair.perturbed_file.name)]

def stored(files):
    return sum(default_storage.exists(file) for file in files)

found = {"renamed": [], "deleted": [], "drafted": []}
owner = make_researcher()
for number in range(4):
    one, other = make_pair_set(n=1), make_pair_set(n=1)
    name = f"the one {number}"
    said = at_once(lambda: rename(row=one, name=name, by=None), lambda: rename(row=other, name=name, by=None))
    found["renamed"].append([said, PairSet.objects.filter(name=name).count()])

    gone = make_pair_set(n=3)
    files = files_of(gone)
    same = PairSet.objects.get(pk=gone.pk)
    said = at_once(lambda: delete(row=gone, by=None), lambda: delete(row=same, by=None))
    found["deleted"].append([said, stored(files)])

    pairs = make_pair_set(n=8)
    files, drafts = files_of(pairs), Study.objects.count()
    pk = pairs.pk
    said = at_once(
        lambda: delete(row=pairs, by=None),
        lambda: make_study(owner=owner, pair_set=PairSet.objects.get(pk=pk), observers=0),
    )
    kept = PairSet.objects.filter(pk=pk).exists()
    found["drafted"].append([said, kept, Study.objects.count() > drafts, stored(files) == (len(files) if kept else 0)])
print(json.dumps(found))
"""


@pytest.mark.process
def test_one_of_two_renames_deletes_or_builds_on_it(tmp_path: Path) -> None:
    make_data_folder(tmp_path / "data")
    printed = manage(tmp_path / "data", "shell", "--verbosity", "0", "--command", SCRIPT)
    found = json.loads(printed.splitlines()[-1])
    for said, n_named in found["renamed"]:
        assert (said.count("done"), n_named) == (1, 1), said
        assert any("already" in text or "meanwhile" in text for text in said), said
    for said, n_files in found["deleted"]:
        assert (said.count("done"), n_files) == (1, 0), said
        assert any("meanwhile" in text for text in said), said
    for said, kept, drafted, files_as_rows in found["drafted"]:
        assert said.count("done") == 1, said
        assert kept is drafted
        assert files_as_rows
