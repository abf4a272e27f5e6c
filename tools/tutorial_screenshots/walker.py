"""Whoever walks: presses, writes and waits on a page of Chromium, with a mouse or with nothing but the keyboard."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import FileChooser, Locator, Page, expect

from tools.tutorial_screenshots.walks import Choose, Look, Press, Send, Step, WaitForOpening, WaitForRun, Walk, Write

PATIENCE = 240_000
"""Milliseconds that a run may take: TensorFlow is loaded for each, on a machine that may be busy."""
MOST_TABS = 250
"""No page of the walks has so many things to come to."""


class Walker(ABC):
    """Does the steps of a walk on a page, and counts the clicks."""

    def __init__(
        self, page: Page, *, files: Mapping[str, Path], texts: Mapping[str, str], look: Callable[[str], None]
    ) -> None:
        """Stand on a page.

        Parameters
        ----------
        files
            What is sent, by the name that the walk has for it.
        texts
            What stands in braces in the walk's texts.
        look
            Called with the name of each picture.
        """
        self.page = page
        self.clicks = 0
        self._files, self._texts, self._look = files, texts, look
        # As long as somebody listens, a window to choose a file is handed over instead of being opened. Playwright
        # tells the browser so without waiting for it to be done: where it is told just before the key, the key can
        # come first, on a busy machine in one of twelve times, and the window is lost.
        page.on("filechooser", _nothing_yet)

    def walk(self, walk: Walk) -> None:
        """Do all steps; one that cannot be done is an error of Playwright that says what was not found."""
        for step in walk:
            self._take(step)

    def _take(self, step: Step) -> None:
        match step:
            case Press(role, label):
                self._press(self.page.get_by_role(role, name=label, exact=True).filter(visible=True).first)
            case Write(label, text):
                self._write(self._field(label), text.format_map(self._texts))
            case Choose(label, entry):
                self._choose(self._field(label), self._entry(label, entry))
            case Send(label, file):
                self._send(self._field(label), self._files[file])
                expect(self.page.get_by_role("status")).to_contain_text("All is sent", timeout=PATIENCE)
            case WaitForRun():
                expect(self.page.locator("#run-state")).to_have_text("Succeeded", timeout=PATIENCE)
            case WaitForOpening():
                expect(self.page.locator(".page-head .state")).to_have_text("open", timeout=PATIENCE)
            case Look(picture, heading, at):
                expect(self.page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()
                self.page.wait_for_load_state("networkidle")
                self._bring_into_view(at)
                self._look(picture)

    def _bring_into_view(self, label: str) -> None:
        if label:
            self._field(label).evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})")
        else:
            self.page.evaluate("window.scrollTo({top: 0, behavior: 'instant'})")

    def _field(self, label: str) -> Locator:
        # A field that has to be filled in has a star behind its label.
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$")).first

    def _entry(self, label: str, entry: str) -> str:
        options = self._field(label).locator("option").all_text_contents()
        return next(text for text in options if entry in text)

    @abstractmethod
    def _press(self, thing: Locator) -> None:
        """Press a link, a button or a choice."""

    @abstractmethod
    def _write(self, field: Locator, text: str) -> None:
        """Replace a field's text."""

    @abstractmethod
    def _choose(self, field: Locator, entry: str) -> None:
        """Choose an entry of a list."""

    @abstractmethod
    def _send(self, field: Locator, file: Path) -> None:
        """Choose a file in the window that the browser opens for it."""


class WithMouse(Walker):
    """Clicks; to write it clicks too, which is not counted: that is the text."""

    def _press(self, thing: Locator) -> None:
        thing.click()
        self.clicks += 1

    def _write(self, field: Locator, text: str) -> None:
        field.fill(text)

    def _choose(self, field: Locator, entry: str) -> None:
        field.select_option(label=entry)
        self.clicks += 2

    def _send(self, field: Locator, file: Path) -> None:
        with self.page.expect_file_chooser() as opened:
            field.click()
        self.clicks += 1
        _give(opened.value, file)


class ByKeyboard(Walker):
    """Comes to everything by the tabulator key, and presses keys; counted is each press that does something."""

    def _press(self, thing: Locator) -> None:
        self._come_to(thing)
        self.page.keyboard.press("Space" if thing.get_attribute("type") == "radio" else "Enter")
        self.clicks += 1

    def _write(self, field: Locator, text: str) -> None:
        self._come_to(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def _choose(self, field: Locator, entry: str) -> None:
        self._come_to(field)
        self.page.keyboard.type(entry)
        expect(field.locator("option:checked")).to_have_text(entry)
        self.clicks += 1

    def _send(self, field: Locator, file: Path) -> None:
        self._come_to(field)
        with self.page.expect_file_chooser() as opened:
            self.page.keyboard.press("Space")
        self.clicks += 1
        _give(opened.value, file)

    def _come_to(self, thing: Locator) -> None:
        thing.wait_for()
        for _ in range(MOST_TABS):
            if thing.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the tabulator key does not come to {thing}")


def _nothing_yet(window: FileChooser) -> None:
    """Leave the window to the step that waits for it."""


def _give(window: FileChooser, file: Path) -> None:
    window.set_files(file)
