"""The pages in French: every text is translated, and what is compiled is what is written."""

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils.translation.template import templatize

from ml.attacks import ATTACKS
from ml.classifiers.architectures import ARCHITECTURES
from ml.models import Attack, Classifier, Dataset, PairSet, Run
from ml.pages.measurements import PAIR_MEASUREMENTS
from ml.pages.option_table import UNSAID, option_title
from ml.runs.registry import registered_kinds, work_class
from ml.runs.work import Work
from studies.design.drafts.templates import TEMPLATES as TEMPLATES_OF_STUDIES
from studies.design.options import STUDY_OPTIONS
from studies.exports.downloads import DOWNLOADS
from studies.models.study_state import ACTIONS, WORDS
from studies.permissions import Permission, Role
from studies.trial_types import TRIAL_TYPES

LOCALE = Path(settings.BASE_DIR) / "locale/fr/LC_MESSAGES"
TEMPLATES_FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(TEMPLATES_FOLDER.rglob("*.html"))
MODULES = sorted(
    path for name in ("perception", "ml", "studies") for path in (Path(settings.BASE_DIR) / name).rglob("*.py")
)
IN_ENGLISH = {
    "alone",
    "facts",
    "body",
    "flow",
    "headline",
    "numbered_table",
    "page",
    "pictures",
    "section",
    "small_tables",
    "table",
}
"""The templates of the report, which is English whoever reads it; and `500.html` is in both languages as it stands."""
TRANSLATED = [
    path
    for path in TEMPLATES
    if path.name != "500.html" and not (path.parent.name == "report" and path.stem in IN_ENGLISH)
]

SAME_IN_EVERY_LANGUAGE = {
    "Perception",
    "UTC",
    "PSNR",
    "SSIM",
    "SSIMULACRA",
    "FLIP",
    "ColorVideoVDP",
    "ΔE",
    "L",
    "dB",
    "English",
    "Français",
}

Message = tuple[str, ...]
"""A text; where it depends on a number, with its plural."""


