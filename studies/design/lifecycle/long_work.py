"""Opening a study, and starting its pilot, as a run of a worker: no request waits for it, and no answer."""

import json
import uuid
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from ml.errors import MlError
from ml.models import Run
from ml.runs.checkpoints import Checkpoint
from ml.runs.lifecycle import RunCancelledError
from ml.runs.status import ON_THE_WAY
from ml.runs.work import Work
from ml.tasks import enqueue_checked
from perception.core.progress import Progress
from studies.design.lifecycle.opening import open_study
from studies.design.lifecycle.pilot import start_pilot
from studies.design.lifecycle.preparation import draw
from studies.design.lifecycle.step import locked, reason_given, require_possible
from studies.design.stimulus_files import KeptFiles, StimulusFile, remove_files_without_rows, remove_stimulus_folder
from studies.errors import StudyError
from studies.models.study import Study
from studies.models.study_state import BEFORE_OPENING, OPEN, PILOT, StudyAction

PART = "stimuli.json"
BY_WORKERS = (OPEN, PILOT)
"""What is done to a study by a worker, since it takes long."""


@dataclass(frozen=True, kw_only=True)
class StudyOpening(Work[Study]):
    """The opening of a study, or the start of its pilot: first all files, then all rows at once.

    Attributes
    ----------
    study
        Its uid.
    name
        Its title, for the list of runs.
    by
        Who opens it.
    reason
        Why, where that was said.
    pilot
        Whether it is a pilot that is started.
    """

    run_kind: ClassVar[Run.Kind] = Run.Kind.OPEN_STUDY

    study: str
    name: str
    by: str
    reason: str = ""
    pilot: bool = False

    @classmethod
    def of(cls, study: Study, action: StudyAction, *, by: User, reason: str = "") -> "StudyOpening":
        """Return the work of an action on a study: `OPEN` or `PILOT`."""
        return cls(
            study=str(study.uid), name=study.title, by=by.get_username(), reason=reason.strip(), pilot=action == PILOT
        )

    @property
    def action(self) -> StudyAction:
        """What is done to the study."""
        return PILOT if self.pilot else OPEN

    def check(self) -> None:
        """Refuse a study that cannot be opened where it stands, or whose image pairs do not suffice."""
        try:
            reason_given(self.action, self.reason)
            study = self._study()
            require_possible(study, self.action)
            draw(study)
        except (StudyError, ValidationError) as error:
            raise MlError(_said(error)) from error

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> Study:
        """Make the files, which a run that is cut off keeps, and then the rows."""
        study, by = self._study(), User.objects.get(username=self.by)
        try:
            if self.pilot:
                return start_pilot(study=study, by=by, progress=progress)
            return open_study(study=study, by=by, reason=self.reason, kept=_FilesOfRun(uid), progress=progress)
        except (StudyError, ValidationError) as error:
            raise MlError(_said(error)) from error

    def _study(self) -> Study:
        study = Study.objects.filter(uid=self.study).first()
        if study is None:
            raise MlError(gettext("The study “%(title)s” was deleted meanwhile.") % {"title": self.name})
        return study


class _FilesOfRun(KeptFiles):
    """The files that a run has made, written down in its checkpoint: whoever takes the run over makes the others."""

    def __init__(self, uid: uuid.UUID) -> None:
        self._checkpoint = Checkpoint(uid)
        data = self._checkpoint.read(PART)
        kept: dict[str, Any] = {"of": "", "files": []} if data is None else json.loads(data)
        super().__init__((StimulusFile(**file) for file in kept["files"]), of=kept["of"])

    def add(self, file: StimulusFile) -> None:
        super().add(file)
        self._checkpoint.write_if_due(PART, self._as_json)

    def give_up(self, error: BaseException) -> None:
        """Remove the files where another attempt would not go on from them: the study is to be looked at first."""
        if isinstance(error, StudyError | ValidationError | RunCancelledError):
            self._checkpoint.remove()
            super().give_up(error)

    def _as_json(self) -> bytes:
        return json.dumps({"of": self.of, "files": [asdict(file) for file in self.files]}).encode()


def ask_for(action: StudyAction, *, study: Study, by: User, reason: str = "") -> Run:
    """Queue the opening of a study, or of its pilot, for a worker; return the run.

    To be called outside a transaction.

    Raises
    ------
    StudyError
        It cannot be opened as it is, or is being opened already.
    """
    work = StudyOpening.of(study, action, by=by, reason=reason)
    try:
        work.check()
        with transaction.atomic():
            require_not_being_opened(locked(study))
            return enqueue_checked(work, by=by)
    except MlError as error:
        raise StudyError(str(error)) from error


def latest_opening(study: Study) -> Run | None:
    """Return the last run that was to open a study, or to start its pilot; None where there was none."""
    return Run.objects.filter(kind=Run.Kind.OPEN_STUDY, options__study=str(study.uid)).order_by("-pk").first()


def require_not_being_opened(study: Study) -> None:
    """Refuse to open a study twice at a time.

    Raises
    ------
    StudyError
        It is being opened, or its pilot is being made.
    """
    run = latest_opening(study)
    if run is not None and run.state in ON_THE_WAY:
        raise StudyError(
            gettext("“%(title)s” is being opened already: its page says how far it is.") % {"title": study.title}
        )


def remove_unfinished_opening(run: Run) -> int:
    """Remove the files of an opening that did not come to its end; return 0, since none of them has a number."""
    study = Study.objects.filter(uid=run.options.get("study")).first()
    if study is None:
        remove_stimulus_folder(Study(uid=run.options["study"]))
    elif not run.options.get("pilot"):
        remove_files_without_rows(study)
    return 0


def opened_by(run: Run) -> Study | None:
    """Return the study that a run has opened already, or whose pilot it has started; None where it has not."""
    study = Study.objects.filter(uid=run.options.get("study")).first()
    if study is None:
        return None
    is_done = study.state == Study.State.PILOT if run.options.get("pilot") else study.state not in BEFORE_OPENING
    return study if is_done else None


def _said(error: StudyError | ValidationError) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
