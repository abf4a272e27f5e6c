"""Is the change undetectable? The claim of equivalence, in words."""

from ml.templatetags.figures import level, percent, share
from studies.report_parts.part import Section, Table
from studies.report_parts.wording import Figures, is_choice


def equivalence_section(figures: Figures) -> Section:
    """Return how far from guessing the observers may be."""
    accuracy = figures["against_chance" if is_choice(figures) else "balanced_accuracy"]
    name = "Right choices" if is_choice(figures) else "Balanced accuracy"
    row = (name, percent(accuracy), level(accuracy), share(accuracy["smallest_margin"]), accuracy["method"])
    return Section(
        key="undetectable",
        title="Is the change undetectable?",
        lead=(verdict(figures),),
        tables=(
            Table(
                "Distance from chance",
                ("Figure", "Value", "Level", "Smallest margin", "Method"),
                (row,),
                prose=True,
            ),
        ),
    )


def verdict(figures: Figures) -> str:
    """Say in words what the study shows about “undetectable”."""
    accuracy = figures["against_chance" if is_choice(figures) else "balanced_accuracy"]
    what = "the share of right choices" if is_choice(figures) else "balanced accuracy"
    if accuracy["smallest_margin"] is None:
        return f"The study cannot say: {accuracy.get('reason') or accuracy['method']}."
    return (
        f"Guessing gives 50%; {what} was {percent(accuracy)}. More than {100 * accuracy['smallest_margin']:.1f} points "
        "from chance are excluded, for these observers; a smaller difference is not."
    )
