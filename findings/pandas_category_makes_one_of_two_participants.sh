#!/usr/bin/env bash
# Surprise: pandas 3.1.1 reads the participants 01 and 1 as one when the column is read as "category"; a participant
# P3 anywhere below makes them two again.
#
# Expected: `read_csv(dtype="category")` tells labels apart by their text, as `dtype=str` does, as pandas 3.0.3 still
# does, and as its guide said ("the resulting categories will always be parsed as strings").
# Seen: since 3.1 the labels are read as numbers where every one of them is a number, and labels that are the same
# number become one category, without a warning: four answers of two people are four of one. Where a single label is a
# word, none is read as a number. So how many people a table has depends on a row that may be a million lines below.
# `dtype=str`, made a category afterwards, keeps them.
#
# What follows: labels are read as text and made categories then; whoever reads categories at once puts a word among
# them first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

for version in 3.0.3 3.1.1; do
    python3 -m venv "$version"
    "$version/bin/python" -m pip install --quiet --disable-pip-version-check "pandas==$version" numpy==2.4.6
done
cat > read.py <<'PY'
import io

import pandas as pd

table = "participant,answer\n01,same\n01,different\n1,different\n1,different\n"
longer = table + "P3,same\n"


def people(text: str, dtype: str) -> list[str]:
    return [str(label) for label in pd.read_csv(io.StringIO(text), dtype=dtype)["participant"].unique()]


found = {
    "as category": people(table, "category"),
    "as category, with P3 below": people(longer, "category"),
    "as text": people(table, "str"),
}
print(f"pandas {pd.__version__}: {found}")
one = pd.__version__ == "3.1.1"
assert found["as category"] == (["1"] if one else ["01", "1"]), "this finding is out of date"
assert found["as category, with P3 below"] == ["01", "1", "P3"]
assert found["as text"] == ["01", "1"]
PY
3.0.3/bin/python read.py
3.1.1/bin/python read.py
echo "As described: two participants are one in 3.1.1, until a third one has a letter in the name."
