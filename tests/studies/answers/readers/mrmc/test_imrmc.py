"""The file of iMRMC: read, refused, written, and read again as what it was."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.analysis.observations import Observations
from perception.core.input_files.errors import InputError
from studies.answers.readers.options import ReadingOptions
from studies.answers.readers.reading import Reading, read_files
from studies.exports.imrmc import imrmc_text
from tests.studies.management.test_analyse import analyse

HEAD = "Two readers, four cases\nNR: 2\nN0: 2\nN1: 2\nNM: 1\n\nBEGIN DATA:\n"
TRUTHS = "-1,i1,0,1\n-1,i2,0,1\n-1,i3,0,0\n-1,i4,0,0\n"
SCORES = {"readerA": (80, 20, 20, 20), "readerB": (80, 80, 80, 20)}
ONE_MODALITY = (
    HEAD
    + TRUTHS
    + "".join(
        f"{reader},i{case},screen,{score}\n"
        for reader, scores in SCORES.items()
        for case, score in enumerate(scores, 1)
    )
)


def read(text: str, options: ReadingOptions | None = None) -> Reading:
    return read_files([(text.encode(), "study.imrmc")], options or ReadingOptions())


def refusal(text: str, options: ReadingOptions | None = None) -> str:
    with pytest.raises(InputError) as raised:
        read(text, options)
    return str(raised.value)


def test_one_modality_is_read_as_ratings() -> None:
    reading = read(ONE_MODALITY)

    found = reading.observations
    assert (found.observers, found.items, found.arms) == (("readerA", "readerB"), ("i1", "i2", "i3", "i4"), ())
    assert found.rating is not None
    assert found.rating.tolist() == [80, 20, 20, 20, 80, 80, 80, 20]
    assert found.truth.tolist() == [True, True, False, False] * 2
    assert set(found.response.tolist()) == {-1}
    assert "--cut NUMBER" in reading.notes[0]


def test_a_cut_makes_answers_of_ratings() -> None:
    found = read(ONE_MODALITY, ReadingOptions(cut=50)).observations

    assert found.response.tolist() == [1, 0, 0, 0, 1, 1, 1, 0]
    assert found.rating is not None


def test_ratings_alone_give_areas_and_no_figure_of_answers(tmp_path: Path) -> None:
    path = tmp_path / "study.imrmc"
    path.write_text(ONE_MODALITY, encoding="utf-8")

    text, figures = analyse(path), json.loads(analyse(path, "--format", "json"))

    assert "2 observers rated 4 images (8 ratings)." in text
    assert "ROC curve" in text
    assert "missing" not in text
    assert "not estimable" not in text
    assert set(figures) == {"task", "roc", "two_arms"}
    assert figures["roc"]["observers"]["readerA"]["estimate"] == 0.75


def test_scores_of_0_and_1_are_answers() -> None:
    binary = ONE_MODALITY.replace(",80\n", ",1\n").replace("n,20\n", "n,0\n")

    found = read(binary).observations

    assert found.response.tolist() == [1, 0, 0, 0, 1, 1, 1, 0]
    assert found.rating is None


@pytest.mark.parametrize(
    "text",
    [
        ONE_MODALITY.replace("\n", "\r\n"),
        ONE_MODALITY.replace("\n", "\r"),
        ONE_MODALITY.replace(",", " , "),
        ONE_MODALITY.removeprefix(HEAD.removesuffix("BEGIN DATA:\n")),
        ONE_MODALITY + "\n\n",
        ONE_MODALITY.replace("BEGIN DATA:", "begin data:  "),
        HEAD + ONE_MODALITY.removeprefix(HEAD + TRUTHS) + TRUTHS,
        "\ufeff" + ONE_MODALITY,
        ONE_MODALITY.replace("\n-1,i", ",,\n-1,i"),
    ],
    ids=["CRLF", "CR", "blanks", "no head", "empty lines", "case", "truths last", "byte-order mark", "empty cells"],
)
def test_other_ways_of_writing_it(text: str) -> None:
    assert read(text).observations.rating is not None
    assert read(text).observations.truth.tolist() == read(ONE_MODALITY).observations.truth.tolist()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("readerA,i9,screen,3", "line 20: the case i9 has no row that tells its truth (-1,i9,0,1)"),
        ("readerA,i1,screen", "line 20: 3 values; a row has reader, case, modality, score"),
        ("readerC,i1,screen,high", "line 20, column score: 'high' is not a number"),
        ("readerC,i1,screen,nan", "line 20, column score: 'nan' is not a number"),
        ("-1,i5,0,2", "line 20, column score: the truth of a case is 0 or 1, not '2'"),
        ("-1,i1,0,0", "line 20, column score: the case i1 has the other truth above"),
        ("readerA,i1,screen,3", "column case: readerA has judged the item i1 in line 12"),
        (",i1,screen,3", "line 20: the reader or the case is empty"),
        ("readerC,i1,,3", "line 20, column modality: the cell is empty"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(wrong: str, said: str) -> None:
    assert said in refusal(ONE_MODALITY + wrong + "\n")


def test_everything_wrong_is_said_at_once() -> None:
    told = refusal(ONE_MODALITY + "readerA,i9,screen,3\nreaderC,i1,screen,x\n")

    assert "i9" in told
    assert "'x'" in told


def test_no_score_is_refused() -> None:
    assert refusal(HEAD + TRUTHS).endswith("there is no score below BEGIN DATA:")


def test_a_head_that_counts_otherwise_is_said() -> None:
    assert read(ONE_MODALITY.replace("NR: 2", "NR: 3")).notes[1].endswith("its head says NR 3, its rows have 2")


def two_modalities() -> str:
    film = (
        ONE_MODALITY.removeprefix(HEAD + TRUTHS)
        .replace("screen", "film")
        .replace(",80", ",70")
        .replace("NM: 1", "NM: 2")
    )
    return ONE_MODALITY.replace("NM: 1", "NM: 2") + film


def test_two_modalities_are_two_arms() -> None:
    reading = read(two_modalities(), ReadingOptions(cut=50))

    found = reading.observations
    assert found.arms == ("screen", "film")
    assert found.arm is not None
    assert found.image is not None
    assert found.arm.tolist() == [0] * 8 + [1] * 8
    assert found.image.tolist() == [0, 1, 2, 3] * 4
    assert len(found.items) == 8
    assert reading.notes[-1].endswith("read as 2 arms by the column modality of iMRMC: screen, film")


def test_one_of_the_modalities_can_be_asked_for() -> None:
    found = read(two_modalities(), ReadingOptions(only=("modality", frozenset(["film"])))).observations

    assert found.arms == ()
    assert found.rating is not None
    assert found.rating.max() == 70


def test_readers_of_their_own_in_each_modality_are_refused() -> None:
    text = ONE_MODALITY.replace("readerB,i1,screen", "readerB,i1,film")
    for case in ("i2", "i3", "i4"):
        text = text.replace(f"readerB,{case},screen", f"readerB,{case},film")

    told = refusal(text)

    assert "observers of their own in each arm are another design" in told
    assert "--only modality=screen" in told


SERIES = st.tuples(
    st.integers(1, 4), st.integers(2, 6), st.integers(1, 3), st.booleans(), st.randoms(use_true_random=False)
)


@given(drawn=SERIES)
def test_what_is_written_is_read_again(drawn: tuple[int, int, int, bool, object]) -> None:
    """Any number of observers, images and arms; ratings or answers; some of them missing."""
    observers, images, arms, rated, _ = drawn
    rng = np.random.default_rng([observers, images, arms, rated])
    arm, observer, image = (codes.ravel() for codes in np.indices((arms, observers, images)))
    names = tuple(f"arm {number}" for number in range(arms))
    several = arms > 1
    written = Observations(
        task="yes_no",
        observers=tuple(f"R, {number}" for number in range(observers)),
        items=tuple(
            f"img{number % images}" + (f" · {names[number // images]}" if several else "")
            for number in range(arms * images)
        ),
        observer=observer,
        item=arm * images + image,
        truth=image % 2 == 0,
        response=rng.integers(0, 2, len(image)).astype(np.int8),
        catch=np.zeros(len(image), dtype=bool),
        rating=rng.integers(2, 7, len(image)).astype(float) if rated else None,
        arm=arm if several else None,
        arms=names if several else (),
        image=image if several else None,
    )

    found = read(imrmc_text(written, title="a, b")).observations

    assert found.arms == written.arms
    assert found.items == written.items
    assert found.observers == tuple(name.replace(",", "_") for name in written.observers)
    assert (found.observer.tolist(), found.item.tolist()) == (written.observer.tolist(), written.item.tolist())
    assert found.truth.tolist() == written.truth.tolist()
    if rated:
        assert found.rating is not None
        assert written.rating is not None
        assert found.rating.tolist() == written.rating.tolist()
    else:
        assert found.response.tolist() == written.response.tolist()


def observations(**changed: object) -> Observations:
    fields: dict[str, object] = {
        "task": "yes_no",
        "observers": ("A,1", "A\n1", "-1"),
        "items": ("x", "y"),
        "observer": np.repeat([0, 1, 2], 2),
        "item": np.tile([0, 1], 3),
        "truth": np.tile([True, False], 3),
        "response": np.array([1, 0, -1, 0, 1, 1], dtype=np.int8),
        "catch": np.zeros(6, dtype=bool),
    }
    return Observations(**(fields | changed))  # type: ignore[arg-type]


def test_names_that_the_file_cannot_hold_stay_apart() -> None:
    text = imrmc_text(observations(), title="t")

    readers = {row.split(",")[0] for row in text.partition("BEGIN DATA:\n")[2].splitlines()}
    assert readers == {"-1", "A_1", "A_1_2", "_-1"}
    assert read(text).observations.observers == ("A_1", "A_1_2", "_-1")


def test_missing_answers_and_catch_trials_have_no_row() -> None:
    text = imrmc_text(observations(catch=np.arange(6) == 5), title="t")

    assert text.count("answers,") == 4


def test_choices_between_two_images_have_no_scores() -> None:
    with pytest.raises(ValueError, match="choices between two images"):
        imrmc_text(observations(task="two_afc"), title="t")


def test_an_image_of_two_truths_has_no_case() -> None:
    series = observations(
        items=("x · A", "x · B"), observer=np.array([0, 0]), item=np.array([0, 1]), truth=np.array([True, False]),
        response=np.array([1, 1], dtype=np.int8), catch=np.zeros(2, dtype=bool), arm=np.array([0, 1]), arms=("A", "B"),
        image=np.array([0, 0]),
    )  # fmt: skip
    with pytest.raises(ValueError, match="the image x is perturbed in one arm and clean in another"):
        imrmc_text(series, title="t")


def test_analyse_writes_what_it_reads(tmp_path: Path) -> None:
    path = tmp_path / "study.imrmc"
    path.write_text(two_modalities(), encoding="utf-8")

    written = analyse(path, "--format", "imrmc")

    assert written.partition("BEGIN DATA:")[2] == two_modalities().partition("BEGIN DATA:")[2]
    assert "NM: 2" in written
