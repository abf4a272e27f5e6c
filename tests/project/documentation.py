"""The pages of the documentation as a reader finds them in the repository: their links, headings, code and commands."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
PATHS = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")],
    key=lambda path: path.relative_to(ROOT).as_posix(),
)


@dataclass(frozen=True)
class Page:
    """One page in Markdown."""

    path: Path

    @property
    def name(self) -> str:
        """Return its path from the root of the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def tokens(self) -> list[Token]:
        """Return its parts, those within paragraphs too."""
        blocks = MarkdownIt("commonmark").enable("table").parse(self.path.read_text(encoding="utf-8"))
        return [part for block in blocks for part in (block, *(block.children or ()))]

    @property
    def targets(self) -> list[str]:
        """Return where its links and pictures lead."""
        found = (token.attrGet("src" if token.type == "image" else "href") for token in self.tokens)
        return [str(target) for target in found if target]

    @property
    def anchors(self) -> set[str]:
        """Return the anchors of its headings, as GitHub makes them."""
        pairs = zip(self.tokens, self.tokens[1:], strict=False)
        return {_slug(text.content) for token, text in pairs if token.type == "heading_open"}

    @property
    def inline_code(self) -> list[str]:
        """Return the code within its texts, without line ends."""
        return [" ".join(token.content.split()) for token in self.tokens if token.type == "code_inline"]

    @property
    def code_blocks(self) -> list[str]:
        """Return its blocks of code."""
        return [token.content for token in self.tokens if token.type in {"fence", "code_block"}]

    @property
    def code_lines(self) -> list[str]:
        """Return whatever stands as code, a line each; a line that goes on below is one."""
        blocks = "\n".join(self.code_blocks).replace("\\\n", " ")
        return [*blocks.splitlines(), *self.inline_code]


def pages() -> list[Page]:
    """Return every page."""
    return [Page(path) for path in PATHS]


def arguments_after(line: str, program: str) -> Iterator[list[str]]:
    """Return the arguments of each call of a program in a line, up to a comment or another program."""
    for call in line.split(program)[1:]:
        words = shlex.split(call, comments=True) if call.count('"') % 2 == 0 and "'" not in call else call.split()
        yield [word for word in words if word not in {"\\", "…"}]


def _slug(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")
