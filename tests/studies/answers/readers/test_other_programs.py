"""Files as other programs make them: read rightly, or refused with the cause and the way out; never wrongly in silence.

The study is always the same: A answers P C C C and B answers P P P C to i1 to i4, which are P P C C.
"""

import json
import re
import unicodedata
from itertools import chain
from typing import Any

import pytest

from perception.core.input_files.errors import InputError
from studies.answers.readers.options import ReadingOptions
from studies.answers.readers.reading import Reading, read_files
from studies.answers.readers.truths_file import read_truths
from studies.answers.readers.words import parse_words

pytestmark = pytest.mark.usefixtures("way_of_reading")

TRUTHS = {"i1": "perturbed", "i2": "perturbed", "i3": "clean", "i4": "clean"}
SAID = {
    "A": dict(zip(TRUTHS, ("perturbed", "clean", "clean", "clean"), strict=True)),
    "B": dict(zip(TRUTHS, ("perturbed", "perturbed", "perturbed", "clean"), strict=True)),
}
HEADER = "observer,item,truth,response\n"
LETTERS = parse_words("p=perturbed,c=clean")


def read(*texts: str, options: ReadingOptions | None = None, name: str = "f") -> Reading:
    files = [(text.encode(), f"{name}{number}.txt") for number, text in enumerate(texts, start=1)]
    return read_files(files, options or ReadingOptions())


def refusal(*texts: str, options: ReadingOptions | None = None) -> str:
    with pytest.raises(InputError) as raised:
        read(*texts, options=options)
    return str(raised.value)


def figures(reading: Reading) -> tuple[int, str, str]:
    """Return how many observers there are, and the pooled sensitivity and specificity as fractions."""
    found = reading.observations
    fractions = [
        f"{int((found.response[is_kind] == said).sum())}/{int((found.response[is_kind] >= 0).sum())}"
        for is_kind, said in ((found.truth, 1), (~found.truth, 0))
    ]
    return len(found.observers), fractions[0], fractions[1]


ONE, BOTH = (1, "1/2", "2/2"), (2, "3/4", "3/4")


def rows(observer: str) -> str:
    return "".join(f"{observer},{item},{TRUTHS[item]},{said}\n" for item, said in SAID[observer].items())


def trials(observer: str) -> list[dict[str, Any]]:
    """Return the data of jsPsych of one person, whom no trial names."""
    return [
        {
            "trial_type": "image-keyboard-response",
            "trial_index": number,
            "stimulus": item,
            "correct_response": TRUTHS[item],
            "response": said,
            "rt": 800 + number,
        }
        for number, (item, said) in enumerate(SAID[observer].items())
    ]


def lines(*values: object) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


EACH_TRIAL = [[trial] for trial in trials("A")]
BLOCKS = [trials("A")[:2], trials("A")[2:]]


@pytest.mark.parametrize(
    ("text", "expected", "told"),
    [
        (json.dumps(trials("A")) + json.dumps(trials("B")), BOTH, ""),
        (lines(*EACH_TRIAL), ONE, "4 parts, 1 observer"),
        (lines(*BLOCKS), ONE, "2 parts, 1 observer"),
        (lines(*BLOCKS, *[[trial] for trial in trials("B")]), BOTH, "6 parts, 2 observers"),
        (lines(*EACH_TRIAL, trials("A")), ONE, "4 parts are in the file twice"),
        (lines(trials("A"), trials("A")), ONE, "1 parts are in the file twice"),
        (lines(*EACH_TRIAL, trials("A"), trials("B")), BOTH, "4 parts are in the file twice"),
        (lines(*trials("A")), ONE, ""),
    ],
)
def test_what_jatos_appends_is_one_observers(text: str, expected: tuple[int, str, str], told: str) -> None:
    reading = read(text)
    assert figures(reading) == expected
    assert told in "\n".join(reading.notes)
    assert bool(reading.notes) == bool(told)


def test_two_people_without_times_who_said_the_same_stay_two() -> None:
    data = [{name: value for name, value in trial.items() if name != "rt"} for trial in trials("A")]
    assert figures(read(lines(data, data)))[0] == 2


