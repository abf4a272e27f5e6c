"""Simulated observers answer through the same services as people do, and are marked as simulated everywhere.

`studies.simulation.simulated_observer` says how they judge.
"""

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.contrib.auth.models import User

from perception.core.progress import Progress, silent
from studies.answers.rows import has_people
from studies.design.invitations import invite_observers
from studies.design.marked_places.judging import PlaceJudge
from studies.errors import StudyError
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.study import Study
from studies.models.study_state import OVER
from studies.models.trial import Trial
from studies.models.truth import Truth
from studies.randomization import derived_seed
from studies.sessions.start import start_session
from studies.sessions.steps import answer_questionnaire, complete_instructions
from studies.sessions.trials import mark_served, position_of, record_answer
from studies.simulation.simulated_observer import (
    SimulatedGroup,
    SimulatedObserver,
    any_answer,
    any_place,
    image_shift,
    own_of_image,
)

LABEL = "Simulated observer"
ANOTHER = "Make another study of the same image pairs, seed and settings, and simulate that one."


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a simulated observer's eye meets.

    Attributes
    ----------
    strength
        As a multiple of the main one.
    shift
        The image's own.
    more
        How much further from clean images it looks than the observer's d′ makes it: by its attack.
    """

    strength: float
    shift: float
    more: float = 0.0
    image: str = ""
    """What tells its pixels from all others of the study."""


def simulate_study(
    *,
    study: Study,
    group: SimulatedGroup,
    observers: int,
    seed: int,
    by: User,
    progress: Progress = silent,
    dprime_of: Mapping[str, float] | None = None,
) -> list[Observer]:
    """Invite simulated observers to an open study without people, and have them answer all of it.

    What was cut off is gone on with: simulated observers who are invited already count among those asked for. Where the
    study closes when everybody is done, it does.

    Parameters
    ----------
    study
        An open study to which no person was invited: its report is then one of simulated observers alone.
    group
        What they are like.
    observers
        How many.
    seed
        Who they are, how the images strike them, and what they answer follow from it; the study's own seed says who
        sees what in which order.
    by
        Who invites.
    progress
        Told of every answer.
    dprime_of
        By the name of an attack, of a study that compares several, the d′ of the mean observer at the main strength;
        of an attack that is not named it is that of the group.

    Raises
    ------
    StudyError
        The study is not open, people were invited to it, too many observers are asked for, it compares no attack of a
        given name, or its simulated observers are of another seed or model.
    """
    study = Study.objects.select_related("pair_set__dataset").get(pk=study.pk)
    if has_people(study):
        raise StudyError(
            f"People were invited to “{study.title}”. Simulated observers are never mixed with people. {ANOTHER}"
        )
    if study.state != Study.State.OPEN:
        raise StudyError(
            f"“{study.title}” is {study.get_state_display()}; simulated observers answer an open study."
            + (f" {ANOTHER}" if study.state in OVER else "")
        )
    given = dict(dprime_of or {})
    _refuse_unknown_attacks(study, given)
    more = {name: dprime - group.dprime for name, dprime in given.items()}
    invited = _invited(study, group, given, observers, seed=seed, by=by)
    waiting = [observer for observer in invited if not _is_done(observer)]
    total = len(waiting) * (study.n_trials + study.n_practice)
    for number, observer in enumerate(waiting):
        before = number * (study.n_trials + study.n_practice)
        judge = group.observer(seed=seed, label=observer.label)
        _SimulatedSession(
            study, observer, judge, image_sd=group.image_sd, seed=seed, more=more, look_share=group.look_share
        ).answer_all(
            lambda done, _, note="", figures=None, before=before: progress(before + done, total, note, figures)
        )
    return invited


def simulate_observer(
    *, observer: Observer, dprime: float, criterion: float, seed: int, progress: Progress = silent
) -> None:
    """Answer every trial of a simulated observer's session, practice included.

    Parameters
    ----------
    observer
        An invited observer who is marked as simulated.
    dprime
        Sensitivity, in standard deviations of the impression; 0 is guessing.
    criterion
        0 is unbiased; above 0 the observer says “clean”, “second” or “same” more often.
    seed
        The same seed gives the same answers to the same trials.

    Raises
    ------
    StudyError
        The observer is a person, or the study takes no answers.
    """
    study = Study.objects.select_related("pair_set__dataset").get(pk=observer.study_id)
    _SimulatedSession(study, observer, SimulatedObserver(dprime, criterion), image_sd=0, seed=seed, more={}).answer_all(
        progress
    )


class _SimulatedSession:
    """One simulated observer who goes through one study."""

    def __init__(
        self,
        study: Study,
        observer: Observer,
        judge: SimulatedObserver,
        *,
        image_sd: float,
        seed: int,
        more: Mapping[str, float],
        look_share: float = 0.0,
    ) -> None:
        if not observer.is_simulated:
            raise StudyError(f"{observer.label} is not marked as simulated; a person's answers are never made up.")
        self.study, self.observer, self.judge = study, observer, judge
        self.image_sd, self.seed, self.more, self.look_share = image_sd, seed, more, look_share

    def answer_all(self, progress: Progress) -> None:
        """Answer what is not answered yet: the chance of each trial is its own."""
        session = start_session(observer=self.observer)
        answer_questionnaire(session=session, given={})
        complete_instructions(session=session)
        self.places = PlaceJudge(self.study)
        shown = _shown(self.study, more=self.more, seed=self.seed)
        position = position_of(session)
        while (trial := position.trial) is not None:
            mark_served(trial)  # as the page does: the first trial, and the one after a break or feedback
            names = ("trial", self.observer.label, str(trial.phase), str(trial.position))
            generator = random.Random(derived_seed(self.seed, *names))
            next_position = record_answer(
                session=session,
                trial_token=trial.token,
                rt_ms=round(1000 * generator.lognormvariate(0.9, 0.4)),
                display=None,
                **self._answer(trial, shown, generator),
            )
            if next_position is None:
                raise StudyError(f"{self.observer.label}'s session was answered from elsewhere at the same time.")
            practised = 0 if trial.phase == Trial.Phase.PRACTICE else self.study.n_practice
            progress(practised + trial.position, self.study.n_practice + self.study.n_trials)
            position = next_position

    def _place(self, trial: Trial, strength: float, generator: random.Random) -> dict[str, str]:
        """Return a mark: somewhere in the right region where the place is found, else anywhere."""
        right = self.places.right_pixels(trial.stimulus.pk)
        if not right or generator.random() >= self.judge.finds_place(strength):
            return any_place(trial.stimulus.size, generator)
        x, y = generator.choice(right)
        return {"place_x": str(x), "place_y": str(y)}

    def _answer(self, trial: Trial, shown: dict[int, _Shown], generator: random.Random) -> dict[str, str]:
        if self.judge.lapses(generator):
            answer = any_answer(self.study.trials, generator)
            if self.study.trials.marks_place:
                answer |= any_place(trial.stimulus.size, generator)
        else:
            impressions = [
                self.judge.impression(
                    strength=shown[stimulus.pk].strength,
                    shift=shown[stimulus.pk].shift,
                    image_sd=self.image_sd,
                    generator=generator,
                    own=self._own_of(shown[stimulus.pk].image),
                    look_share=self.look_share,
                )
                + shown[stimulus.pk].more
                for stimulus in trial.stimuli
            ]
            answer = self.judge.answer(self.study.trial_type, impressions)
            if self.study.trials.marks_place:
                answer |= self._place(trial, shown[trial.stimulus.pk].strength, generator)
        if self.study.asks_diagnosis:
            answer["diagnosis"] = generator.choice(self.study.pair_set.dataset.classes)
        return answer

    def _own_of(self, image: str) -> float:
        """Return what is the observer's own of an image; it is drawn where it counts."""
        return own_of_image(seed=self.seed, label=self.observer.label, image=image) if self.look_share else 0.0


