"""Whatever a file holds, it is refused in words or gives figures that JSON can hold; nothing else happens."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.analysis.study_summary import summarise_study
from perception.core.input_files.errors import InputError
from studies.answers.readers.options import FORMATS, ReadingOptions
from studies.answers.readers.reading import read_files
from studies.answers.readers.words import parse_words

pytestmark = pytest.mark.usefixtures("way_of_reading")

WORDS = {
    "yes_no": ("perturbed", "clean"),
    "same_different": ("different", "same"),
    "two_afc": ("first", "second"),
}
NUMBERS = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([1e12, 5e-324, 1e-300])
    | st.integers(-3, 8)
    | st.sampled_from(["", "NA", -0.0])
)
PARTS = st.sampled_from(
    [
        *(word.encode() for word in ("observer", "item", "truth", "response", "image", "perturbed", "clean", "A", "x")),
        *(bytes([byte]) for byte in b',;\t\r\n"[]{}:1-.\0\xff'),
        b"null",
        b"\xef\xbb\xbf",
        b"sep=;\n",
        b"observer,item,truth,response\n",
        b"A,x,perturbed,clean\n",
        b'{"observer": "A", "item": "x", "truth": "clean",',
        b'"response": "clean"}',
        b'{"trial_type": "x", "trial_index": 1, "stimulus": "x", "truth": "clean", "response": 0}',
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=40) | st.lists(PARTS, max_size=14).map(b"".join),
    st.sampled_from([None, *FORMATS]),
    st.sampled_from([None, "utf-16", "cp1252"]),
)
def test_any_bytes(data: bytes, input_format: str | None, encoding: str | None) -> None:
    options = ReadingOptions(input_format=input_format, encoding=encoding, words=parse_words("0=clean"))
    try:
        reading = read_files([(data, "f")], options)
    except InputError:
        return
    assert len(reading.observations.observer) > 0


@settings(max_examples=80, deadline=None)
@given(st.data(), st.sampled_from(sorted(WORDS)))
def test_any_numbers(data: st.DataObject, task: str) -> None:
    signal, absence = WORDS[task]
    names = data.draw(st.lists(st.sampled_from("ABCD"), min_size=1, max_size=4, unique=True))
    answers: list[dict[str, Any]] = []
    for item in range(data.draw(st.integers(1, 7))):
        truth = data.draw(st.sampled_from((signal, absence)))
        answers += [
            {
                "observer": name,
                "item": str(item),
                "truth": truth,
                "response": data.draw(st.sampled_from((signal, absence, ""))),
                "role": data.draw(st.sampled_from(("series", "catch"))) if len(names) == 1 else "",
                "diagnosis": data.draw(st.sampled_from(("nv", "mel", ""))),
                "diagnosis_answered": data.draw(st.sampled_from(("nv", "mel", ""))),
                **{column: data.draw(NUMBERS) for column in ("rating", "rt_ms", "strength", "position", "confidence")},
            }
            for name in names
        ]

    try:
        reading = read_files([(json.dumps(answers).encode(), "f")])
    except InputError:
        return
    figures = summarise_study(reading.observations).as_dict()

    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