def test_the_same_file_twice_is_refused() -> None:
    for text in (json.dumps(trials("A")), HEADER + rows("A")):
        assert refusal(text, text) == (
            "f2.txt: this is the same as f1.txt, byte for byte: its answers would count twice; give it once"
        )


def test_one_name_in_two_forms_of_its_letters_is_one_observer() -> None:
    forms = [unicodedata.normalize(form, "Zoé") for form in ("NFC", "NFD")] + ["Zoé\u200b", "\ufeffZoé"]
    text = HEADER + "".join(
        f"{name},{item},{TRUTHS[item]},{said}\n" for name, (item, said) in zip(forms, SAID["A"].items(), strict=True)
    )
    reading = read(text)
    assert figures(reading) == ONE
    assert reading.observations.observers == ("Zoé",)


def test_a_name_of_marks_that_cannot_be_seen_is_still_a_name() -> None:
    assert figures(read(HEADER + "\u200b,i1,clean,clean\n"))[0] == 1


def test_names_that_differ_in_capitals_are_two_observers_and_that_is_said() -> None:
    reading = read(HEADER + rows("A").replace("A,i3", "a,i3").replace("A,i4", "a,i4"))
    assert reading.observations.observers == ("A", "a")
    assert reading.notes[0].startswith("A and a differ in capitals alone and are read as 2 observers")


@pytest.mark.parametrize(
    ("numbers", "read_as"),
    [
        (("812,5", "1040"), [812.5, 1040]),
        (("812.5", "1040"), [812.5, 1040]),
        (("1.812,5", "950"), [1812.5, 950]),
        (("1.812", "950,5"), [1812, 950.5]),
        (("1.812", "950.5"), [1.812, 950.5]),
        (("0.812", "0,125"), [0.812, 0.125]),
        (("1.812", "950"), None),
        (("1,812", "950"), None),
        (("1.812.000", "1.950"), None),
    ],
)
def test_a_mark_between_thousands_is_no_decimal_one(numbers: tuple[str, str], read_as: list[float] | None) -> None:
    text = "observer;item;truth;response;rt_ms\n" + "".join(
        f"A;i{number};{truth};{truth};{cell}\n"
        for number, (truth, cell) in enumerate(zip(("perturbed", "clean"), numbers, strict=True))
    )
    if read_as is None:
        message = refusal(text)
        assert message.startswith(f"f1.txt, line 1, column rt_ms: {numbers[0]} may be {numbers[0].translate(MARKS)}, ")
        assert "without marks between thousands" in message
    else:
        times = read(text).observations.rt_ms
        assert times is not None
        assert times.tolist() == read_as


MARKS = str.maketrans("", "", ".,")


def test_no_advice_turns_the_figures_round_where_numbers_count_buttons() -> None:
    data = [
        {**trial, "response": ["perturbed", "clean"].index(trial["response"]), "correct_response": truth}
        for trial, truth in zip(trials("A"), (0, 0, 1, 1), strict=True)
    ]
    message = refusal(json.dumps(data))
    assert "0=clean" not in message
    assert message.endswith("Numbers may count buttons from 0: look up in the experiment which is which")
    assert figures(read(json.dumps(data), options=ReadingOptions(words=parse_words("0=perturbed,1=clean")))) == ONE


def test_numbers_that_pandas_made_floats_are_the_same_words() -> None:
    text = HEADER + "A,i1,1,1.0\nA,i2,1,0.0\nA,i3,0,0.0\nA,i4,0,0.0\n"
    assert figures(read(text, options=ReadingOptions(words=parse_words("1=perturbed,0=clean")))) == ONE


def test_none_is_no_answer_where_other_words_answer_both_ways() -> None:
    text = HEADER + rows("A") + "A,i5,clean,None\n"
    assert figures(read(text)) == ONE
    # Where no other word says “clean”, None may: that nothing was changed.
    assert "'None' is neither perturbed nor clean" in refusal(HEADER + rows("A").replace(",clean\n", ",None\n"))


