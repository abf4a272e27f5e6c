"""The list of refused files, which people open in a spreadsheet."""

import csv
from pathlib import Path

from ml.datasets.import_report import write_refusals
from ml.datasets.readers.archive import Refusal, RefusalKind
from perception.core.input_files.spreadsheet_cell import unescape_formula


def test_no_file_name_is_run_as_a_formula_by_a_spreadsheet(tmp_path: Path) -> None:
    refusals = [Refusal(RefusalKind.EMPTY, name, f"{name} is empty") for name in ("=1+1.png", "@a.png", "plain.png")]

    write_refusals(refusals, tmp_path / "refused.csv")

    with (tmp_path / "refused.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["where"] for row in rows] == ["'=1+1.png", "'@a.png", "plain.png"]
    assert [unescape_formula(row["reason"]) for row in rows] == [refusal.reason for refusal in refusals]
