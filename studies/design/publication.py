"""Who publishes a study, and under which approval, as its researchers told it: no part of the protocol."""

from dataclasses import dataclass

from perception.analysis.json_values import JsonObject
from studies.models.study import Study
from studies.models.texts.authors import Author, parse_authors


@dataclass(frozen=True, slots=True)
class Publication:
    """What a report says of its authors and approvals; each text is empty where nothing was told.

    Attributes
    ----------
    authors
        In their order.
    institution
        Where the study was done.
    committee, number, exemption
        Which ethics committee approved it, under which number; or why no approval was needed.
    registry, registration
        Where it is registered, and under which number or address.
    funding
        Who paid, and what they had a say in.
    conflicts
        The authors' competing interests.
    """

    authors: tuple[Author, ...]
    institution: str
    committee: str
    number: str
    exemption: str
    registry: str
    registration: str
    funding: str
    conflicts: str

    @classmethod
    def of(cls, study: Study) -> "Publication":
        """Take it from a study."""
        return cls(
            authors=parse_authors(study.authors),
            institution=study.institution.strip(),
            committee=study.ethics_committee.strip(),
            number=study.ethics_number.strip(),
            exemption=study.ethics_exemption.strip(),
            registry=study.registry.strip(),
            registration=study.registration.strip(),
            funding=study.funding.strip(),
            conflicts=study.conflicts.strip(),
        )

    @property
    def is_told(self) -> bool:
        """Whether anything was told."""
        return bool(self.names or self.facts)

    @property
    def names(self) -> str:
        """The authors' names, in their order."""
        return ", ".join(author.name for author in self.authors)

    @property
    def ethics(self) -> str:
        """Who approved the study, or why nobody had to, as a sentence without its full stop."""
        if self.committee:
            number = f", number {self.number}" if self.number else ""
            beside = f"; {self.exemption}" if self.exemption else ""
            return _without_stop(f"approved by {self.committee}{number}{beside}")
        return _without_stop(f"no approval was needed: {self.exemption}") if self.exemption else ""

    @property
    def registered(self) -> str:
        """Where the study is registered, and under what."""
        return ", ".join(text for text in (self.registry, self.registration) if text)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What was told beside the authors' names, each under its heading."""
        told = (
            ("Institution", self.institution),
            ("Ethics", self.ethics[:1].upper() + self.ethics[1:]),
            ("Registration", self.registered),
            ("Funding", self.funding),
            ("Competing interests", self.conflicts),
        )
        return tuple((name, text) for name, text in told if text)

    def as_dict(self) -> JsonObject:
        """Return it as JSON; empty texts where nothing was told."""
        return {
            "authors": [{"name": author.name, "orcid": author.orcid} for author in self.authors],
            "institution": self.institution,
            "ethics_committee": self.committee,
            "ethics_number": self.number,
            "ethics_exemption": self.exemption,
            "registry": self.registry,
            "registration": self.registration,
            "funding": self.funding,
            "competing_interests": self.conflicts,
        }


def _without_stop(text: str) -> str:
    return text.rstrip(". ")