@pytest.mark.parametrize("written", ["['{}']", '["{}"]', "[ '{}' ]"])
def test_a_list_of_one_answer_is_the_answer(written: str) -> None:
    text = "observer\titem\ttruth\tresponse\n" + "".join(
        f"A\t{item}\t{TRUTHS[item]}\t{written.format(said[0])}\n".replace('"', '""')
        .replace('[""', '"[""')
        .replace('""]', '""]"')
        for item, said in SAID["A"].items()
    )
    options = ReadingOptions(words=parse_words("p=perturbed,c=clean"))
    assert figures(read(text, options=options)) == ONE
    assert figures(read(json.dumps([{**trial, "response": [trial["response"]]} for trial in trials("A")]))) == ONE


def test_files_one_behind_the_other_with_a_header_each() -> None:
    assert figures(read(HEADER + rows("A") + HEADER + rows("B"))) == BOTH
    turned = "response,observer,truth,item,note\n" + "".join(
        f"{said},B,{TRUTHS[item]},{item},x\n" for item, said in SAID["B"].items()
    )
    assert figures(read(HEADER + rows("A") + turned)) == BOTH


def test_row_names_of_r_have_no_heading() -> None:
    table = "".join(f"{number},{row}\n" for number, row in enumerate((rows("A") + rows("B")).split(), start=1))
    assert figures(read(HEADER + table)) == BOTH
    # A comma that is not quoted is none.
    assert "5 cells where the header has 4" in refusal(HEADER + "Doe, J,i1,clean,clean\n")


def test_json_and_csv_that_were_made_json_once_more() -> None:
    array = json.dumps(trials("A"))
    table = HEADER + rows("A")
    assert figures(read(json.dumps(array))) == ONE
    assert figures(read(json.dumps(json.dumps(array)))) == ONE
    assert figures(read(json.dumps(table))) == ONE
    assert figures(read(lines(array, json.dumps(trials("B"))))) == BOTH
    assert figures(read(json.dumps([array, json.dumps(trials("B"))]))) == BOTH


@pytest.mark.parametrize(
    "header",
    [
        "StartDate,Finished,ResponseId,Q1_i1,Q2_i2",
        "Timestamp,Username,Image i1,Image i2",
        "Respondent ID,Collector ID,i1,i2",
        "participant.code,judge.1.player.image,judge.1.player.response",
    ],
)
def test_a_table_of_one_row_a_person_is_refused_with_the_way_out(header: str) -> None:
    message = refusal(f"{header}\n1,2,perturbed,clean\n")
    assert "If each row is a person and each column an image" in message
    assert "turn the table" in message
    assert "ResponseId is the response" not in message


def test_rows_of_psychopy_without_an_image_are_passed_over_and_counted() -> None:
    text = "image,corrAns,keys,participant,\n,,,A,\n" + "".join(
        f"{item},{TRUTHS[item][0]},{said[0]},A,\n" for item, said in SAID["A"].items()
    )
    options = ReadingOptions(names={"truth": "corrAns", "response": "keys"}, words=LETTERS)
    reading = read(text, options=options)
    assert figures(reading) == ONE
    assert reading.notes == ("f1.txt: of 5 rows, 1 name no image, truth or response; they are passed over",)


def test_rows_of_gorilla_beside_the_answer_are_passed_over_and_counted() -> None:
    text = "Participant Private ID,Trial Number,Zone Type,Response,Answer,image\n" + "".join(
        chain.from_iterable(
            (
                f"{observer},BEGIN TASK,,,,\n",
                *(
                    f"{observer},1,fixation,,{TRUTHS[item]},{item}\n{observer},1,button,{said},{TRUTHS[item]},{item}\n"
                    for item, said in SAID[observer].items()
                ),
            )
            for observer in SAID
        )
    )
    reading = read(text + "END OF FILE\n", options=ReadingOptions(names={"truth": "Answer"}))
    assert figures(reading) == BOTH
    assert "2 name no image, truth or response and 8 have no response" in reading.notes[0]


def test_a_missing_answer_is_still_one() -> None:
    reading = read(HEADER + rows("A") + "A,i5,clean,\n")
    assert int((reading.observations.response < 0).sum()) == 1
    assert reading.notes == ()


