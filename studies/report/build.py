"""Table → estimates → report: one path for the page, the CSV, the JSON and the command line."""

from dataclasses import dataclass
from typing import Any

from perception.core.languages import in_english
from studies.answers.characteristics import Characteristic, characteristics_of
from studies.answers.figures import AnswerFigures, answer_figures
from studies.answers.rows import AnswerRow, has_people, rows_of
from studies.design.publication import Publication
from studies.errors import StudyError
from studies.models.study import Study
from studies.report.classifier_facts import ClassifierFacts
from studies.report.facts import AttackFacts, ObserverFlow, StudyFacts
from studies.report.flip_viewing import FlipViewing, flip_viewings
from studies.report.history import StudyHistory
from studies.report.recruitment import RecruitmentFacts
from studies.report.screens import ScreenFacts


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the report of one study says.

    Attributes
    ----------
    study
        The study.
    publication
        Who publishes it, and under which approval.
    simulated
        Whether the answers are those of simulated observers.
    facts, flow, recruitment, screens, history
        What stands beside the figures.
    attacks
        The attack, or each of those that the study compares.
    figures
        What the analysis of the answers gives.
    classifier
        The classifier under attack and its images, for the reporting lists.
    characteristics
        What the analysed people told of themselves.
    """

    study: Study
    publication: Publication
    simulated: bool
    facts: StudyFacts
    flow: ObserverFlow
    recruitment: RecruitmentFacts
    screens: ScreenFacts
    history: StudyHistory
    figures: AnswerFigures
    attacks: tuple[AttackFacts, ...]
    classifier: ClassifierFacts
    characteristics: tuple[Characteristic, ...]

    @property
    def attack(self) -> AttackFacts:
        """The attack of a study of one; of several the first."""
        return self.attacks[0]

    @property
    def flip_viewings(self) -> tuple[FlipViewing, ...]:
        """How far observers sat beside the distance for which FLIP was taken; empty where either is not known."""
        return flip_viewings(self.attacks, self.screens)

    @property
    def rows(self) -> tuple[AnswerRow, ...]:
        """Every answer; in `left_out` why it is not analysed."""
        return self.figures.exclusions.rows

    def as_dict(self) -> dict[str, Any]:
        """Return the report's figures and facts as JSON; what is not estimable is null."""
        return {
            "study": self.facts.as_dict(),
            "publication": self.publication.as_dict(),
            "simulated": self.simulated,
            "flow": self.flow.as_dict(),
            **({"recruitment": self.recruitment.as_dict()} if self.recruitment.is_told else {}),
            **({"screens": self.screens.as_dict()} if self.screens.is_told else {}),
            **({"flip_viewing": [one.as_dict() for one in self.flip_viewings]} if self.flip_viewings else {}),
            "history": self.history.as_dict(),
            **self.figures.as_dict(),
            "attack": self.attack.as_dict(),
            **({"attacks": [attack.as_dict() for attack in self.attacks]} if len(self.attacks) > 1 else {}),
            "characteristics": [told.as_dict() for told in self.characteristics],
        }


@in_english()
def build_report(study: Study, *, interval: str = "default") -> Report:
    """Compute the report of a study whose results may be seen.

    People and simulated observers are never mixed: where any person was invited, only people's answers count.

    Raises
    ------
    StudyError
        The study is a draft, or it is open and was not unblinded.
    """
    if not study.results_visible:
        raise StudyError(
            f"“{study.title}” is {study.get_state_display()}: its results can be seen once it is closed, or unblinded."
        )
    history = StudyHistory.of(study)
    simulated = not has_people(study)
    figures = answer_figures(study, rows_of(study, simulated=simulated), interval=interval)
    attacks = AttackFacts.all_of(study)
    return Report(
        study=study,
        publication=Publication.of(study),
        simulated=simulated,
        facts=StudyFacts.of(study),
        flow=ObserverFlow.of(
            study, simulated=simulated, excluded=len(figures.exclusions.observers), gone=history.erased
        ),
        recruitment=RecruitmentFacts.of(study, simulated=simulated),
        screens=ScreenFacts.of(study, simulated=simulated),
        history=history,
        figures=figures,
        attacks=attacks,
        classifier=ClassifierFacts.of(attacks[0]),
        characteristics=() if simulated else characteristics_of(study, figures.summary.answers.observers),
    )
