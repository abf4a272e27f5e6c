"""The state of the study side. One model a module.

Modules on the observer's side import from the single modules, never from here: this package reaches the truth.
"""

from .answer import Answer
from .audit_event import AuditEvent
from .observer import Observer
from .practice_key import PracticeKey
from .session import Session
from .stimulus import Stimulus
from .study import Study
from .trial import Trial
from .truth import Truth

__all__ = ["Answer", "AuditEvent", "Observer", "PracticeKey", "Session", "Stimulus", "Study", "Trial", "Truth"]
