"""How files of answers are to be read, where they do not tell it themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from perception.core.input_files.csv_rows import listed
from perception.core.input_files.csv_table import likely_name
from perception.core.input_files.errors import InputError
from studies.answers.readers.answer_cells import JOINED, OPTIONAL, REQUIRED
from studies.answers.readers.words import Words, says_right

FORMATS = ("long", "json", "jspsych", "wide", "imrmc")
CROSSED, OWN_IMAGES = "crossed", "own-images"
DESIGNS = (CROSSED, OWN_IMAGES)
HIGHEST = ("perturbed", "clean")
# The first that is there is read. `subject` is what jsPsych's documentation calls a participant, `correct_response`
# its tutorials the right answer; `stimulus` and `response` are names of its plugins. `subject_nr` is OpenSesame's,
# `Participant Private ID` Gorilla's, `correctResponse` that of lab.js, `annotator` and `choice` are Label Studio's.
USUAL_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "observer": (
            *("observer", "subject", "subject_id", "participant", "participant_id"),
            *("subject_nr", "Participant Private ID", "annotator"),
        ),
        "item": ("item", "image", "stimulus"),
        "truth": ("truth", "correct_response", "correctResponse"),
        "response": ("response", "choice"),
    }
)
# Names that other programs and people give, told as advice and never read by themselves: `Answer` is the right answer
# in Gorilla's files, and what was answered in others. The first that is there and is no other column.
LIKELY_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "response": (
            *("responses", "key_resp.keys", "key_press", "button_pressed", "resp", "answered", "judgement", "judgment"),
            *("answer", "rating"),
        ),
        "truth": (
            *("label", "ground_truth", "groundtruth", "gt", "target", "class", "corrAns", "correct_answer"),
            *("correctAnswer", "answer"),
        ),
        "item": (
            *("filename", "file_name", "file", "image_name", "image_id", "image_file", "img", "picture", "stim"),
            "stimulus_file",
        ),
        "observer": (
            *("rater", "reader", "worker", "worker_id", "user", "username", "prolific_pid", "participant.code"),
            *("record_id", "Rec_Session_Id", "ResponseId", "session_id", "respondent", "person", "subj", "pid"),
        ),
    }
)
# In the answers of this program, beside `item`, the number of a stimulus: the image that it was made of.
IMAGE = "image"
# What other programs and papers call the arms of a study that the same observers judge.
USUAL_ARMS = ("arm", "modality", "attack", "condition", "treatment")
# Qualtrics, SurveyMonkey, Google Forms and oTree write such tables; which image a column is, only the form knows.
ONE_ROW_A_PERSON = (
    "no column item, truth, response. If each row is a person and each column an image, as survey programs write it, "
    "turn the table: one row an answer with the columns observer,item,truth,response, or one row an image with the "
    "columns image,truth and one column a person, and no second row of headings. If the columns have other names, add: "
    "--item-column NAME --truth-column NAME --response-column NAME"
)


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read.

    Attributes
    ----------
    input_format
        One of `FORMATS`; None: told from each file's content.
    names
        What the files call observer, item, truth, response and rating; the usual names, where one is not given.
    observers
        Of a wide table, the columns that are observers; empty: told from the header.
    words
        Translations of other words for the classes.
    encoding
        As Python names it; None: UTF-8, or that of a byte-order mark.
    truths
        The right answers by item, where they are in a file of their own; None: the files of answers hold them.
    truths_source
        The name of that file.
    only
        A column, and the values of it, without case, whose rows alone are read; None: all rows are.
    arm
        The column that says in which arm of the study an answer was given; `NO_ARM`: none does; None: the first of
        `USUAL_ARMS` that is there and can be one.
    cut
        Of ratings in a file of iMRMC, the lowest that is the answer “perturbed”; None: such a file holds ratings alone.
    design
        One of `DESIGNS`: whether every observer was asked about every image, or each about images of their own; None:
        told from how many answers there are.
    highest_rating
        One of `HIGHEST`: what the highest rating says of an image.
    """

    NO_ARM: ClassVar[str] = "none"

    input_format: str | None = None
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    observers: tuple[str, ...] = ()
    words: Words = field(default_factory=Words)
    encoding: str | None = None
    truths: Mapping[str, str] | None = None
    truths_source: str = ""
    only: tuple[str, frozenset[str]] | None = None
    arm: str | None = None
    cut: float | None = None
    design: str | None = None
    highest_rating: str = HIGHEST[0]

    @property
    def required(self) -> tuple[str, ...]:
        """Which columns a file must have."""
        return REQUIRED if self.truths is None else tuple(name for name in REQUIRED if name != "truth")

    def usual_names(self, column: str) -> tuple[str, ...]:
        """Return what a column may be called, the likeliest first."""
        given = self.names.get(column)
        return (given,) if given else USUAL_NAMES[column]

    def found(self, header: Sequence[str]) -> dict[str, str]:
        """Return the columns that a header has, by the analysis's name, as the header writes them.

        A given name may be that of several columns, such as `class+number`, if the header has no column of that name.
        """
        by_key = {name.casefold(): name for name in reversed(header)}
        for name in self.names.values():
            parts = [by_key.get(part.strip().casefold(), "") for part in name.split(JOINED)]
            if all(parts):
                by_key.setdefault(name.casefold(), JOINED.join(parts))
        return {
            column: by_key[name.casefold()]
            for column in self.required
            for name in reversed(self.usual_names(column))
            if name.casefold() in by_key
        }

    def others(self, header: Sequence[str]) -> dict[str, str]:
        """Return the columns that a header has besides, as `found` does; `only` is that of `only`."""
        by_key = {name.casefold(): name for name in reversed(header)}
        named = {column: self.names.get(column, column).casefold() for column in OPTIONAL}
        others = {column: by_key[name] for column, name in named.items() if name in by_key}
        if self.only is not None and self.only[0].casefold() in by_key:
            others["only"] = by_key[self.only[0].casefold()]
        arm = next((by_key[name.casefold()] for name in self._arms if name.casefold() in by_key), None)
        if arm is not None:
            others["arm"] = arm
        if IMAGE in by_key and self.found(header).get("item", IMAGE).casefold() != IMAGE:
            others["shown"] = by_key[IMAGE]
        return others

    @property
    def _arms(self) -> tuple[str, ...]:
        if self.arm == self.NO_ARM:
            return ()
        return USUAL_ARMS if self.arm is None else (self.arm,)

    def missing_error(
        self, missing: Sequence[str], header: Sequence[str], *, source: str, line: int, of: str = "the header"
    ) -> InputError:
        """Return the error that columns are missing `of` what has the others, with the options that name them."""
        wanted = [self.names.get(column, column) for column in missing]
        near = self._near(missing, header)
        if {"item", "truth", "response"} <= set(missing) and len(header) > 2:
            if not (near["item"] or near["truth"]):
                return InputError(f"{ONE_ROW_A_PERSON}; {of} has {listed(header)}", source=source, line=line)
            if not (near["response"] or near.get("observer")):
                # One row an image: its other columns are the observers, and need not be named.
                near = {column: name for column, name in near.items() if column in ("item", "truth")}
        told = " ".join(f"--{column}-column {_quoted(name) if name else 'NAME'}" for column, name in near.items())
        likely = ", ".join(f"“{name}” is the {column}" for column, name in near.items() if name)
        if likely and "response" in missing and "response" not in near:
            likely += " and every other column is an observer"
        right = next((name for name in header if says_right(name)), None)
        hint = f"If {likely or 'they have other names'}, add: {told}"
        if right and "response" in missing and not near.get("response"):
            of = f"{of} (where “{right}” says whether an answer was right, not what was answered)"
            hint += f"; else make a column response: the truth where “{right}” is 1, the other word where it is 0"
        if "truth" in missing and not near.get("truth"):
            hint += "; if the right answers are in a file of their own, add: --truths KEY.csv"
        return InputError(f"no column {listed(wanted)}; {of} has {listed(header)}. {hint}", source=source, line=line)

    def _near(self, missing: Sequence[str], header: Sequence[str]) -> dict[str, str | None]:
        """Return the column that each missing one may be: misspelt, or as others call it."""
        by_key = {name.casefold(): name for name in reversed(header)}
        taken = set(self.found(header).values())
        near: dict[str, str | None] = {}
        for column, names in LIKELY_NAMES.items():
            if column in missing:
                free = [name for name in header if name not in taken]
                usual = (by_key.get(name.casefold()) for name in names)
                near[column] = likely_name(self.names.get(column, column), free) or next(
                    (name for name in usual if name in free), None
                )
                taken |= {near[column] or ""}
        return {column: near[column] for column in missing}


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