def test_label_studio() -> None:
    tasks = [
        {"image": item, "truth": TRUTHS[item], "id": number, "choice": SAID[observer][item], "annotator": place}
        for number, item in enumerate(TRUTHS)
        for place, observer in enumerate(SAID, start=1)
    ]
    assert figures(read(json.dumps(tasks))) == BOTH
    not_annotated = read(json.dumps([*tasks, {"image": "i5", "truth": "clean", "id": 9}]))
    assert figures(not_annotated) == BOTH
    assert not_annotated.notes == ("f1.txt: of 9 rows, 1 name no observer and hold no response; they are passed over",)
    nobody = "image,truth,choice,annotator\n" + "".join(
        f"{task['image']},{task['truth']},{task['choice']},{task['annotator']}\n" for task in tasks
    )
    assert figures(read(nobody)) == BOTH
    full = json.dumps([{"id": 1, "data": {"image": "i1"}, "annotations": []}])
    assert "export “JSON-MIN” or “CSV” instead" in refusal(full)


def test_what_is_added_up_beside_the_observers_is_none() -> None:
    text = "image,truth_perturbed,A,B,n_correct,agreement\n" + "".join(
        f"{item},{int(truth == 'perturbed')},"
        f"{int(SAID['A'][item] == 'perturbed')},{int(SAID['B'][item] == 'perturbed')},1,0\n"
        for item, truth in TRUTHS.items()
    )
    assert figures(read(text)) == BOTH


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("lésion_{}.png", "lésion_{}.png"),
        ("stimuli/{}.png", "{}"),
        ("stimuli\\{}.png", "stimuli/{}.PNG"),
        ("{}", "./img/{}.jpg"),
    ],
)
def test_a_key_names_the_images_as_another_program_does(key: str, written: str) -> None:
    truths = "item,truth\n" + "".join(f"{key.format(item)},{truth}\n" for item, truth in TRUTHS.items())
    options = ReadingOptions()
    told = read_truths(unicodedata.normalize("NFD", truths).encode(), source="key.csv", options=options)
    answers = "observer,item,response\n" + "".join(
        f"A,{written.format(item)},{said}\n" for item, said in SAID["A"].items()
    )
    assert figures(read(answers, options=ReadingOptions(truths=told, truths_source="key.csv"))) == ONE


def test_a_key_of_another_folder_is_another_image() -> None:
    for key in ({"mel/1.png": "clean"}, {"nv/1.jpg": "clean"}, {"nv/1.png": "clean", "x/nv/1.png": "perturbed"}):
        options = ReadingOptions(truths=key, truths_source="key.csv")
        item = "v/nv/1.png" if len(key) == 1 and "mel/1.png" not in key else "nv2/1.png"
        assert "is not in key.csv" in refusal(f"observer,item,response\nA,{item},clean\n", options=options)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"$FL2@(#)", "an SPSS file"),
        (b"ARROW1\0\0", "a Feather file"),
        (b"<stata_dta><header>", "a Stata file"),
        (b"RDX3\nX\n", "a file of R"),
        (b"MATLAB 5.0 MAT-file", "a file of MATLAB"),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        (b"BZh91AY&SY", "compressed (bzip2), not text; unpack it first"),
        (b"{\\rtf1\\ansi", "save it as plain text or CSV"),
        (b"<!DOCTYPE html><table>", "a web page or XML, not a table; save its sheet as CSV"),
    ],
)
def test_files_of_other_kinds_are_called_by_their_name(data: bytes, what: str) -> None:
    with pytest.raises(InputError, match=re.escape(what)):
        read_files([(data, "f")])


@pytest.mark.parametrize("name", ["correct", "key_resp.corr", "is_correct", "Accuracy"])
def test_whether_an_answer_was_right_is_not_what_was_answered(name: str) -> None:
    text = f"subject,image,truth,{name}\nA,i1,1,1\nA,i2,1,0\nA,i3,0,1\nA,i4,0,1\n"
    options = ReadingOptions(names={"response": name}, words=parse_words("1=perturbed,0=clean"))
    assert "says whether an answer was right, not what was answered" in refusal(text, options=options)


