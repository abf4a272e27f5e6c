"""A recruiter's list of submissions is read back, whatever program wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.core.input_files.csv_table import CsvError
from studies.design.recruitment.submissions import GIVEN_BACK, read_submissions

PROLIFIC = """Submission id,Participant id,Status,Started at,Time taken,Completion code
s1,5f1c,APPROVED,2026-11-29T10:00,600,C1
s2,5f2c,RETURNED,2026-11-29T10:01,20,
s3,5f3c,TIMED-OUT,2026-11-29T10:02,,
s4,5f4c,REJECTED,2026-11-29T10:03,30,C1
s5,5f5c,AWAITING REVIEW,2026-11-29T10:04,700,C1
s6,5f2c,RETURNED,2026-11-29T10:05,10,
"""


def test_a_list_of_prolific_is_read() -> None:
    found = read_submissions(PROLIFIC.encode(), source="prolific.csv")
    assert found.given_back == ("5f2c", "5f3c", "5f4c")
    assert found.statuses == {"APPROVED": 1, "RETURNED": 2, "TIMED-OUT": 1, "REJECTED": 1, "AWAITING REVIEW": 1}


@pytest.mark.parametrize(
    "text",
    [
        "WorkerId,AssignmentStatus\nA1,Approved\nA2,Rejected\n",
        "\ufeffparticipant ID;STATUS\r\nA1;approved\r\nA2;timed_out\r\n",
        "status\tPROLIFIC_PID\nactive\tA1\nTimed out\tA2\n",
    ],
)
def test_columns_and_statuses_may_be_called_otherwise(text: str) -> None:
    assert read_submissions(text.encode(), source="list.csv").given_back == ("A2",)


def test_somebody_with_a_submission_that_counts_has_not_given_back() -> None:
    text = "Participant id,Status\nA1,RETURNED\nA1,APPROVED\nA2,RETURNED\n"
    assert read_submissions(text.encode(), source="list.csv").given_back == ("A2",)


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"Participant id,b\n1,2\n", b"\x00\x01", b"Status\nRETURNED\n"])
def test_what_is_no_such_list_is_refused(data: bytes) -> None:
    with pytest.raises(CsvError):
        read_submissions(data, source="list.csv")


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from([*sorted(GIVEN_BACK), "APPROVED", "ACTIVE"]))))
def test_nobody_who_is_paid_is_marked(rows: list[tuple[str, str]]) -> None:
    text = "Participant id,Status\n" + "".join(f"{person},{status}\n" for person, status in rows)
    back = read_submissions(text.encode(), source="list.csv").given_back
    paid = {person for person, status in rows if status not in GIVEN_BACK}
    assert set(back) == {person for person, _ in rows} - paid
    assert len(back) == len(set(back))
