"""Is the change undetectable? The claim of equivalence, in words and with its tests."""

from perception.core.formatting import level, p_value, percent
from studies.report.sections.elements import Section, Table
from studies.report.wording import Figures, capitalized

ANSWERS = {True: "yes", False: "not shown", None: "cannot be told"}


def equivalence_section(figures: Figures) -> Section | None:
    """Return the verdict within the margin of the protocol, for these observers and for others."""
    tested = figures["equivalence"]
    if tested is None:
        return None
    tests = [("These observers", tested["these_observers"])]
    if tested["observers_random"]:
        tests.append(("Observers like these", tested["observers_random"]))
    margin = f"{100 * tested['margin']:g}"
    rows = tuple(
        (
            name,
            percent(test["estimate"]),
            level(test["estimate"]),
            "" if test["p"] is None else f"p {p_value(test['p'])}",
            ANSWERS[test["undetectable"]],
            test["estimate"]["method"],
        )
        for name, test in tests
    )
    head = ("For", capitalized(tested["measure"]), "Level", "Larger p", f"Within ±{margin} points", "Method")
    return Section(
        key="undetectable",
        title="Is the change undetectable?",
        lead=(tested["verdict"],),
        tables=(Table("Tests of equivalence", head, rows, prose=True),),
        notes=(
            f"Two one-sided tests at 5% (Schuirmann 1987), with the margin of {margin} percentage points that the "
            "protocol fixed before the study opened. That no difference from chance was found would not be evidence "
            "that there is none.",
        ),
    )
