"""A plan as the command line prints it."""

from typing import Any

from studies.planning.wording import (
    assumptions_text,
    claim_text,
    curve_rows,
    design_text,
    formula_text,
    line_name,
    needed_text,
    power_text,
    reach_text,
    simulation_text,
    trust_text,
)


def plan_text(plan: dict[str, Any]) -> str:
    """Write out a plan: what it takes, what the design shows by formula and by simulation, and the curve's table."""
    lines = [f"To show: {claim_text(plan)}", f"Assumed: {assumptions_text(plan)}", "", needed_text(plan)]
    if plan["design"]:
        lines += ["", f"Design: {design_text(plan)}", *_power_lines(plan), f"  {reach_text(plan)}"]
    return "\n".join([*lines, "", *_curve_lines(plan)])


def _power_lines(plan: dict[str, Any]) -> list[str]:
    lines = [f"  power by formula     {power_text(plan['formula']['power'])}  ({formula_text(plan)})"]
    if plan["simulation"]:
        power = plan["simulation"]["power"]
        interval = f"{100 * power['low']:.1f}–{100 * power['high']:.1f}"
        lines.append(f"  power by simulation  {power_text(power['estimate'])}  ({interval}; {simulation_text(plan)})")
        lines.append(f"  {trust_text(plan)}")
    return lines


def _curve_lines(plan: dict[str, Any]) -> list[str]:
    names = [line_name(plan, line["value"]) for line in plan["curve"]["lines"]]
    head = f"{'images':>8}" + "".join(f"{name:>12}" for name in names)
    lines = ["Power by formula" + ("; in brackets by simulation" if plan["simulation"] else ""), head]
    for row in curve_rows(plan):
        line = f"{row['images']:>8,}" + "".join(f"{power:>12}" for power in row["powers"])
        if row["simulated"]:
            low, high = row["simulated"]["low"], row["simulated"]["high"]
            line += f"   [{100 * row['simulated']['estimate']:.1f}, {100 * low:.1f}–{100 * high:.1f}]"
        lines.append(line + ("  ← this design" if row["is_design"] else ""))
    return lines