def written() -> dict[Message, list[str]]:
    """Return the catalogue as it was written: text → translations."""
    found: dict[Message, list[str]] = {}
    for block in (LOCALE / "django.po").read_text(encoding="utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if match := re.fullmatch(r'(msgid|msgid_plural|msgstr(?:\[\d\])?) (".*")', line):
                name = match[1]
                parts[name] = ast.literal_eval(match[2])
            elif line.startswith('"'):
                parts[name] += ast.literal_eval(line)
            else:
                assert line.startswith("#"), line
                assert "fuzzy" not in line, block
        message = tuple(parts[name] for name in ("msgid", "msgid_plural") if name in parts)
        found[message] = [text for name, text in parts.items() if name.startswith("msgstr")]
    return found


def collected() -> set[Message]:
    """Return every text that the templates and the modules give to be translated."""
    messages = {message for path in TEMPLATES for message in of_template(path)}
    return messages | {message for path in MODULES for message in of_module(path)}


LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""


def of_template(path: Path) -> Iterator[Message]:
    """Take from what Django gives to xgettext: the template with all but its texts blotted out."""
    source = templatize(path.read_text(encoding="utf-8"))
    for name, arguments in re.findall(rf"(?<!\w)(n?gettext|_)\(({LITERAL}(?:, {LITERAL})?)", source):
        literal = ast.literal_eval(f"({arguments},)")
        yield literal[: 2 if name == "ngettext" else 1]


def of_module(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            count = {"gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2}.get(node.func.id, 0)
            if count and all(isinstance(argument, ast.Constant) for argument in node.args[:count]):
                yield tuple(ast.literal_eval(argument) for argument in node.args[:count])


def test_every_text_is_translated_and_no_translation_is_left_over() -> None:
    catalogue = written()
    texts = set(catalogue) - {("",)}

    assert len(texts) > 100
    assert texts == collected(), "run `make messages` and translate what is new"
    for message in texts:
        assert len(catalogue[message]) == len(message), message
        assert all(catalogue[message]), f"{message} is not translated"


def test_what_is_compiled_is_what_is_written() -> None:
    with (LOCALE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message, translations in written().items():
        if message == ("",):
            continue
        if len(message) == 1:
            assert compiled.gettext(message[0]) == translations[0], "run `make messages`"
        else:
            assert [compiled.ngettext(message[0], message[1], n) for n in (1, 2)] == translations, "run `make messages`"


def test_translations_keep_the_places_where_numbers_and_names_go() -> None:
    places = re.compile(r"%\(\w+\)[sd]|\{\w+\}|<[^>]+>")
    for message, translations in written().items():
        for text, translation in zip(message, translations, strict=True):
            if text:
                assert sorted(places.findall(text)) == sorted(places.findall(translation)), text


def test_french_signs_never_begin_a_line() -> None:
    """Before : ; ? ! and within « » stands a space that does not break."""
    for translations in written().values():
        for translation in translations:
            assert not re.search(r" [:;?!»]|« ", translation), translation


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: str(path.relative_to(TEMPLATES_FOLDER)))
def test_no_text_of_a_template_is_left_out_of_the_translation(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"{% comment %}.*?{% endcomment %}|{% blocktranslate.*?{% endblocktranslate %}", "", text, flags=re.S)
    text = re.sub(r"{% block body_class %}.*?{% endblock %}", "", text)
    text = re.sub(r"<style>.*?</style>|<pre .*?</pre>|{#.*?#}", "", text, flags=re.S)
    spoken = re.findall(r'\b(?:alt|aria-label|title|placeholder)="([^"]*)"', text)
    text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.S)
    spoken = [re.sub(r"{%.*?%}|{{.*?}}", "", one) for one in spoken]
    text = re.sub(r"<[^>]*>", " ", text, flags=re.S)

    assert not words(text), "stands outside {% translate %}"
    assert not words(" ".join(spoken)), "an attribute that is read out, outside {% translate %}"


def words(text: str) -> set[str]:
    """Return the words that stand in a text, without those that are the same in every language."""
    return set(re.findall(r"[^\W\d_]+", text)) - SAME_IN_EVERY_LANGUAGE


def test_what_is_translated_by_its_name_is_in_the_catalogue() -> None:
    """Texts that stand in tables of the program, and are translated where a page shows them."""
    catalogue = written()
    named = {
        *(str(option.field.verbose_name) for option in STUDY_OPTIONS),
        *(text for option in STUDY_OPTIONS for text in (option.group.title, option.group.note, option.step.title)),
        *(text for trials in TRIAL_TYPES.values() for text in (trials.title, trials.explained)),
        *(text for one in TEMPLATES_OF_STUDIES for text in (one.title, one.explained)),
        *(text for action in ACTIONS for text in (action.label, action.participle, action.done)),
        *(WORDS[state] for state in WORDS),
        *(permission.value for permission in Permission),
        *(role.value for role in Role),
        *(text for download in DOWNLOADS.values() for text in (download.title, download.explanation)),
        *(text for method in ATTACKS.values() for text in (method.title, method.strength_explained)),
        *(one.metadata["explained"] for method in ATTACKS.values() for one in fields(method.settings)),
        *(str(model._meta.verbose_name) for model in (Dataset, Classifier, Attack, PairSet, Run)),
        *(text for one in PAIR_MEASUREMENTS.values() for text in (one.button, one.on_its_way)),
        *(architecture.description for architecture in ARCHITECTURES.values()),
    }

    assert sorted(text for text in named if text and (text,) not in catalogue) == []


def test_every_option_of_a_run_has_a_name_in_french() -> None:
    catalogue = written()
    names = {field.name for work in every_work() for field in fields(work)}
    names |= {one.name for method in ATTACKS.values() for one in fields(method.settings)}

    assert sorted(name for name in names - UNSAID if (option_title(name),) not in catalogue) == []


def every_work() -> Iterator[type[Work[Any]]]:
    """Return every kind of long work."""
    return map(work_class, registered_kinds())
