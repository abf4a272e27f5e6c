"""The plain answer to the current trial, stored by one statement, where the database is PostgreSQL.

Each statement is a round trip, and costs the server and this process about as much as the storing itself; a transaction
of a lock, an answer and a time would be five. The statement does all of it, or nothing: whatever is not plain (a
repeat, a study that pauses, a session that is over) it leaves as it is, and the caller finds out what it is.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from studies.models.session import ENDING_MOMENTS
from studies.models.study import Study
from studies.sessions.one_statement.grouping import Grouping
from studies.sessions.prepared_query import prepared_cursor

MOST = 8
"""Answers in one statement: as many as a web process has threads. By it PostgreSQL knows that there are few."""

# The session's row is locked, as by whoever ends a session, and the sessions in the order of their keys. Both rows are
# looked at anew once they are locked: somebody may have ended the session meanwhile, or passed the trial over.
#
# Answers are stored in the order of the trials. Where the trial before has one, all before have, and this trial is the
# current one, unless it has an answer itself, of which the table holds one, or was passed over.
#
# What is looked up by a key stands in subqueries of one value. For a join PostgreSQL would read a whole table while it
# is small, and keep to that plan when it has grown.
_STORE = f"""
WITH given AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset(%s::jsonb) AS given (
    token text, session_id bigint, previous_id bigint, trial_id bigint, following_id bigint, response text,
    rating smallint, confidence smallint, grade smallint, place_x smallint, place_y smallint, diagnosis text,
    answered_at timestamptz, rt_ms integer, display jsonb
  ) LIMIT {MOST}
), due AS MATERIALIZED (
  SELECT given.* FROM given
  JOIN studies_session session ON session.id = given.session_id
  JOIN studies_trial trial ON trial.id = given.trial_id AND trial.session_id = session.id
  WHERE session.instructed_at IS NOT NULL
    AND {" AND ".join(f"session.{moment} IS NULL" for moment in ENDING_MOMENTS)}
    AND NOT trial.not_shown
    AND (
      SELECT study.state FROM studies_observer observer JOIN studies_study study ON study.id = observer.study_id
      WHERE observer.id = session.observer_id AND observer.token = given.token
    ) = '{Study.State.OPEN.value}'
    AND (
      given.previous_id IS NULL
      OR (SELECT answer.trial_id FROM studies_answer answer WHERE answer.trial_id = given.previous_id) IS NOT NULL
    )
  ORDER BY session.id
  FOR NO KEY UPDATE OF session FOR SHARE OF trial
), stored AS (
  INSERT INTO studies_answer
    (trial_id, response, rating, confidence, grade, place_x, place_y, diagnosis, answered_at, rt_ms, display)
  SELECT trial_id, response, rating, confidence, grade, place_x, place_y, diagnosis, answered_at, rt_ms, display
  FROM due
  ON CONFLICT DO NOTHING
  RETURNING trial_id
), served AS (
  UPDATE studies_trial SET served_at = due.answered_at FROM due JOIN stored USING (trial_id)
  WHERE studies_trial.id = due.following_id AND studies_trial.served_at IS NULL
)
SELECT trial_id FROM stored
"""  # noqa: S608 - of names in this program


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer, and what it is an answer to."""

    token: str
    """The observer's, which is the credential."""
    session_id: int
    previous_id: int | None
    """The key of the trial before; None for the first."""
    trial_id: int
    following_id: int | None
    """The key of the trial that is shown at once then; None where something comes between."""
    response: str
    rating: int | None
    confidence: int | None
    grade: int | None
    place_x: int | None
    place_y: int | None
    diagnosis: str
    answered_at: dt.datetime
    rt_ms: int | None
    display: dict[str, Any]


def stores_plain_answers() -> bool:
    """Whether the database can do all of it by one statement."""
    return connection.vendor == "postgresql"


def store_plain_answer(answer: GivenAnswer) -> bool:
    """Store an answer, perhaps together with others; say whether it is stored. If so, it is on disk.

    If not, there was something to find out, about the database perhaps; nothing is raised for it.
    """
    return _grouping.do(answer)


def _store(answers: Sequence[GivenAnswer]) -> list[bool]:
    rows = [{name: getattr(answer, name) for name in GivenAnswer.__slots__} for answer in answers]
    for row in rows:
        row["answered_at"] = row["answered_at"].isoformat()
    with prepared_cursor() as cursor:
        cursor.execute(_STORE, [json.dumps(rows)])
        stored = {trial for (trial,) in cursor.fetchall()}
    return [answer.trial_id in stored for answer in answers]


_grouping = Grouping(_store, most=MOST)
