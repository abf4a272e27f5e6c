"""The state of the study side. One model a module.

Modules on the observer's side import from the single modules, never from here: this package reaches the truth.
"""

from studies.models.answer import Answer
from studies.models.audit_event import AuditEvent
from studies.models.kept_report import KeptReport
from studies.models.observer import Observer
from studies.models.pair_sets.flash_check import FlashCheck
from studies.models.pair_sets.region_check import RegionCheck
from studies.models.practice_key import PracticeKey
from studies.models.recruitment.open_link import OpenLink
from studies.models.recruitment.outside_id import OutsideId
from studies.models.recruitment.place import Place
from studies.models.recruitment.turned_away import TurnedAway
from studies.models.screening.result import ScreeningResult
from studies.models.session import Session
from studies.models.stimulus import Stimulus
from studies.models.study import Study
from studies.models.study_role import StudyRole
from studies.models.trial import Trial
from studies.models.truth import Truth

__all__ = [
    "Answer",
    "AuditEvent",
    "FlashCheck",
    "KeptReport",
    "Observer",
    "OpenLink",
    "OutsideId",
    "Place",
    "PracticeKey",
    "RegionCheck",
    "ScreeningResult",
    "Session",
    "Stimulus",
    "Study",
    "StudyRole",
    "Trial",
    "Truth",
    "TurnedAway",
]
