"""The text of a file that a person brought, whichever program wrote it; what is no text is called by its name."""

import re

from perception.core.input_files.errors import InputError

# Ends of lines, as the csv module has them too. `str.splitlines` splits at form feeds and others besides.
LINE_END = re.compile(r"\r\n|\r|\n")
# By the first bytes of the file. UTF-32's mark begins with that of UTF-16.
MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
SPREADSHEET = "save its sheet as CSV (in a spreadsheet: Save as, “CSV UTF-8”) and give that file"
OF_R = "a file of R (RData), not text; write the table as CSV (in R: write.csv(…, row.names = FALSE))"
OTHER_FILES = (
    (b"PK\x03\x04", f"an Excel workbook (xlsx), or another archive, not text; {SPREADSHEET}"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"an Excel workbook (xls), not text; {SPREADSHEET}"),
    (b"\x1f\x8b", "compressed (gzip), not text; unpack it first"),
    (b"PAR1", "a Parquet file, not text; write it as CSV (in pandas: pandas.read_parquet(…).to_csv(…, index=False))"),
    (b"$FL2", "an SPSS file (sav), not text; save it as CSV (in SPSS: Save as, CSV)"),
    (b"$FL3", "an SPSS file (zsav), not text; save it as CSV (in SPSS: Save as, CSV)"),
    (b"ARROW1", "a Feather file, not text; write it as CSV (in pandas: pandas.read_feather(…).to_csv(…, index=False))"),
    (b"<stata_dta>", "a Stata file (dta), not text; save it as CSV (in Stata: export delimited)"),
    (b"RDX2\n", OF_R),
    (b"RDX3\n", OF_R),
    (b"MATLAB 5.0 MAT-file", "a file of MATLAB (mat), not text; write the table as CSV (in MATLAB: writetable)"),
    (b"\x89HDF", "an HDF5 file, not text; write its table as CSV"),
    *((b"BZh%d1AY&SY" % level, "compressed (bzip2), not text; unpack it first") for level in range(1, 10)),
    (b"\xfd7zXZ", "compressed (xz), not text; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed (Zstandard), not text; unpack it first"),
    (b"{\\rtf", "a text with formats (RTF), not plain text; save it as plain text or CSV"),
    *(
        (mark, f"a web page or XML, not a table; {SPREADSHEET}")
        for mark in (b"<!DOCTYPE", b"<!doctype", b"<html", b"<?xml")
    ),
    (b"%PDF-", "a PDF, not a table"),
    (b"\x89PNG", "an image (PNG), not a table"),
    (b"\xff\xd8\xff", "an image (JPEG), not a table"),
    (b"SQLite format 3\x00", "an SQLite database, not a table of text"),
)


UNMARKED = {
    "utf-32-le": "UTF-32 (little-endian)",
    "utf-32-be": "UTF-32 (big-endian)",
    "utf-16-le": "UTF-16 (little-endian)",
    "utf-16-be": "UTF-16 (big-endian)",
}
"""Encodings that hold a NUL in every letter of English, by the names that Python has for them without a mark."""
LOOKED_AT = 4096
"""How many bytes tell an encoding: a multiple of four."""


class EncodingError(InputError):
    """Bytes that are not in the encoding that the file is read with."""


class UnmarkedEncodingError(InputError):
    """A text in UTF-16 or UTF-32 whose byte-order mark is missing."""

    def __init__(self, encoding: str, *, source: str) -> None:
        """Say which encoding it looks like, as Python names it, and how to save the file otherwise."""
        super().__init__(
            f"this looks like {UNMARKED[encoding]} text without a byte-order mark: save the file as UTF-8 (in a "
            "spreadsheet: Save as, “CSV UTF-8”; in an editor: Save with encoding, UTF-8)",
            source=source,
        )
        self.encoding = encoding


def decode_text(data: bytes, *, source: str, encoding: str | None = None) -> str:
    """Return the text of a file, without its byte-order mark.

    Parameters
    ----------
    data
        The bytes of the file.
    source
        Its name, for messages.
    encoding
        As Python names it. By default that of the byte-order mark, if there is one, and UTF-8 if not.

    Raises
    ------
    EncodingError
        Bytes that are not in that encoding; with the line and the number of the character in it.
    UnmarkedEncodingError
        No encoding is given, there is no byte-order mark, and it is plainly UTF-16 or UTF-32.
    InputError
        The file is no text, or holds a NUL character; or there is no such encoding.
    """
    for mark, what in OTHER_FILES:
        if data.startswith(mark):
            raise InputError(f"this is {what}", source=source)
    marked = next((name for mark, name in MARKS if data.startswith(mark)), None)
    if encoding is None and marked is None and (unmarked := _unmarked_encoding(data)):
        raise UnmarkedEncodingError(unmarked, source=source)
    chosen = encoding or marked or "utf-8"
    try:
        text = data.decode(chosen)
    except UnicodeDecodeError as error:
        line, column = place_in(data[: error.start].decode(chosen, errors="replace"))
        raise EncodingError(
            f"not {_named(chosen)} text: the byte 0x{data[error.start]:02X} in column {column}; save the file as UTF-8 "
            "(CSV UTF-8)",
            source=source,
            line=line,
        ) from error
    except LookupError as error:
        raise InputError(f"there is no encoding “{encoding}”", source=source) from error
    if "\0" in text:
        line, column = place_in(text[: text.index("\0")])
        raise InputError(f"a NUL character in column {column}: this is not a text file", source=source, line=line)
    return text.removeprefix("\ufeff")


def _unmarked_encoding(data: bytes) -> str | None:
    """Return the encoding whose letters these bytes are with a NUL in each; None where they are no such text."""
    head = data[:LOOKED_AT]
    zeros = [head[place::4].count(0) for place in range(4)]
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    quarter = len(head) // 4
    likely = {
        "utf-32-le": quarter > 0 and min(zeros[2], zeros[3]) >= quarter,
        "utf-32-be": quarter > 0 and min(zeros[0], zeros[1]) >= quarter,
        "utf-16-le": odd > 1 and odd > 4 * even,
        "utf-16-be": even > 1 and even > 4 * odd,
    }
    return next((name for name, is_likely in likely.items() if is_likely and _is_text(data, name)), None)


def _is_text(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter in "\t\r\n" for letter in text[:LOOKED_AT])


def place_in(before: str) -> tuple[int, int]:
    """Return the line, and the character in it, both from 1, at which a text goes on after what is before.

    Parameters
    ----------
    before
        The text before the position.
    """
    ends = list(LINE_END.finditer(before))
    return len(ends) + 1, len(before) - (ends[-1].end() if ends else 0) + 1


def _named(encoding: str) -> str:
    return "UTF-8" if encoding in ("utf-8", "utf-8-sig") else encoding.upper()
