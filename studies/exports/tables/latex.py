"""Tables in LaTeX, with the package booktabs."""

import unicodedata
from collections.abc import Iterable

from studies.exports.tables.result_table import ResultTable

# Every character that TeX would take for something else: its own, those that the standard font encoding prints as
# others, and those that make up a ligature with their like. The rest are signs of the report's own texts.
ESCAPES = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    '"': r"\textquotedbl{}",
    "-": "{-}",
    # At the beginning of a row they would belong to the \\ before it.
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "−": "$-$",
    "–": "--",
    "—": "---",
    "′": "$'$",
    "×": r"$\times$",
    "±": r"$\pm$",
    "δ": r"$\delta$",
    "χ": r"$\chi$",
    "Φ": r"$\Phi$",
    "²": r"$^2$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "√": r"$\surd$",
    "…": r"\dots{}",
    "’": "'",
    "‘": "`",
    "“": "``",
    "”": "''",
    "\u00a0": "~",
}


def escaped(text: str) -> str:
    """Return text as LaTeX that prints it as it is, on one line; control characters are left out.

    Letters beyond the Latin ones stay as they are: LuaLaTeX and XeLaTeX print what their font has.
    """
    plain = "".join(" " if character.isspace() and character != "\u00a0" else character for character in text)
    kept = (character for character in plain if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    return " ".join("".join(ESCAPES.get(character, character) for character in kept).split(" "))


def latex_tables(tables: Iterable[ResultTable]) -> str:
    """Return the tables, each as a float with caption, label and notes, to be put into a document by \\input."""
    head = "% \\usepackage[T1]{fontenc} \\usepackage{textcomp} \\usepackage{booktabs} \\usepackage{graphicx}\n"
    return head + "".join("\n" + _table(table) for table in tables)


def _table(table: ResultTable) -> str:
    # The intervals' names are long: their column is a paragraph.
    columns = "lllp{0.45\\linewidth}" if table.name == "pooled" else "l" * len(table.header)
    lines = [
        "\\begin{table}",
        "\\centering",
        f"\\caption{{{escaped(table.caption)}}}",
        f"\\label{{tab:{table.name}}}",
        "\\resizebox{\\linewidth}{!}{%",
        _tabular(table, columns) + "}",
        *(f"\\par\\smallskip {escaped(note)}" for note in table.notes),
        "\\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _tabular(table: ResultTable, columns: str) -> str:
    import pandas as pd

    rows = [list(map(escaped, row)) for row in table.rows]
    frame = pd.DataFrame(rows, columns=list(map(escaped, table.header)), dtype=object)
    # pandas' own escaping knows TeX's characters, but neither ligatures nor the signs of the report's texts.
    return frame.to_latex(index=False, escape=False, column_format=columns).removesuffix("\n")
