"""What is wrong with a file that a person brought: the message names the file and the position in it."""

from collections.abc import Sequence


class InputError(Exception):
    """A file that cannot be used as it is."""

    def __init__(
        self,
        message: str,
        *,
        source: str,
        line: int | None = None,
        column: str | None = None,
        entry: int | None = None,
    ) -> None:
        """Compose `source, line N, entry N, column C: message`, of what is known.

        Parameters
        ----------
        message
            What is wrong, and what to do about it.
        source
            The file's name.
        line
            In the file, from 1.
        column
            The name of a column, or the number of a character in its line.
        entry
            Of an array in JSON, from 1: such a file may be one long line.
        """
        where = source
        for name, value in (("line", line), ("entry", entry), ("column", column)):
            if value is not None:
                where += f", {name} {value}"
        super().__init__(f"{where}: {message}")
        self.message = message
        self.source = source
        self.line = line
        self.column = column
        self.entry = entry


class InputRowsError(InputError):
    """Several things that are wrong with single rows, told together: the first twenty, and how many more."""

    SHOWN = 20

    def __init__(self, errors: Sequence[InputError], *, count: int | None = None, hint: str = "") -> None:
        """Join the messages, a line each.

        Parameters
        ----------
        errors
            At least one, in the order in which they are told.
        count
            How many there are, if more than were made.
        hint
            What to do about them; the last line.
        """
        lines = [str(error) for error in errors[: self.SHOWN]]
        more = (count or len(errors)) - len(lines)
        if more > 0:
            lines.append(f"… and {more} more")
        if hint:
            lines.append(hint)
        message = "\n".join(lines)
        Exception.__init__(self, message)
        first = errors[0]
        self.errors = tuple(errors)
        self.message = message
        self.source, self.line, self.column, self.entry = first.source, first.line, first.column, first.entry
