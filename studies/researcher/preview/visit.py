"""A visit of nobody: an observer, a session and trials that are in no database, as the observers' pages take them."""

from copy import copy
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from studies.models.observer import Observer
from studies.models.screening.check import Check
from studies.models.session import Session
from studies.models.stimulus import Stimulus
from studies.models.study import Study
from studies.models.trial import Trial
from studies.observer.access import Visit
from studies.researcher.preview.images import EXAMPLE, LAST_PRACTICE, PRACTICE, PreviewImages
from studies.researcher.preview.place import PreviewPlace
from studies.sessions.consent import consent_sha256
from studies.sessions.practice import Example, Feedback
from studies.sessions.screening.visual import ShownCheck, shown_check
from studies.sessions.trials import SessionPosition

EXAMPLE_SCREEN = {"css_px_per_mm": 4, "pixel_ratio": 2}
"""On which a preview shows rings: whoever looks at it has measured none."""


@dataclass(frozen=True, slots=True)
class PreviewMark:
    """What tells a page of the preview from an observer's."""

    title: str
    """Stands before the page's title."""
    bar: SafeString
    """Stands above the page."""


@dataclass(frozen=True)
class PreviewVisit(Visit):
    """Somebody who looks at a page as an observer would see it; its rows are never saved."""

    place: PreviewPlace
    mark: PreviewMark
    images: PreviewImages

    def page(self, template: str, context: dict[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
        """Render one of the observers' templates, with the preview's mark on it.

        The status is 200, whatever an observer would get: to whoever looks at the preview nothing was refused.
        """
        # Shown as to whoever comes by an open link: they are told one thing more.
        told = {"preview": self.mark, "abandoned_after": self.study.abandoned_after_minutes}
        return super().page(template, {**(context or {}), **told})

    def without_session(self) -> "PreviewVisit":
        """Return the visit of somebody who has not consented yet."""
        return replace(self, session=None)

    def in_state(self, state: str) -> "PreviewVisit":
        """Return the visit to the study as it would be in another state."""
        study = copy(self.study)
        study.state = state
        return replace(self, study=study, session=None)

    def with_session(self, **fields: object) -> "PreviewVisit":
        """Return the visit of somebody whose session has these fields."""
        session = copy(self.session)
        for name, value in fields.items():
            setattr(session, name, value)
        return replace(self, session=session)

    def with_link_revoked(self) -> "PreviewVisit":
        """Return the visit of somebody who has not begun, and whose link was revoked."""
        observer = copy(self.observer)
        observer.revoked_at = self.study.created_at
        return replace(self, observer=observer, session=None)

    @property
    def agreed_session(self) -> Session:
        """The session of somebody who agreed to the consent text in the language of the page as the study was made."""
        return Session(
            observer=self.observer,
            language=self.language,
            consented_at=self.study.created_at,
            consent_sha256=consent_sha256(self.study, self.language),
        )

    def shown_check(self, check: Check) -> ShownCheck:
        """Return a check as it is shown on a screen that has been measured."""
        return shown_check(self.observer, self.study, check, EXAMPLE_SCREEN)

    @property
    def examples(self) -> list[Example]:
        """The examples of the instructions; none where the study has no practice."""
        if not self.study.n_practice:
            return []
        return [Example(index, shown.perturbed) for index, shown in enumerate(self.images[EXAMPLE], start=1)]

    def trial(self, name: str, position: int) -> Trial:
        """Return a trial that shows the images of this name, at a position of its phase."""
        size = self.study.pair_set.image_size
        # Numbers that no row has: whatever asked the database for one of them would find nothing.
        stimuli = [Stimulus(pk=-number, number=number, size=size) for number in range(1, len(self.images[name]) + 1)]
        return Trial(
            session=self.session,
            phase=Trial.Phase.PRACTICE if name in PRACTICE else Trial.Phase.SERIES,
            position=position,
            stimulus=stimuli[0],
            second_stimulus=stimuli[1] if len(stimuli) > 1 else None,
            token=name,
        )

    def position(self, trial: Trial) -> SessionPosition:
        """Return the place of a trial in the session; the page is told of none after it, which it would fetch ahead."""
        is_practice = trial.phase == Trial.Phase.PRACTICE
        total = self.study.n_practice if is_practice else self.study.n_trials
        return SessionPosition(trial, upcoming=None, total=total)

    def feedback(self, name: str, *, is_right: bool) -> Feedback:
        """Return what is told of a practice trial after a right or a wrong answer."""
        marks = tuple(shown.perturbed for shown in self.images[name])
        expected = self.study.trials.expected(marks)
        is_last = name == LAST_PRACTICE or self.study.n_practice == 1
        return Feedback(
            trial=self.trial(name, self.study.n_practice if is_last else 1),
            response=expected if is_right else _another_response(self.study, expected),
            expected=expected,
            marks=marks,
            is_last=is_last,
            is_grade=bool(self.study.trials.grades),
        )


def preview_visit(
    request: HttpRequest, study: Study, place: PreviewPlace, *, mark: PreviewMark, images: PreviewImages
) -> PreviewVisit:
    """Return the visit to a page of a study's preview, of somebody who has consented."""
    observer = Observer(study=study, token=str(place))
    session = Session(observer=observer, language=place.language)
    return PreviewVisit(request, observer, study, session, place.language, place, mark, images)


def _another_response(study: Study, expected: str) -> str:
    """Return a wrong response: what would be right of other images."""
    for marks in product((False, True), repeat=study.trials.images):
        if (response := study.trials.expected(marks)) != expected:
            return response
    raise ValueError(f"{study.trial_type} has one response alone")
