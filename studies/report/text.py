"""The report as plain text, for the terminal: the sections of the page without its plots and pictures."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import replace

from studies.report.build import Report
from studies.report.sections.contents import notices_of, sections_of
from studies.report.sections.elements import FlowStep, LabelledText, Section, Table
from studies.report.sections.head import Head, head_of

WIDTH = 100
GAP = "  "
UNBROKEN = 24
"""A cell of at most so many letters, such as a figure with its interval, is never broken."""
NARROWEST_NOTE = 30
"""Notes stand beside their texts where they have so many letters, and else below them."""
HEAD_WIDTH = 20
"""A column's name that is longer is broken, where the cells below it are narrower."""

Lines = list[str]
Cells = Sequence[str]


def report_text(report: Report) -> str:
    """Set the report of a study, with what is to be known before any figure is read."""
    notices = (_wrapped(f"{notice.name} {notice.text}") for notice in notices_of(report))
    blocks = [_head(head_of(report)), *notices, *map(_section, sections_of(report))]
    return "\n\n".join("\n".join(block) for block in blocks)


def plain_text(sections: Iterable[Section]) -> str:
    """Set sections, one below the other: lines of at most `WIDTH` letters, but for words that are longer."""
    return "\n\n".join("\n".join(_section(section)) for section in sections)


def _section(section: Section) -> Lines:
    blocks = [
        _title(section.title),
        *map(_wrapped, section.lead),
        _facts(section.headline),
        _flow(section.flow),
        *(_table(table, named=table.label not in (section.title, table.head[0])) for table in section.tables),
        *_beside([_table(table, named=True) for table in section.small_tables]),
        *(_table(table, named=True) for table in section.count_tables),
        _facts(section.facts),
        _listed(section.listed),
        *map(_wrapped, section.notes),
    ]
    return _separated([block for block in blocks if block])


def _head(head: Head) -> Lines:
    blocks = [
        _title(head.title),
        [*_wrapped(head.authors), *_wrapped(head.institution)],
        _facts((*head.asked, *head.approvals)),
        _wrapped(head.verdict),
        _facts(head.figures),
        _wrapped(f"{head.margin} {head.note}".strip()),
    ]
    return _separated([block for block in blocks if block])


def _title(text: str) -> Lines:
    return [text, "=" * len(text)]


def _wrapped(text: str) -> Lines:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _separated(blocks: Sequence[Lines]) -> Lines:
    """Return the blocks with an empty line between each and the next."""
    return [line for number, block in enumerate(blocks) for line in ([""] if number else []) + block]


def _facts(facts: Sequence[LabelledText]) -> Lines:
    """Set named texts as columns; what is to be known about them in a third, or where that is too narrow below them."""
    if not any(fact.note for fact in facts):
        return _columns([(fact.name, fact.text) for fact in facts])
    widest = [max(map(len, cells)) for cells in zip(*((fact.name, fact.text) for fact in facts), strict=True)]
    if WIDTH - sum(widest) - 2 * len(GAP) >= NARROWEST_NOTE:
        return _columns([(fact.name, fact.text, fact.note) for fact in facts])
    told = ([(fact.name, fact.text), *([("", fact.note)] if fact.note else [])] for fact in facts)
    return _columns([line for lines in told for line in lines])


def _flow(steps: Sequence[FlowStep]) -> Lines:
    lefts = (", ".join(f"{left.text} {left.name}" for left in step.left) for step in steps)
    return _columns([(step.name, str(step.count), left) for step, left in zip(steps, lefts, strict=True)])


def _listed(texts: Sequence[str]) -> Lines:
    return _columns([(f"{number}.", text) for number, text in enumerate(texts, start=1)])


def _table(table: Table, *, named: bool) -> Lines:
    label = _wrapped(table.label) if named else []
    table = _without_empty_columns(table)
    widths = _widths((*table.rows, *table.foot), table.head)
    if widths is None:
        return [*label, *_stacked(table)]
    rule = [GAP.join("-" * width for width in widths)]
    foot = [*rule, *_set(table.foot, widths)] if table.foot and table.rows else _set(table.foot, widths)
    return [*label, *_set([table.head], widths), *rule, *_set(table.rows, widths), *foot]