def test_a_comma_between_cells_of_commas_may_stand_between_thousands() -> None:
    text = 'observer,item,truth,response,rt_ms\nA,i1,clean,clean,"1,812"\n'
    assert refusal(text).endswith("write 1.812 if the comma is a decimal one, and 1812 if it stands between thousands")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "rt,stimulus,key_press,correct_response,trial_type,trial_index,subject\n800,i1,89,89,x,0,A\n",
            "If “key_press” is the response, add: --response-column key_press",
        ),
        (
            "image,corrAns,key_resp.keys,key_resp.corr,participant\ni1,p,p,1,A\n",
            "If “corrAns” is the truth, “key_resp.keys” is the response, add: --truth-column corrAns --response-column",
        ),
        ("rater,item,truth,response\nA,i1,clean,clean\n", "If “rater” is the observer, add: --observer-column rater"),
        (
            "filename,label,A,B\ni1,clean,clean,clean\n",
            "the header has filename, label, A, B. If “filename” is the item, “label” is the truth and every other "
            "column is an observer, add: --item-column filename --truth-column label",
        ),
        (
            "subject,image,truth,correct\nA,i1,clean,1\n",
            "where “correct” says whether an answer was right, not what was answered",
        ),
        (
            json.dumps([trials("A")[0] | {"response": None, "responses": '{"Q0": "clean"}'}]).replace(
                '"response": null, ', ""
            ),
            "If “responses.Q0” is the response, add: --response-column responses.Q0",
        ),
    ],
)
def test_columns_of_other_names_are_told_by_the_option_that_reads_them(text: str, told: str) -> None:
    assert told in refusal(text)


def test_what_is_told_reads_the_file() -> None:
    by_image = "filename,label,A,B\n" + "".join(
        f"{item},{truth},{SAID['A'][item]},{SAID['B'][item]}\n" for item, truth in TRUTHS.items()
    )
    named = ReadingOptions(names={"item": "filename", "truth": "label"})
    held = [
        {name: value for name, value in trial.items() if name != "response"}
        | {"responses": json.dumps({"Q0": trial["response"]}), "subject": "A"}
        for trial in trials("A")
    ]

    assert figures(read(by_image, options=named)) == BOTH
    assert figures(read(json.dumps(held), options=ReadingOptions(names={"response": "responses.Q0"}))) == ONE


def test_numbers_that_are_codes_of_keys_are_told_by_the_key() -> None:
    told = refusal(HEADER + "A,i1,89,78\nA,i2,78,78\n")

    assert "Numbers may be codes of keys: 89 is Y, 78 is N" in told


def test_a_response_in_parts_is_told_by_its_own_column_and_part() -> None:
    held = [{**trial, "response": {"seen": trial["response"]}, "subject": "A"} for trial in trials("A")]

    assert "--response-column response.seen" in refusal(json.dumps(held))


@pytest.mark.parametrize(
    ("encoding", "end", "told"),
    [
        ("mac-roman", "\r", "“Zoé” with --encoding mac-roman"),
        ("cp1252", "\r\n", "“Zoé” with --encoding cp1252"),
        ("cp850", "\r\n", "“Zoé” with --encoding cp850"),
    ],
)
def test_letters_of_another_encoding_are_shown_as_each_would_read_them(encoding: str, end: str, told: str) -> None:
    data = (
        (HEADER + "".join(f"Zoé,{item},{truth},{truth}\n" for item, truth in TRUTHS.items()))
        .replace("\n", end)
        .encode(encoding)
    )

    with pytest.raises(InputError) as raised:
        read_files([(data, "f.csv")])

    assert told in str(raised.value)
    assert read_files([(data, "f.csv")], ReadingOptions(encoding=encoding)).observations.observers == ("Zoé",)


@pytest.mark.parametrize(
    "above",
    ["# exported\n# study: lesions\n", "#it's, a \"remark\n\n", "\n# exported\n", "# a comment\n# "],
)
def test_comments_above_the_header_are_passed_over(above: str) -> None:
    assert figures(read(above + HEADER + rows("A"))) == ONE


def test_lines_are_counted_with_the_comments() -> None:
    assert "line 4, column response: 'x'" in refusal("# one\n# two\n" + HEADER + "A,i1,clean,x\n")


