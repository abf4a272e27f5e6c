"""A plan in words, for page and command line: the same sentences in both."""

from typing import Any

LARGE = 0.01
"""A difference of power that changes nobody's plan."""


def points(share: float) -> str:
    """Write a difference of shares in percentage points."""
    number = f"{100 * share:.3g}"
    return f"{number} point{'' if number == '1' else 's'}"


def power_text(power: float | None) -> str:
    """Write a power; near 1 it is never written as certain, and where there is none as a dash."""
    if power is None:
        return "–"
    return "> 99.9%" if power >= 0.9995 else f"{100 * power:.1f}%"


def claim_text(plan: dict[str, Any]) -> str:
    """Say what is to be shown, and by which interval."""
    claim = plan["claim"]
    whose = "observers like these" if claim["observers_random"] else "these observers"
    interval = f"the {100 * claim['level']:g}% interval of balanced accuracy"
    if claim["margin"] is None:
        return f"detected: {interval} excludes 50%, for {whose}"
    low, high = 50 - 100 * claim["margin"], 50 + 100 * claim["margin"]
    return f"undetectable within {points(claim['margin'])}: {interval} lies inside {low:g}–{high:g}%, for {whose}"


def assumptions_text(plan: dict[str, Any]) -> str:
    """Say who is assumed to answer."""
    assumed, observers = plan["assumptions"], plan["observers"]
    many = "1 observer" if observers == 1 else f"{observers} observers"
    if assumed["dprime"] == 0:
        sees = "who guesses" if observers == 1 else "who guess"
    else:
        sees = f"with a d′ of {assumed['dprime']:g} (balanced accuracy {100 * assumed['balanced_accuracy']:.1f}%)"
    sd = "" if assumed["image_sd"] is None else f" (image SD {assumed['image_sd']:.2f})"
    text = f"{many} {sees}; ρ = {assumed['correlation']:.3g} between answers to one image{sd}"
    return f"{text}; SD of d′ between observers {assumed['observer_sd']:g}" if assumed["observer_sd"] else text


def needed_text(plan: dict[str, Any]) -> str:
    """Say how many images are needed, or why no number is enough and how many observers are."""
    wanted, observers = f"{100 * plan['power_wanted']:g}% power", plan["observers_needed"]
    if plan["images_needed"] is None:
        text = f"No number of images gives {wanted}: {plan['why_not']}."
    else:
        text = f"{plan['images_needed']:,} images for {wanted}."
    if observers:
        text += f" {observers['observers']} observers would do, with {observers['images']:,} images."
    return text


def design_text(plan: dict[str, Any]) -> str:
    """Say what a design has."""
    design = plan["design"]
    return (
        f"{design['perturbed']:,} perturbed + {design['clean']:,} clean images × {design['observers']} "
        f"observer{'' if design['observers'] == 1 else 's'} = {design['answers']:,} answers"
    )


def formula_text(plan: dict[str, Any]) -> str:
    """Say what the power rests on."""
    formula = plan["formula"]
    if formula["standard_error"] is None:
        return "no interval from so few observers"
    quantile = "normal" if formula["freedom"] is None else f"t with {formula['freedom']:.1f} degrees of freedom"
    return f"standard error {100 * formula['standard_error']:.2f} points, {quantile}"


def reach_text(plan: dict[str, Any]) -> str:
    """Say which margins, or which d′, a design of this size reaches."""
    formula, wanted = plan["formula"], f"{100 * plan['power_wanted']:g}% power"
    if plan["claim"]["margin"] is None:
        dprime = formula["smallest_dprime_with_power"]
        return f"It has {wanted} for no d′." if dprime is None else f"It has {wanted} for a d′ of {dprime:.2f}."
    at_best, with_power = formula["smallest_margin"], formula["smallest_margin_with_power"]
    if at_best is None:
        return "It excludes no margin."
    text = f"With an estimate of exactly 50% it would exclude differences above {100 * at_best:.1f} points"
    if with_power is None:
        return f"{text}; it has {wanted} for no margin."
    return f"{text}; it has {wanted} for a margin of {100 * with_power:.1f} points."


def simulation_text(plan: dict[str, Any]) -> str:
    """Say how sure the simulated power is."""
    simulation = plan["simulation"]
    text = f"{simulation['studies']:,} studies, seed {simulation['seed']}"
    if simulation["without_interval"]:
        text += f"; {simulation['without_interval']} of them without an interval"
    return text


def trust_text(plan: dict[str, Any]) -> str:
    """Say whether formula and simulation agree, and which to go by."""
    simulation, by_formula = plan["simulation"], plan["formula"]["power"]
    power = simulation["power"]
    if simulation["agrees"]:
        return "They agree within the Monte Carlo error: go by the formula."
    above = by_formula > power["estimate"]
    text = (
        f"They differ by more than the Monte Carlo error: the formula promises too {'much' if above else 'little'}. "
        "Trust the simulation, which analyses each study as the report does."
    )
    if abs(by_formula - power["estimate"]) < LARGE:
        text += " The difference is below one point."
    elif above and power["estimate"] < plan["power_wanted"]:
        text += f" {_enough_by_simulation(plan)}"
    return text


def _enough_by_simulation(plan: dict[str, Any]) -> str:
    wanted = plan["power_wanted"]
    enough = [point["images"] for point in simulated_points(plan) if point["power"]["estimate"] >= wanted]
    if not enough:
        return "Take more images, and simulate again."
    return f"Of the simulated sizes, {enough[0]:,} images are the first with {100 * wanted:g}%."


def line_name(plan: dict[str, Any], value: float) -> str:
    """Name a line of the curve."""
    return f"d′ = {value:g}" if plan["curve"]["over"] == "dprime" else f"δ = {value:g}"


def curve_rows(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Return rows of the curve's table: images, the power of each line, and the simulated one where there is one."""
    curve = plan["curve"]
    simulated = {point["images"]: point["power"] for point in simulated_points(plan)}
    return [
        {
            "images": size,
            "powers": [power_text(line["powers"][curve["sizes"].index(size)]) for line in curve["lines"]],
            "simulated": simulated.get(size),
            "is_design": plan["design"] is not None and size == plan["design"]["images"],
        }
        for size in curve["sizes_of_table"]
    ]


def simulated_points(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the simulated powers of the curve, the design's own among them, from few images to many."""
    points = [{"images": point["images"], "power": point["power"]} for point in plan["curve"]["simulated"]]
    if plan["simulation"]:
        points.append({"images": plan["design"]["images"], "power": plan["simulation"]["power"]})
    return sorted(points, key=lambda point: int(point["images"]))