def _told(group: SimulatedGroup) -> dict[str, float]:
    """Return what a group is like, as it is written down; a look share where there is one."""
    return {name: value for name, value in asdict(group).items() if value or name != "look_share"}


def _shown(study: Study, *, more: Mapping[str, float], seed: int) -> dict[int, _Shown]:
    """Return what each stimulus is to a simulated observer; two of the same pixels are the same.

    Parameters
    ----------
    study
        The study.
    more
        By the name of an attack how far its d′ lies above that of the mean observer, at the main strength.
    seed
        Of the images' shifts.
    """
    attack_of = study.attack_of_pairs
    truths = Truth.objects.filter(stimulus__study=study).select_related("pair__image", "pair__pair_set")
    return {
        truth.stimulus_id: _shown_as(truth, study, attack_of.get(truth.pair.pair_set_id, ""), more, seed=seed)
        for truth in truths
    }


def _shown_as(truth: Truth, study: Study, attack: str, more: Mapping[str, float], *, seed: int) -> _Shown:
    levels = truth.pair.pair_set.strength if truth.perturbed else 0.0
    strength = levels / study.pair_set.strength
    image = " ".join(filter(None, (truth.pair.image.name, f"{levels:g}", attack if truth.perturbed else "")))
    return _Shown(strength, image_shift(seed=seed, image=image), more.get(attack, 0.0) * strength, image)