def test_a_column_called_by_a_number_sign_is_no_comment() -> None:
    numbered = "#," + HEADER + "".join(f"{line}\n" for line in ("1," + row for row in rows("A").splitlines()))

    assert figures(read(numbered)) == ONE


@pytest.mark.parametrize("word", ["None", "timeout", "undefined", "No response"])
def test_a_word_for_no_answer_is_advised_as_missing_and_the_advice_reads_the_file(word: str) -> None:
    text = HEADER + "".join(f"A,{item},{truth[0]},{truth[0]}\n" for item, truth in TRUTHS.items())
    text += f"A,i5,c,{word}\nA,i6,c,{word}\n"
    told = refusal(text)
    advised = f"p=perturbed,c=clean,response:{word.lower()}=missing"
    assert told.endswith(f"--words {advised}")
    found = read(text, options=ReadingOptions(words=parse_words(advised))).observations.response
    assert sorted(found.ravel().tolist()) == [-1, -1, 0, 0, 1, 1]


def test_a_single_word_for_no_answer_beside_known_words_is_told_the_way_out() -> None:
    told = refusal(HEADER + rows("A") + "A,i5,clean,timeout\n")
    assert "--words response:timeout=missing" in told
    assert "--words" not in refusal(HEADER + rows("A") + "A,i5,clean,claen\n")


def test_what_a_french_excel_writes_for_true_and_false_is_advised() -> None:
    text = "observer;item;truth;response\nA;i1;VRAI;VRAI\nA;i2;FAUX;VRAI\nA;i3;VRAI;FAUX\nA;i4;FAUX;FAUX\n"
    assert refusal(text).endswith("--words vrai=perturbed,faux=clean")


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u202f"])
def test_a_blank_between_thousands_is_told_as_what_it_is(blank: str) -> None:
    text = f"observer;item;truth;response;rt_ms\nA;i1;clean;clean;1{blank}812,5\n"
    assert "write 1812.5, without a blank between thousands" in refusal(text)


@pytest.mark.parametrize(
    ("names", "differ"), [(("Dr A", "Dr  A"), "blanks"), (("Dr A", "dr  a"), "capitals and blanks")]
)
def test_names_that_differ_in_blanks_are_two_observers_and_that_is_said(names: tuple[str, str], differ: str) -> None:
    reading = read(HEADER + rows("A").replace("A,", f"{names[0]},") + rows("B").replace("B,", f"{names[1]},"))
    assert len(reading.observations.observers) == len(names)
    told = f"{names[0]} and {names[1]} differ in {differ} alone and are read as 2 observers"
    assert reading.notes == (f"{told}; if they are one, write one name",)


def test_label_studios_annotated_tasks_are_refused_for_what_they_are() -> None:
    tasks = [
        {
            "id": number,
            "data": {"image": item, "truth": TRUTHS[item]},
            "annotations": [
                {"completed_by": place, "result": [{"value": {"choices": [SAID[observer][item]]}}]}
                for place, observer in enumerate(SAID, start=1)
            ],
        }
        for number, item in enumerate(TRUTHS)
    ]
    assert "export “JSON-MIN” or “CSV” instead" in refusal(json.dumps(tasks))


def test_answers_without_truths_are_told_of_a_file_of_right_answers() -> None:
    assert "add: --truths KEY.csv" in refusal("observer,item,response\nA,i1,clean\n")


def test_a_table_that_has_only_whether_answers_were_right_is_told_how_to_make_responses() -> None:
    told = refusal("observer,item,truth,correct\nA,i1,clean,1\n")
    assert "make a column response: the truth where “correct” is 1, the other word where it is 0" in told


@pytest.mark.parametrize("time", ["-1", "-0.5", "-999"])
def test_a_time_below_0_is_refused_with_the_way_out(time: str) -> None:
    text = f"observer,item,truth,response,rt_ms\nA,i1,clean,clean,812\nA,i2,perturbed,clean,{time}\n"
    assert f"line 3, column rt_ms: '{time}' is less than 0" in refusal(text)
    assert "leave the cell empty" in refusal(text)
    assert read(text.replace(time, "")).observations.rt_ms is not None
    assert read(text.replace(f",{time}", ",0")).observations.rt_ms is not None
