"""When what tells who somebody is goes by itself."""

import datetime as dt

from studies.models.study import Study
from studies.models.study_state import OVER


def deletion_day(study: Study) -> dt.datetime | None:
    """Return the moment from which a study's personal data are no longer kept; None where none is set, or not yet.

    It counts from the closing: of a study that is open, or open again, there is none.
    """
    closed_at = study.closed_at if study.state in OVER else None
    if closed_at is None or study.kept_days is None:
        return None
    return closed_at + dt.timedelta(days=study.kept_days)
