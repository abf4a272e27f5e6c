"""How a study's observers were found, as its report tells it: by whom, for how many places, and who was turned away."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from studies.design.recruitment.counts import RecruitedCounts, Recruitment
from studies.models.observer_state import ObserverState, in_state
from studies.models.recruitment.open_link import OpenLink
from studies.models.recruitment.recruiter import Recruiter
from studies.models.recruitment.turned_away import TurnedAway
from studies.models.session import Rejection, Session
from studies.models.study import Study

PERSONAL = "personal links"


@dataclass(frozen=True, slots=True)
class RecruitmentFacts:
    """How observers were found.

    Attributes
    ----------
    recruitment
        How many people each link brought; of simulated observers none.
    rejections
        How many sessions were rejected, by the value of `Rejection`; those whose data were erased are not among them.
    abandoned_after_minutes
        After how long without a sign a place went to somebody else; None where it did not.
    """

    recruitment: Recruitment
    rejections: Mapping[str, int]
    abandoned_after_minutes: int | None

    @classmethod
    def of(cls, study: Study, *, simulated: bool) -> "RecruitmentFacts":
        """Count a study's people, or its simulated observers (five queries)."""
        rejected = Session.objects.filter(
            in_state(ObserverState.REJECTED, session="observer__session"),
            observer__study=study,
            observer__is_simulated=simulated,
        ).values_list("rejection", flat=True)
        recruitment = Recruitment.of(study, simulated=simulated)
        return cls(recruitment, dict(sorted(Counter(rejected).items())), study.abandoned_after_minutes)

    @property
    def by_open_links(self) -> bool:
        """Whether people came by an open link, or could have."""
        return any(line.link is not None for line in self.recruitment.lines)

    @property
    def is_told(self) -> bool:
        """Whether there is anything to tell beside that observers were invited in person."""
        return self.by_open_links or bool(self.rejections)

    @property
    def n_turned_away(self) -> int:
        """How many people open links turned away, each once for each reason and link."""
        return self.recruitment.n_turned_away.total()

    @property
    def turned_away_for(self) -> dict[str, int]:
        """How many people were turned away, by the reason in words."""
        found = self.recruitment.n_turned_away
        return {str(reason.label): found[reason] for reason in TurnedAway.Reason if found[reason]}

    @property
    def rejected_for(self) -> dict[str, int]:
        """How many sessions were rejected, by the reason in words."""
        return {str(Rejection(reason).label): count for reason, count in self.rejections.items()}

    @property
    def how(self) -> str:
        """How observers were found, as sentences."""
        if not self.by_open_links:
            return "By personal invitation."
        sent = Counter[str]()
        for line in self.recruitment.by_link:
            if line.link is not None:
                sent[recruiter_name(line.link)] += line.places
        places = sent.total()
        by = ", ".join(f"{name} ({count:,})" for name, count in sent.items())
        personal = any(line.link is None for line in self.recruitment.lines)
        first = "By personal invitation, and by" if personal else "By"
        sentences = [f"{first} open links with {places:,} place{'' if places == 1 else 's'}: {by}."]
        sentences.append(
            "Whoever ended early left their place to the next person, with the same images in the same order and "
            "strengths, so that the design is as balanced as its places."
        )
        if minutes := self.abandoned_after_minutes:
            sentences.append(
                f"After {minutes} minutes without a sign a session had ended, and its place went to the next person."
            )
        return " ".join(sentences)

    def as_dict(self) -> dict[str, object]:
        """Return the counts as JSON; a link has the name that its researcher gave it, and no address."""
        return {
            "turned_away": {reason.value: self.recruitment.n_turned_away[reason] for reason in TurnedAway.Reason},
            "rejected": dict(self.rejections),
            "links": [self._line(line) for line in self.recruitment.lines],
        }

    def _line(self, line: RecruitedCounts) -> dict[str, object]:
        return {
            "link": line.link.name if line.link else None,
            "recruiter": line.link.recruiter if line.link else None,
            "group": line.group,
            "places": line.places,
            "taken": line.taken,
            "began": line.came,
            "finished": line.finished,
        }


def recruiter_name(link: OpenLink) -> str:
    """Return who sent people to a link."""
    if link.recruiter == Recruiter.NONE:
        return "no recruiter"
    if link.recruiter == Recruiter.OWN:
        return "another recruiter"
    return str(Recruiter(link.recruiter).label)
