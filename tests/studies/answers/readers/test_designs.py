"""Who was asked about what, middle answers, and names of several columns: how files say them."""

import json
from typing import Any

import numpy as np
import pytest

from perception.analysis.study_summary import StudySummary, summarise_study
from perception.core.input_files.errors import InputError
from studies.answers.readers.options import ReadingOptions
from studies.answers.readers.reading import Reading, read_files
from studies.answers.readers.words import parse_words

pytestmark = pytest.mark.usefixtures("way_of_reading")

HEAD = "observer,item,truth,response\n"


def read(text: str, **options: Any) -> Reading:
    return read_files([(text.encode(), "a.csv")], ReadingOptions(**options))


def summary(text: str, **options: Any) -> StudySummary:
    return summarise_study(read(text, **options).observations)


def rows(*asked: tuple[str, str]) -> str:
    """Return a table in which each of the observers answered these images, of which p… are perturbed."""
    lines = [
        f"{name},{item},{'perturbed' if item[0] == 'p' else 'clean'},clean"
        for name, items in asked
        for item in items.split()
    ]
    return HEAD + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("asked", "own_images", "missing"),
    [
        ((("A", "p1 c1"), ("B", "p1 c1")), False, 0),
        ((("A", "p1 c1"), ("B", "p1")), False, 1),
        ((("A", "p1 c1"), ("B", "p2 c2")), True, 0),
        ((("A", "p1 c1 p2"), ("B", "p3 c3 c1"), ("C", "p4 c4 p1")), True, 0),
    ],
)
def test_where_at_most_half_of_all_pairs_have_a_row_the_others_were_not_asked(
    asked: tuple[tuple[str, str], ...], own_images: bool, missing: int
) -> None:
    reading = read(rows(*asked))
    found = summarise_study(reading.observations)

    assert found.asked.own_images == own_images
    assert found.answers.n_missing == missing
    if own_images:
        assert found.asked.n_asked == len(reading.observations.item)
        assert "add: --design crossed" in reading.notes[0]
    elif missing:
        assert "are missing; if each observer was asked about images of their own, add: --design" in reading.notes[0]
    else:
        assert reading.notes == ()


def test_the_design_can_be_said_by_hand() -> None:
    apart, together = rows(("A", "p1 c1"), ("B", "p2 c2")), rows(("A", "p1 c1"), ("B", "p1"))

    assert summary(apart, design="crossed").answers.n_missing == 4
    assert summary(together, design="own-images").answers.n_missing == 0
    assert "add:" not in read(apart, design="crossed").notes[0]


def test_a_row_without_a_response_was_asked_and_is_missing_in_any_design() -> None:
    text = rows(("A", "p1 c1"), ("B", "p2 c2")) + "B,p1,perturbed,\n"

    assert summary(text, design="own-images").answers.n_missing == 1


def test_answers_that_are_left_out_were_asked_all_the_same() -> None:
    lines = [f"{name},{item},perturbed,clean,{'slow' if name == 'A' else ''}" for name in "AB" for item in "xyz"]
    text = "observer,item,truth,response,left_out\n" + "\n".join(lines) + "\n"

    assert not summary(text).asked.own_images


def test_catch_trials_and_practice_are_no_part_of_the_design() -> None:
    lines = ["observer,item,truth,response,role", "A,p1,perturbed,clean,series", "B,p1,perturbed,clean,series"]
    lines += [f"A,k{number},perturbed,clean,catch" for number in range(9)]

    assert not summary("\n".join(lines) + "\n").asked.own_images


def test_a_wide_table_whose_cells_are_mostly_empty_asked_about_images_of_their_own() -> None:
    empty = "image,truth,A,B,C\nx,perturbed,perturbed,,\ny,clean,,clean,\nz,clean,,,NA\nw,perturbed,,,clean\n"

    assert summary(empty).asked.own_images
    assert summary(empty).answers.n_missing == 0
    assert summary(empty, design="crossed").answers.n_missing == 9


