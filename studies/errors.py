"""What goes wrong in `studies`, in words for a person."""


class StudyError(Exception):
    """What was asked cannot be done; the message says why and what to do about it."""


class StudyPausedError(StudyError):
    """The study takes no answers for a while; what was sent can be sent again once it goes on."""


class IncompleteAnswerError(StudyError):
    """An answer lacks something, or holds something that is not among the choices; it can be given again."""
