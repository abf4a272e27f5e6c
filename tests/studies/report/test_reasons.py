"""Reasons that many cells would repeat stand once below their tables."""

from studies.report.sections.elements import Section, Table
from studies.report.sections.reasons import with_reasons_below

JUMPS, FEW = "not estimable: the share jumps", "not estimable: too few answers"


def section_of(*rows: tuple[str, ...], foot: tuple[tuple[str, ...], ...] = ()) -> Section:
    table = Table("L", ("Observer", "Threshold", "Slope"), rows, foot)
    return Section(key="k", title="T", tables=(table,), notes=("N.",))


def test_each_reason_is_told_once_with_its_letter() -> None:
    section = with_reasons_below(section_of(("A", JUMPS, "1.2"), ("B", JUMPS, FEW), foot=(("All", "3.1", FEW),)))

    (table,) = section.tables
    assert table.rows == (("A", "not estimable (a)", "1.2"), ("B", "not estimable (a)", "not estimable (b)"))
    assert table.foot == (("All", "3.1", "not estimable (b)"),)
    assert section.notes == ("Not estimable: (a) the share jumps; (b) too few answers.", "N.")


def test_few_of_them_and_those_without_a_reason_stay_in_their_cells() -> None:
    few = section_of(("A", JUMPS, "not estimable"), ("B", FEW, "not estimable"))
    assert with_reasons_below(few) == few


def test_two_cells_with_one_reason_refer_to_it() -> None:
    (table,) = with_reasons_below(section_of(("A", JUMPS, "1.2"), ("B", JUMPS, "1.3"))).tables
    assert [row[1] for row in table.rows] == ["not estimable (a)", "not estimable (a)"]


def test_more_reasons_than_letters_stay_in_their_cells() -> None:
    many = section_of(*((str(number), f"not estimable: {number}", "") for number in range(30)))
    assert with_reasons_below(many) == many
