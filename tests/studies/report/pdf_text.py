"""What a program reads in a PDF."""

import io
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject


def reader(pdf: bytes) -> PdfReader:
    """Open a PDF."""
    return PdfReader(io.BytesIO(pdf))


@lru_cache(maxsize=4)
def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, heads and feet included."""
    return [page.extract_text() for page in reader(pdf).pages]


def addresses(pdf: bytes) -> list[str]:
    """Return the address of each link that leads out of the document."""
    links = [link.get_object() for page in reader(pdf).pages for link in page.get("/Annots", [])]
    return [str(link["/A"]["/URI"]) for link in links if "/URI" in link.get("/A", {})]


def body(pdf: bytes, *, marks: bool) -> str:
    """Return the text of all pages without heads and feet, and without the spaces, which depend on the line breaks."""
    lines = [line for page in pages(pdf) for line in page.splitlines()[2 if marks else 1 : -1]]
    return without_spaces("".join(lines))


def without_spaces(text: str) -> str:
    """Return a text without any space."""
    return "".join(text.split())


def tags(pdf: bytes) -> list[tuple[str, str]]:
    """Return every tag of the document in reading order, with its alternative text."""
    return list(_tags(catalogue(pdf)["/StructTreeRoot"]))


def catalogue(pdf: bytes) -> Any:
    """Return the dictionary at the root of a PDF; pypdf has no types for what is in it."""
    return reader(pdf).root_object


def _tags(node: Any) -> Iterator[tuple[str, str]]:
    node = node.get_object() if isinstance(node, IndirectObject) else node
    if isinstance(node, DictionaryObject):
        if "/S" in node:
            yield str(node["/S"]), str(node.get("/Alt", ""))
        yield from _tags(node.get("/K"))
    elif isinstance(node, list):
        for child in node:
            yield from _tags(child)
