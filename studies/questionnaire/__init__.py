"""The questionnaire of a study: lines of text → questions, and what a browser sent → answers. Pure.

A question is written on a line: the question, a colon, and what may be answered. An asterisk ends the line where an
answer is required; a line below it says when the question is asked, if not always.

    Specialty: dermatology | general practice | other *
    Years of practice: number 0-60
      only if Specialty = dermatology or general practice
    Languages you read: [ ] English [ ] French [ ] other
    How tired are you?: scale 1-7 (not at all – very)
    Remarks: text 300
"""

from studies.questionnaire.doubts import doubts_about
from studies.questionnaire.grammar import parse_questionnaire
from studies.questionnaire.question import Condition, Question, QuestionKind, question_asking
from studies.questionnaire.reading import Reading, read_questionnaire
from studies.questionnaire.shape import require_same_shape

__all__ = [
    "Condition",
    "Question",
    "QuestionKind",
    "Reading",
    "doubts_about",
    "parse_questionnaire",
    "question_asking",
    "read_questionnaire",
    "require_same_shape",
]
