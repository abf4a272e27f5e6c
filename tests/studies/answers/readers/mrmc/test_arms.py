"""Which column says the arm of an answer: given, guessed and said, or not taken for one."""

import json
from pathlib import Path

import pytest

from perception.core.input_files.errors import InputError
from studies.answers.readers.options import ReadingOptions
from studies.answers.readers.reading import Reading, read_files
from tests.studies.management.test_analyse import analyse

TRUTHS = {"i1": "perturbed", "i2": "perturbed", "i3": "clean", "i4": "clean"}


def table(column: str, arms: tuple[str, ...] = ("FGSM", "PGD"), *, observers: str = "ABC") -> str:
    """Return the answers of observers who judged every image in every arm; A is right throughout."""
    lines = [f"observer,item,truth,response,{column}"]
    for observer in observers:
        for arm in arms:
            lines += [
                f"{observer},{item},{truth},{truth if observer == 'A' or arm == 'FGSM' else 'clean'},{arm}"
                for item, truth in TRUTHS.items()
            ]
    return "\n".join(lines) + "\n"


def read(text: str, **options: object) -> Reading:
    return read_files([(text.encode(), "f.csv")], ReadingOptions(**options))  # type: ignore[arg-type]


def refusal(text: str, **options: object) -> str:
    with pytest.raises(InputError) as raised:
        read(text, **options)
    return str(raised.value)


@pytest.mark.parametrize("column", ["arm", "Modality", "attack", "condition", "treatment"])
def test_a_usual_name_is_read_and_said(column: str) -> None:
    reading = read(table(column))

    found = reading.observations
    assert found.arms == ("FGSM", "PGD")
    assert len(found.items) == 8
    assert found.image is not None
    assert found.image.tolist() == [0, 1, 2, 3] * 6
    assert reading.notes == (
        f"f.csv: read as 2 arms by the column {column}: FGSM, PGD; --arm none reads all answers as one",
    )


def test_a_column_can_be_given() -> None:
    reading = read(table("Angriff"), arm="angriff")

    assert reading.observations.arms == ("FGSM", "PGD")
    assert reading.notes == ("f.csv: read as 2 arms by the column Angriff: FGSM, PGD",)


def test_without_arms_the_same_image_twice_is_refused_as_ever() -> None:
    assert "A has judged the item i1" in refusal(table("arm"), arm="none")


def test_arms_may_be_in_files_of_their_own() -> None:
    files = [(table("arm", (arm,)).encode(), f"{arm}.csv") for arm in ("FGSM", "PGD")]

    assert read_files(files).observations.arms == ("FGSM", "PGD")


def test_in_json_too() -> None:
    head, *rows = [line.split(",") for line in table("attack").splitlines()]
    text = json.dumps([dict(zip(head, row, strict=True)) for row in rows])

    assert read(text).observations.arms == ("FGSM", "PGD")


def test_in_a_wide_table_too() -> None:
    text = "image,truth,modality,A,B\n" + "".join(
        f"{item},{truth},{arm},{truth},clean\n" for arm in ("FGSM", "PGD") for item, truth in TRUTHS.items()
    )

    found = read(text).observations

    assert (found.observers, found.arms) == (("A", "B"), ("FGSM", "PGD"))


