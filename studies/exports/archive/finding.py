"""What the check of an archive found, one thing at a time."""

from dataclasses import dataclass, field

from studies.exports.archive.comparison import Comparison


@dataclass
class Findings:
    """What was checked, and what is wrong.

    Attributes
    ----------
    sha256
        Of the whole file.
    checked
        What was found to be right, a sentence each.
    problems
        What is wrong, a sentence each.
    figures
        Every figure that was computed again.
    taken_over
        Figures that do not follow from what the archive holds; nothing but the manifest speaks for them.
    """

    sha256: str
    checked: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    figures: list[Comparison] = field(default_factory=list)
    taken_over: list[str] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether the archive is whole and every figure follows from its answers."""
        return not self.problems and bool(self.figures) and all(figure.agrees for figure in self.figures)

    def conclude(self, problems: list[str], right: str) -> None:
        """Note what is wrong, or, where nothing is, what is right."""
        self.problems += problems
        if not problems:
            self.checked.append(right)
