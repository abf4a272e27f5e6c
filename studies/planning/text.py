"""A plan as the command line prints it."""

from typing import TYPE_CHECKING

from studies.planning.wording import (
    CurveRow,
    assumptions_text,
    claim_text,
    curve_rows,
    design_text,
    formula_text,
    line_names,
    monte_carlo_text,
    needed_text,
    power_text,
    reach_text,
    share_of,
    simulation_text,
    trust_text,
)

if TYPE_CHECKING:
    from studies.planning.plan import DesignPower, Plan


def plan_text(plan: "Plan") -> str:
    """Write out a plan: what it takes, what the design shows by formula and by simulation, and the curve's table."""
    lines = [f"To show: {claim_text(plan)}", f"Assumed: {assumptions_text(plan)}", "", needed_text(plan)]
    if (shown := plan.design_power) is not None:
        lines += ["", f"Design: {design_text(shown.design)}", *_power_lines(plan, shown)]
        lines.append(f"  {reach_text(plan, shown.formula)}")
    return "\n".join([*lines, "", *_curve_lines(plan)])


def _power_lines(plan: "Plan", shown: "DesignPower") -> list[str]:
    formula, simulation = shown.formula, shown.simulation
    lines = [f"  power by formula     {power_text(formula.power)}  ({formula_text(formula)})"]
    if simulation is not None:
        power = simulation.outcome.power
        sure = f"{monte_carlo_text(power)}; {simulation_text(simulation)}"
        lines.append(f"  power by simulation  {power_text(share_of(power))}  ({sure})")
        lines.append(f"  {trust_text(plan, formula, simulation)}")
    return lines


def _curve_lines(plan: "Plan") -> list[str]:
    head = f"{'images':>8}" + "".join(f"{name:>12}" for name in line_names(plan))
    lines = ["Power by formula" + ("; in brackets by simulation" if plan.simulation else ""), head]
    return lines + [_curve_line(row) for row in curve_rows(plan)]


def _curve_line(row: CurveRow) -> str:
    line = f"{row.images:>8,}" + "".join(f"{power:>12}" for power in row.powers)
    if row.simulated is not None:
        line += f"   [{100 * share_of(row.simulated):.1f}, {monte_carlo_text(row.simulated)}]"
    return line + ("  ← this design" if row.is_design else "")