def test_clean_images_without_an_arm_stand_in_every_arm() -> None:
    text = "observer,item,truth,response,attack\n" + "".join(
        f"{observer},a{arm},perturbed,perturbed,{arm}\n{observer},c{number},clean,clean,{nothing}\n"
        for observer in "AB"
        for number, (arm, nothing) in enumerate((("FGSM", "none"), ("PGD", "")))
    )

    found = read(text).observations

    assert found.arms == ("FGSM", "PGD")
    assert found.arm is not None
    assert found.arm.tolist() == [0, -1, 1, -1] * 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (table("condition", ("FGSM",)), ""),
        (table("arm", tuple("abcdefg")).replace(",i", ",x").replace(",xtem", ",item"), "it has 7 values"),
        ("observer,item,truth,response,condition\nA,i1,perturbed,clean,perturbed\nA,i2,clean,clean,clean\n", ""),
        (
            "observer,item,truth,response,arm\nA,i1,perturbed,clean,x\nA,i2,clean,clean,x\nB,i1,perturbed,clean,y\n",
            "no observer has answers in two of x, y",
        ),
        (
            "observer,item,truth,response,condition\nA,i1,perturbed,clean,x\nA,i2,clean,clean,y\nA,i3,clean,clean,x\n",
            "no observer judged an image in two of x, y; --arm condition reads it so",
        ),
        (
            "observer,item,truth,response,arm\nA,i1,perturbed,clean,x\nA,i2,perturbed,clean,y\nA,i3,perturbed,clean,\n",
            "it is empty beside perturbed images",
        ),
    ],
    ids=["one value", "many values", "the truth again", "own observers", "mixed", "holes"],
)
def test_a_column_that_cannot_be_arms_is_passed_over(text: str, said: str) -> None:
    if "x1" in text:  # every image once, or its second answer would be refused
        text = "\n".join(line.replace(",x", f",{number}x") for number, line in enumerate(text.splitlines()))
    reading = read(text)

    assert reading.observations.arms == ()
    told = [note.partition("is not read as arms: ")[2] for note in reading.notes if "as arms" in note]
    assert told == ([said] if said else [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (table("x", ("FGSM",)), "column x: two arms are compared, and it names FGSM alone"),
        (table("y"), "no column x, which --arm names"),
        (table("x").replace("A,i1,perturbed,perturbed,FGSM", "A,i1,perturbed,perturbed,"), "in which arm?"),
        (
            "observer,item,truth,response,x\nA,i1,perturbed,clean,a\nB,i1,perturbed,clean,b\n",
            "no observer has answers in two of a, b. Arms are compared as judged by the same observers",
        ),
        (table("x", tuple(f"arm{number}" for number in range(21)), observers="A"), "21 arms are too many"),
    ],
)
def test_a_column_that_was_given_and_names_no_arms_is_refused(text: str, said: str) -> None:
    assert said in refusal(text, arm="x")


def test_a_missing_answer_in_one_arm_is_missing_there() -> None:
    """The answer to the same image in the other arm does not make it a row of the experiment's own."""
    text = table("arm").replace("A,i1,perturbed,perturbed,FGSM", "A,i1,perturbed,,FGSM")

    found = read(text).observations

    assert (found.response == -1).sum() == 1
    assert len(found.response) == 24


def test_practice_and_catch_trials_name_no_arm() -> None:
    rows = table("attack").splitlines()
    text = "\n".join([f"{rows[0]},role", *(f"{row}," for row in rows[1:]), "A,c1,perturbed,perturbed,,catch"])

    found = read(text).observations

    assert found.arms == ("FGSM", "PGD")
    assert int(found.catch.sum()) == 1


def test_the_report_compares_the_arms_and_then_tells_of_each(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(table("attack"), encoding="utf-8")

    text, figures = analyse(path, "--margin", "0.1"), json.loads(analyse(path, "--format", "json"))

    titles = [line for line, rule in zip(text.splitlines(), text.splitlines()[1:], strict=False) if set(rule) == {"="}]
    assert titles[0] == "Two arms"
    assert "FGSM: Main results" in titles
    assert "PGD: Is the change undetectable?" in titles
    assert not any(title == "Main results" for title in titles)
    assert "3 observers judged both arms: 4 images in each, the same ones." in text
    assert set(figures) == {"task", "two_arms", "arms"}
    (compared,) = figures["two_arms"]
    assert compared["figures"]["sensitivity"]["observers_random"]["estimate"] == pytest.approx(2 / 3)
    assert figures["arms"]["FGSM"]["pooled"]["sensitivity"]["estimate"] == 1
    assert figures["arms"]["PGD"]["pooled"]["sensitivity"]["k"] == 2


def test_items_that_are_other_images_in_each_arm_are_refused() -> None:
    """Two studies of this program in one table: both call their stimuli S1, S2 and so on."""
    head, *rows = table("attack", observers="A").splitlines()
    text = "\n".join([f"{head},image", *(f"{row},{row.split(',')[-1]}-{row.split(',')[1]}.png" for row in rows)])

    told = refusal(text)

    assert "the item 'i1' is the image PGD-i1.png here, and FGSM-i1.png in line 2, in another arm" in told
    assert told.endswith("add --item-column image")
    found = read(text, names={"item": "image"}).observations
    assert found.image is not None
    assert len(set(found.image.tolist())) == 8
