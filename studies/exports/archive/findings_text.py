"""What the check of an archive found, as text for a terminal."""

from studies.exports.archive.comparison import ABSOLUTE, RELATIVE, Comparison, FigureValue
from studies.exports.archive.finding import Findings
from studies.exports.archive.reading import shortened


def findings_text(findings: Findings, *, brief: bool = False) -> str:
    """Write the findings: what is right, what is wrong, every figure (or those that differ alone), the verdict."""
    differing = [figure for figure in findings.figures if not figure.agrees]
    changed = [figure for figure in findings.figures if figure.changed]
    agreeing = len(findings.figures) - len(differing) - len(changed)
    lines = [f"Archive with SHA-256 {findings.sha256}", ""]
    lines += [f"  right: {sentence}" for sentence in findings.checked]
    lines += [f"  WRONG: {sentence}" for sentence in findings.problems]
    lines += [
        "",
        f"Figures computed again: {agreeing} agree, {len(differing)} differ "
        f"(numbers within a relative {RELATIVE:g}, or {ABSOLUTE:g} near 0; undefined with undefined).",
    ]
    lines += [_line(figure) for figure in (differing if brief else findings.figures)]
    if changed:
        lines += ["", "Computed otherwise since the version that wrote the archive, and not compared:"]
        lines += _by_reason(changed)
    if findings.taken_over:
        lines += ["", f"Not computed again, they do not follow from the answers: {', '.join(findings.taken_over)}."]
    verdict = "The archive is whole, and every figure follows from its answers."
    if not findings.agrees:
        count = len(findings.problems) + len(differing)
        verdict = f"The archive does not agree with itself: {count} difference{'s' if count != 1 else ''}, see above."
        if not findings.figures:
            verdict += " No figure was computed."
    return "\n".join([*lines, "", verdict])


def _by_reason(changed: list[Comparison]) -> list[str]:
    """Return a line for each reason, with the first of the figures and how many more there are."""
    names: dict[str, list[str]] = {}
    for figure in changed:
        names.setdefault(figure.changed, []).append(figure.name)
    return [
        f"  {these[0]}{f' and {len(these) - 1} more' if len(these) > 1 else ''}: {why}" for why, these in names.items()
    ]


def _line(figure: Comparison) -> str:
    if figure.changed:
        return f"  changed  {figure.name}: reported {_value(figure.reported)}, now {_value(figure.computed)}"
    if figure.agrees:
        return f"  agrees   {figure.name}: {_value(figure.reported)}"
    where = [place for place in figure.differs_in if place != "value"][:3]
    name = f"{figure.name} ({', '.join(where)})" if where else figure.name
    return f"  DIFFERS  {name}: reported {_at(figure.reported, where)}, now {_at(figure.computed, where)}"


def _at(value: FigureValue, where: list[str]) -> str:
    if isinstance(value, dict) and where:
        parts = [_number(value[key]) for key in where if key in value]
        return ", ".join(parts) if parts else _value(value)
    return _value(value)


def _value(value: FigureValue) -> str:
    """Write a figure: an estimate with its interval, anything else as it is."""
    if not isinstance(value, dict) or "estimate" not in value:
        return shortened(value)
    if value["estimate"] is None:
        return f"undefined ({value.get('reason')})"
    if value.get("low") is None:
        return _number(value["estimate"])
    return f"{_number(value['estimate'])} ({_number(value['low'])} to {_number(value.get('high'))})"


def _number(value: FigureValue) -> str:
    return f"{value:.6g}" if isinstance(value, float) else shortened(value)
