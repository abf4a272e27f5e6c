"""Tables for a paper: the report's own texts, and no character that LaTeX or Markdown takes for something else."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.analysis.detection.yes_no import AnswerSummary
from perception.analysis.observations import Observations, Task
from perception.analysis.study_summary import StudySummary, summarise_study
from perception.core.formatting import coefficient, percent
from studies.exports.tables import latex, markdown
from studies.exports.tables.latex import latex_tables
from studies.exports.tables.markdown import markdown_table, markdown_tables
from studies.exports.tables.result_table import ResultTable
from studies.exports.tables.result_tables import result_tables

TASKS: list[Task] = ["yes_no", "same_different", "two_afc"]
AWKWARD = ("\\input{x} & 100% $#_{}~^ <a|b>", '"q" `t\' -- [x] *', "= é ü ß − … ’")
PREAMBLE = (
    "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{textcomp}\\usepackage{booktabs}"
    "\\usepackage{graphicx}\\begin{document}\n"
)


def summary_of(task: Task, observers: tuple[str, ...] = AWKWARD, n_items: int = 12) -> StudySummary:
    generator = np.random.default_rng(1)
    n = len(observers)
    truth = np.arange(n_items) % 2 == 0
    return summarise_study(
        Observations(
            task=task,
            observers=observers,
            items=tuple(f"S{number}" for number in range(n_items)),
            observer=np.repeat(np.arange(n), n_items),
            item=np.tile(np.arange(n_items), n),
            truth=np.tile(truth, n),
            response=(generator.random(n * n_items) < 0.5).astype(np.int8),
            catch=np.zeros(n * n_items, dtype=bool),
        )
    )


def test_the_tables_hold_the_texts_of_the_page() -> None:
    summary = summary_of("yes_no", ("A", "B", "C"))
    answers = summary.answers
    assert isinstance(answers, AnswerSummary)

    pooled, observers = result_tables(summary, simulated=False)

    texts = {row[0]: row for row in pooled.rows}
    assert texts["Sensitivity"][1] == percent(answers.pooled.sensitivity)
    assert texts["Specificity"][3] == answers.pooled.specificity.method
    assert texts["Fleiss’ kappa"][1] == coefficient(answers.agreement.fleiss_kappa)
    b = answers.observers["B"]
    assert observers.rows[1] == (
        "B",
        f"{b.counts.tp} of 6",
        f"{b.counts.tn} of 6",
        percent(b.figures.sensitivity),
        percent(b.figures.specificity),
        coefficient(b.signal.d_prime),
        coefficient(b.signal.criterion),
    )
    assert observers.rows[-1][0] == "Pooled"


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("observers", [("A",), ("A", "B"), AWKWARD])
def test_every_row_is_as_long_as_its_header(task: Task, observers: tuple[str, ...]) -> None:
    for table in result_tables(summary_of(task, observers), simulated=False):
        assert {len(row) for row in table.rows} == {len(table.header)}


def test_nobody_answered_no_table() -> None:
    assert result_tables(summary_of("yes_no", ()), simulated=False) == ()
    assert markdown_tables(()) == ""


def test_simulated_answers_are_called_so_in_the_caption() -> None:
    for table in result_tables(summary_of("yes_no"), simulated=True):
        assert "simulated observers" in table.caption


# What may stand unescaped in LaTeX's text: letters, digits, and marks that are printed as they are.
PLAIN = re.compile(r"[A-Za-z0-9 .,;:!?()/+=@]")
CONTROL = re.compile(
    r"\\(?:textbackslash|textasciitilde|textasciicircum|textless|textgreater|textbar|textasciigrave|textquotesingle"
    r"|textquotedbl|dots)\{\}|\\[&%$#_{}]|\{[-\[\]*]\}|\$[^$]*\$|---?|``|''|['`~]"
)


@given(st.text())
def test_latex_is_escaped_whatever_the_text(text: str) -> None:
    written = latex.escaped(text)

    rest = CONTROL.sub("", written)
    assert all(PLAIN.match(character) or ord(character) > 127 for character in rest)
    assert "\n" not in written


def test_each_special_character_of_latex_is_printed_as_itself() -> None:
    assert latex.escaped(r"\input{x}") == r"\textbackslash{}input\{x\}"
    assert latex.escaped("100 % & $5 #1 a_b") == r"100 \% \& \$5 \#1 a\_b"
    assert latex.escaped("−0.22 (−0.49–0.04)") == "$-$0.22 ($-$0.49--0.04)"
    assert latex.escaped("a--b [c]") == "a{-}{-}b {[}c{]}"
    assert latex.escaped("d′ of S01\nnext\x00\x07") == "d$'$ of S01 next"


def test_a_table_in_latex_is_as_it_stands_in_a_paper() -> None:
    table = ResultTable(
        "observers", "Each", ("Observer", "Share", "Share"), (("{{A}} 1", "10 %", "−0012"),), ("A note.",)
    )

    assert latex_tables([table]).partition("\n\n")[2] == "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            r"\caption{Each}",
            r"\label{tab:observers}",
            r"\resizebox{\linewidth}{!}{%",
            r"\begin{tabular}{lll}",
            r"\toprule",
            r"Observer & Share & Share \\",
            r"\midrule",
            r"\{\{A\}\} 1 & 10 \% & $-$0012 \\",
            r"\bottomrule",
            r"\end{tabular}}",
            r"\par\smallskip A note.",
            r"\end{table}",
            "",
        ]
    )


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX is installed")
def test_the_tables_are_set_by_latex(tmp_path: Path) -> None:
    body = "".join(latex_tables(result_tables(summary_of(task), simulated=False)) for task in TASKS)
    ascii_text = "".join(map(chr, range(32, 127)))
    document = f"{PREAMBLE}{latex.escaped(ascii_text)}\n\n{body}\\end{{document}}\n"
    (tmp_path / "t.tex").write_text(document, encoding="utf-8")

    # -draftmode: no fonts are drawn, no PDF is written; what TeX cannot read is an error all the same.
    result = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-draftmode", "t.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout[-2000:]


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1]]


@given(st.lists(st.tuples(st.text(), st.text()), max_size=3))
def test_no_text_breaks_out_of_its_cell_in_markdown(rows: list[tuple[str, str]]) -> None:
    lines = markdown_table(("one", "other"), rows).split("\n")[:-1]

    assert len(lines) == 2 + len(rows)
    for line in lines:
        assert len(cells_of(line)) == 2


def test_no_text_is_taken_for_a_line_of_the_table() -> None:
    # tabulate draws a line where the first or the second cell of a row is the one character U+0001.
    table = markdown_table(("one", "other"), [("\x01", "b"), ("a", "\x01"), ("-0012", "1e5"), ("", "")])

    assert table == "| one | other |\n| --- | --- |\n|  | b |\n| a |  |\n| -0012 | 1e5 |\n|  |  |\n"


def test_markdown_is_printed_as_it_is() -> None:
    assert markdown.escaped("a|b *c* [d](e) <f> `g` &amp;") == r"a\|b \*c\* \[d\](e) &lt;f&gt; \`g\` &amp;amp;"