def test_a_middle_answer_is_neither_right_nor_wrong_nor_missing() -> None:
    text = HEAD + "".join(
        f"{name},{item},{truth},{said}\n"
        for name, answers in (("A", "yyun"), ("B", "yunn"), ("C", "ynnu"))
        for item, truth, said in zip("wxyz", ["perturbed"] * 2 + ["clean"] * 2, answers, strict=True)
    )

    found = summary(text, words=parse_words("y=perturbed,n=clean,u=neither"))

    assert (found.answers.n_missing, found.asked.n_neither) == (0, 3)
    counts = found.answers.counts.as_dict()
    assert counts == {"tp": 4, "fn": 1, "tn": 4, "fp": 0, "missing": 0, "neither_perturbed": 1, "neither_clean": 2}
    assert found.as_dict()["asked"]["n_neither"] == 3  # type: ignore[index, call-overload]
    assert found.ratings is not None
    assert found.ratings.of_answers
    # Of A: two perturbed above one middle and one clean answer; ties and order as in any rating.
    assert found.ratings.observers["A"].estimate == 1
    assert found.ratings.observers["C"].estimate == pytest.approx((1 + 1 + 0.5 + 0) / 4)
    assert [step for step, *_ in found.ratings.curve] == [3, 2, 1]


def test_a_rating_keeps_its_own_steps_beside_a_middle_answer() -> None:
    text = "observer,item,truth,response,rating\nA,x,perturbed,neither,0\nA,y,clean,clean,-2\nA,z,clean,perturbed,1\n"

    found = summary(text)

    assert found.ratings is not None
    assert not found.ratings.of_answers
    assert found.ratings.observers["A"].estimate == 0.5


def test_unsure_is_no_truth_and_is_advised_as_a_middle_answer() -> None:
    with pytest.raises(InputError, match=r"'neither' is neither perturbed nor clean"):
        read(HEAD + "A,x,neither,clean\nA,y,clean,clean\n")
    with pytest.raises(InputError, match=r"--words yes=perturbed,unsure=neither,no=clean"):
        read(HEAD + "A,x,perturbed,yes\nA,y,clean,unsure\nB,x,perturbed,no\n")


def test_the_highest_rating_may_say_clean() -> None:
    text = "observer,item,truth,response,score\nA,x,perturbed,perturbed,-2\nA,y,clean,clean,0\nA,z,clean,clean,2\n"

    reading = read(text, names={"rating": "score"}, highest_rating="clean")

    assert reading.observations.rating is not None
    assert reading.observations.rating.tolist() == [2, 0, -2]
    assert not np.signbit(reading.observations.rating[1])
    assert "turned round" in reading.notes[-1]
    assert read(text).observations.rating is None
    with pytest.raises(InputError, match="no column points, which --rating-column names"):
        read(text, names={"rating": "points"})


@pytest.mark.parametrize("as_json", [False, True])
def test_a_name_may_join_several_columns(as_json: bool) -> None:
    answers = [
        {"observer": "A", "kind": "real", "number": 1, "truth": "clean", "response": "clean"},
        {"observer": "A", "kind": "made", "number": 1, "truth": "perturbed", "response": "clean"},
    ]
    lines = [",".join(answers[0]), *(",".join(map(str, answer.values())) for answer in answers)]
    text = json.dumps(answers) if as_json else "\n".join(lines) + "\n"

    assert read(text, names={"item": "kind+number"}).observations.items == ("real/1", "made/1")
    with pytest.raises(InputError, match=r"is (perturbed|clean) in"):
        read(text, names={"item": "number"})


def test_a_part_that_is_empty_leaves_no_name() -> None:
    text = "observer,kind,number,truth,response\nA,real,,clean,clean\nA,made,1,perturbed,clean\n"

    with pytest.raises(InputError, match="the cell is empty"):
        read(text, names={"item": "kind+number"})


def test_a_column_of_that_very_name_comes_first() -> None:
    text = "observer,a+b,a,b,truth,response\nA,x,1,2,clean,clean\n"

    assert read(text, names={"item": "a+b"}).observations.items == ("x",)
