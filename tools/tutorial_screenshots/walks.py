"""What a person does from an empty server to an open study, step by step: on uploaded images, or on uploaded pairs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Press:
    """Press a link, a button or a choice, known by what it is and how it is called."""

    role: Literal["link", "button", "radio"]
    label: str


@dataclass(frozen=True, slots=True)
class Write:
    """Write a text into a field in place of what it holds; `{code}` stands for the code that the server prints."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Choose:
    """Choose an entry of a list that opens."""

    label: str
    entry: str


@dataclass(frozen=True, slots=True)
class Send:
    """Choose a file to be sent, and wait until it is."""

    label: str
    file: str


@dataclass(frozen=True, slots=True)
class WaitForRun:
    """Wait until the worker has done what was asked for, which the run's page shows by itself."""


@dataclass(frozen=True, slots=True)
class WaitForOpening:
    """Wait until the worker has opened the study, which its page shows by itself."""


@dataclass(frozen=True, slots=True)
class Look:
    """Look at the page that has a heading: here a picture is taken for the tutorial."""

    picture: str
    heading: str
    at: str = ""
    """The field that stands in the middle of the picture; empty: the picture begins at the top of the page."""


Step: TypeAlias = Press | Write | Choose | Send | WaitForRun | WaitForOpening | Look
Walk: TypeAlias = Sequence[Step]

IMAGES_FILE = "lesions.zip"
PAIRS_FILE = "pairs.zip"
ACCOUNT = "anna"
PASSWORD = "seven grey lesions"  # noqa: S105 - of an account that lasts for one walk
OBSERVERS = ("Observer 1", "Observer 2")

FIRST_ACCOUNT: Walk = (
    Write("Code", "{code}"),
    Write("Username", ACCOUNT),
    Write("Password", PASSWORD),
    Write("Password confirmation", PASSWORD),
    Look("first-account", "The first account", at="Password"),
    Press("button", "Make the account"),
    Look("nothing-yet", "First, image pairs"),
)

PAIRS_FROM_IMAGES: Walk = (
    Press("link", "bring images"),
    Press("link", "A folder of images"),
    Send("Zip or files", IMAGES_FILE),
    Write("Share of the test images", "0.5"),
    Look("images-sent", "A folder of images", at="Zip or files"),
    Press("button", "Bring the images"),
    WaitForRun(),
    Look("images-imported", "Import a dataset: lesions"),
    Press("link", "Train a classifier"),
    Choose("Architecture", "DenseNet-BC 1-1, growth 4: to try the steps out"),
    Write("Image size", "64"),
    Write("Epochs", "2"),
    Look("classifier", "Train a classifier", at="Image size"),
    Press("button", "Start the training"),
    WaitForRun(),
    Press("link", "Train an attack"),
    Press("button", "Continue"),
    Write("Steps", "20"),
    Press("button", "Start the training"),
    WaitForRun(),
    Look("attack-trained", "Train an attack: lesions densenet-tiny generator 8"),
    Press("link", "Make image pairs"),
    Press("button", "Make the pairs"),
    WaitForRun(),
    Press("link", "Make a study"),
)
"""From images to pairs of them that an attack of this program perturbed, by the smallest trainings that there are."""

PAIRS_FROM_ELSEWHERE: Walk = (
    Press("link", "bring pairs"),
    Send("Zip or files", PAIRS_FILE),
    Write("What perturbed the images", "a script that adds noise of 8 levels"),
    Look("pairs-sent", "Bring pairs made elsewhere", at="Zip or files"),
    Press("button", "Bring the pairs"),
    WaitForRun(),
    Press("link", "Make a study"),
)
"""From pairs that another program perturbed."""

STUDY: Walk = (
    Write("Title", "Which images were changed?"),
    Look("new-study", "New study"),
    Press("button", "Make the draft"),
    Press("button", "People"),
    Write("New observers, one a line", "\n".join(OBSERVERS)),
    Look("people", "People", at="New observers, one a line"),
    Press("button", "Check and open"),
    Look("check", "Check and open"),
    Press("link", "Open the study"),
    Press("button", "Open the study"),
    WaitForOpening(),
    Look("study-open", "Which images were changed?"),
)
"""From image pairs to an open study with two invited observers."""

ON_IMAGES: Walk = (*FIRST_ACCOUNT, *PAIRS_FROM_IMAGES, *STUDY)
ON_PAIRS: Walk = (*FIRST_ACCOUNT, *PAIRS_FROM_ELSEWHERE, *STUDY)


def clicks_of(walk: Walk) -> int:
    """Return how many clicks of a mouse a walk takes beside the texts; to choose an entry of a list takes two."""
    return sum({Press: 1, Send: 1, Choose: 2}.get(type(step), 0) for step in walk)


def labels_of(walk: Walk) -> Iterator[str]:
    """Return what everything is called that is pressed, filled in or chosen, in that order."""
    for step in walk:
        if isinstance(step, Press | Write | Choose | Send):
            yield step.label