def _without_empty_columns(table: Table) -> Table:
    """Leave out the columns that say nothing of any line, such as diagnoses that nobody told."""
    lines = (*table.rows, *table.foot)
    kept = [place for place in range(len(table.head)) if place == 0 or not lines or any(line[place] for line in lines)]

    def cut(line: Cells) -> tuple[str, ...]:
        return tuple(line[place] for place in kept)

    return replace(table, head=cut(table.head), rows=tuple(map(cut, table.rows)), foot=tuple(map(cut, table.foot)))


def _stacked(table: Table) -> Lines:
    """Set a table that is too wide: below the name of each line its other cells, each with the name of its column."""
    lines: Lines = []
    for name, *cells in (*table.rows, *table.foot):
        named = [(f"{GAP}{head}", cell) for head, cell in zip(table.head[1:], cells, strict=True) if cell]
        lines += [*_wrapped(name), *_columns(named)]
    return lines


def _beside(tables: Sequence[Lines]) -> Iterable[Lines]:
    """Set small tables beside one another, as many in a row as there is room for."""
    if not tables:
        return
    width = max(len(line) for table in tables for line in table)
    fit = max(1, (WIDTH + 2 * len(GAP)) // (width + 2 * len(GAP)))
    for first in range(0, len(tables), fit):
        row = tables[first : first + fit]
        height = max(map(len, row))
        padded = [[*table, *[""] * (height - len(table))] for table in row]
        yield [f"{GAP}{GAP}".join(f"{line:<{width}}" for line in lines).rstrip() for lines in zip(*padded, strict=True)]


def _columns(rows: Sequence[Cells]) -> Lines:
    """Set rows without a head; the last column is broken however narrow it becomes."""
    if not rows:
        return []
    widths = _widths(rows, [""] * len(rows[0]))
    if widths is None:
        *first, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
        widths = [*first, max(UNBROKEN, WIDTH - sum(first) - len(GAP) * len(first))]
    return _set(rows, widths)


def _widths(rows: Sequence[Cells], head: Cells) -> list[int] | None:
    """Return how wide each column is set, so that all have room; None where even broken cells have none."""
    columns = list(zip(*rows, strict=True)) or [()] * len(head)
    least = [max([_longest_word(name), *map(_narrowest, column)]) for name, column in zip(head, columns, strict=True)]
    most = [max([_head_width(name), *map(len, column)]) for name, column in zip(head, columns, strict=True)]
    room = WIDTH - sum(least) - len(GAP) * (len(head) - 1)
    if room < 0:
        return None
    # What is left is shared evenly, and what one does not need is the others': short cells stay whole, and sentences
    # are broken.
    in_want = sorted(range(len(head)), key=lambda place: most[place] - least[place])
    for number, place in enumerate(in_want):
        more = min(most[place] - least[place], room // (len(head) - number))
        least[place] += more
        room -= more
    return least


def _narrowest(cell: str) -> int:
    return len(cell) if len(cell) <= UNBROKEN else _longest_word(cell)


def _head_width(name: str) -> int:
    return max(min(len(name), HEAD_WIDTH), _longest_word(name))


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)


def _set(rows: Iterable[Cells], widths: Sequence[int]) -> Lines:
    """Set rows in columns; what is wider than its column goes on below."""
    lines: Lines = []
    for row in rows:
        cells = [
            textwrap.wrap(cell, width, break_long_words=False, break_on_hyphens=False) if len(cell) > width else [cell]
            for cell, width in zip(row, widths, strict=True)
        ]
        for number in range(max(map(len, cells))):
            parts = (cell[number] if number < len(cell) else "" for cell in cells)
            lines.append(GAP.join(f"{part:<{width}}" for part, width in zip(parts, widths, strict=True)).rstrip())
    return lines