def _refuse_unknown_attacks(study: Study, dprime_of: Mapping[str, float]) -> None:
    if unknown := sorted(dprime_of.keys() - set(study.attack_names)):
        compared = "; ".join(study.attack_names)
        there = f"it compares {compared}" if compared else "it is of one attack"
        raise StudyError(f"“{study.title}” compares no attack that is called “{unknown[0]}”: {there}.")
    for dprime in dprime_of.values():
        SimulatedGroup(dprime=dprime)  # refuses what no d′ can be


def _invited(
    study: Study, group: SimulatedGroup, dprime_of: Mapping[str, float], count: int, *, seed: int, by: User
) -> list[Observer]:
    """Return as many simulated observers as are asked for; invite those who are not there yet, each group in turn."""
    there = {observer.label: observer for observer in study.observers.filter(is_simulated=True)}
    labels = [f"{LABEL} {number}" for number in range(1, count + 1)]
    if others := sorted(set(there) - set(labels)):
        raise StudyError(f"“{study.title}” has other simulated observers already: {', '.join(others)}.")
    assumptions = {**_told(group), "seed": seed, **{f"dprime of {name}": value for name, value in dprime_of.items()}}
    _refuse_other_model(study, len(there), assumptions)
    missing = [label for label in labels if label not in there]
    if missing or not labels:
        names = study.group_names
        groups = [names[labels.index(label) % len(names)] for label in missing] if names else None
        for observer in invite_observers(
            study=study, labels=missing, groups=groups, by=by, simulated=True, model=assumptions
        ):
            there[observer.label] = observer
    return [there[label] for label in labels]


def _refuse_other_model(study: Study, count: int, assumptions: dict[str, float]) -> None:
    """Refuse to go on with simulated observers who were made by another seed or model: half of each is neither."""
    invitations = AuditEvent.objects.filter(study_uid=study.uid, action=AuditEvent.Action.INVITED).order_by("pk")
    for details in invitations.values_list("details", flat=True):
        made = details.get("model") or {}
        if others := [name for name, value in assumptions.items() if made and made.get(name) != value]:
            told = [f"{name} {made.get(name):g}, not {assumptions[name]:g}" for name in others if name in made]
            raise StudyError(
                f"“{study.title}” has {count} simulated observer{'s' * (count != 1)} already, and no person; they were "
                f"made with {', '.join(told) or 'another model'}. Nothing was simulated now. To go on with them, give "
                f"what they were made with. For others: {ANOTHER[:1].lower()}{ANOTHER[1:]}"
            )


def _is_done(observer: Observer) -> bool:
    session = getattr(observer, "session", None)
    return session is not None and session.finished_at is not None
