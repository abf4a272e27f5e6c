"""Whether studies, their protocols, and what observers did in them agree with one another."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from studies.design.protocol import protocol_hash
from studies.integrity.finding import Finding
from studies.models.answer import Answer
from studies.models.observer import Observer
from studies.models.recruitment.place import Place
from studies.models.session import Session
from studies.models.stimulus import Stimulus
from studies.models.study import Study
from studies.models.trial import Trial
from studies.models.truth import Truth

FROM_BACKUP = "Restore the last backup beside this database, compare both, and keep what is right."
SEEN_TO = "No page makes such a row: compare with the last backup before anything of this session is analysed."


def wrong_in_studies() -> Iterator[Finding]:
    """Yield what contradicts in the protocols, the stimuli, the sessions, the answers and the places of studies."""
    for study in Study.with_pilots.exclude(protocol=None):
        yield from _wrong_protocol(study)
    yield from _wrong_stimuli()
    yield from _wrong_sessions()
    yield from _wrong_places()


def _wrong_protocol(study: Study) -> Iterator[Finding]:
    where = f"studies.Study {study.pk}: {study.title}"
    protocol = study.protocol or {}
    if protocol_hash(protocol) != study.protocol_sha256:
        yield Finding(
            "protocol-changed",
            where,
            "The protocol is not the one that was written when the study opened: its hash is another.",
            FROM_BACKUP,
        )
    fixed = {str(entry["name"]): str(entry["sha256"]) for entry in protocol.get("stimuli", ()) if "sha256" in entry}
    there = {stimulus.name: stimulus.sha256 for stimulus in Stimulus.objects.filter(study=study)}
    if fixed and fixed != there:
        odd = sorted(name for name in fixed.keys() | there.keys() if fixed.get(name) != there.get(name))
        yield Finding(
            "protocol-names-other-stimuli",
            where,
            f"The protocol and the stimuli disagree about {', '.join(odd[:20])}.",
            FROM_BACKUP,
        )


def _wrong_stimuli() -> Iterator[Finding]:
    untold = Stimulus.objects.filter(~Exists(Truth.objects.filter(stimulus=OuterRef("pk"))))
    for stimulus in untold.select_related("study"):
        yield Finding(
            "stimulus-without-truth",
            f"studies.Stimulus {stimulus.pk}: {stimulus.name} of {stimulus.study.title}",
            "Nothing says whether this stimulus is perturbed: its answers cannot be judged.",
            FROM_BACKUP,
        )


def _wrong_sessions() -> Iterator[Finding]:
    trials = Trial.objects.select_related("session__observer__study").order_by("pk")
    other = ~Q(stimulus__study=F("session__observer__study")) | (
        Q(second_stimulus__isnull=False) & ~Q(second_stimulus__study=F("session__observer__study"))
    )
    yield from _of_trials(trials.filter(other), "trial-of-another-study", "It shows a stimulus of another study.")
    unanswered_before = Trial.objects.filter(
        Q(phase__lt=OuterRef("phase")) | Q(phase=OuterRef("phase"), position__lt=OuterRef("position")),
        session=OuterRef("session"),
        answer__isnull=True,
        not_shown=False,
    )
    yield from _of_trials(
        trials.filter(Exists(unanswered_before), answer__isnull=False),
        "answer-out-of-turn",
        "It was answered before an earlier trial of its session.",
    )
    yield from _of_trials(
        trials.filter(answer__isnull=False, not_shown=True),
        "answer-to-what-was-not-shown",
        "It was passed over, and has an answer.",
    )
    answered = Answer.objects.filter(trial__session=OuterRef("pk"))
    unanswered = Trial.objects.filter(session=OuterRef("pk"), answer__isnull=True, not_shown=False)
    sessions = Session.objects.select_related("observer__study").order_by("pk")
    for found, kind, told in (
        (
            sessions.filter(Exists(unanswered), finished_at__isnull=False),
            "session-finished-early",
            "It is finished, and trials of it are not answered.",
        ),
        (
            sessions.filter(Exists(answered), withdrawn_at__isnull=False),
            "withdrawn-answers-kept",
            "Its observer withdrew, and answers of it are still there.",
        ),
        (
            sessions.filter(Exists(answered), instructed_at__isnull=True),
            "answers-before-instructions",
            "It has answers, and its instructions were never left.",
        ),
    ):
        for session in found:
            where = f"studies.Session {session.pk} of {session.observer.label} in {session.observer.study.title}"
            yield Finding(kind, where, told, SEEN_TO)


def _of_trials(trials: QuerySet[Trial], kind: str, told: str) -> Iterator[Finding]:
    for trial in trials.iterator(chunk_size=2000):
        observer = trial.session.observer
        where = f"studies.Trial {trial.pk}: {trial} of {observer.label} in {observer.study.title}"
        yield Finding(kind, where, told, SEEN_TO)


def _wrong_places() -> Iterator[Finding]:
    places = Place.objects.select_related("link__study", "observer").filter(observer__isnull=False)
    for found, told in (
        (places.exclude(observer__open_link=F("link")), "whoever took it came by another link"),
        (places.exclude(observer__group=F("group")), "whoever took it is of another group"),
    ):
        for place in found:
            where = f"studies.Place {place.pk}: {place} in {place.link.study.title}"
            yield Finding("place-contradicts", where, f"Of this place, {told}.", SEEN_TO)
    twice = Observer.objects.filter(open_link__isnull=False).exclude(study=F("open_link__study"))
    for observer in twice.select_related("study"):
        where = f"studies.Observer {observer.pk}: {observer.label} in {observer.study.title}"
        yield Finding("observer-of-another-link", where, "The link that they came by is another study's.", SEEN_TO)
