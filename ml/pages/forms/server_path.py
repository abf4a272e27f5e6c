"""A form's field for a path on the server: only below the folders that the operator has opened to forms.

Whoever may fill in a form may not therefore read every file that the server may: a path is taken only below one of
the folders in `PERCEPTION_IMPORT_ROOTS`, of which there are none by default. Commands take any path, since whoever
runs them reads these files anyway.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

NO_ROOTS = gettext_lazy(
    "No folder of this server is open to forms, so none can be named here. Use the command {command} on the "
    "server, or have its operator name folders in the setting PERCEPTION_IMPORT_ROOTS."
)


class ServerPathField(forms.CharField):
    """The path of a file or a folder on the server."""

    def __init__(
        self, *, command: str, words: Sequence[str] = (), help_text: str | Promise = "", **options: object
    ) -> None:
        """Take what a field of text takes, and more.

        Parameters
        ----------
        command
            The command that does the same with any path, for messages.
        words
            What may stand there that is no path.
        """
        self.command = command
        self.words = frozenset(words)
        self.explained = help_text
        super().__init__(**options)  # type: ignore[arg-type]  # a field's options, each with a type of its own

    def tell_roots(self) -> None:
        """Say in the help which folders are open, as the settings are now."""
        self.help_text = f"{self.explained} {_open_folders(self.command)}".strip()

    def clean(self, value: object) -> str:
        """Return the path, with its links resolved; a word or nothing as it stands."""
        text: str = super().clean(value)
        if not text or text in self.words:
            return text
        return str(permitted_path(text, command=self.command))


def permitted_path(text: str, *, command: str) -> Path:
    """Return a path that a form may name, with its links resolved.

    Nothing of it is looked at before it is known to be written below an open folder, so that no answer tells whether
    a file elsewhere exists.

    Raises
    ------
    ValidationError
        It is not below an open folder, or a link leads out of them; or it is the program's own data.
    """
    if not settings.IMPORT_ROOTS:
        raise forms.ValidationError(NO_ROOTS.format(command=command))
    path = Path(text)
    refusal = forms.ValidationError(
        gettext("Only paths below the folders that are open to forms are taken. %(command)s")
        % {"command": _open_folders(command)}
    )
    if "\0" in text or not path.is_absolute() or ".." in path.parts:
        raise refusal
    if not any(path.is_relative_to(root) for root in settings.IMPORT_ROOTS):
        raise refusal
    try:
        resolved = path.resolve()
    except (OSError, RuntimeError):  # a link to itself
        raise refusal from None
    if not _is_open(resolved):
        raise refusal
    if (link := next(_links_out(resolved), None)) is not None:
        raise forms.ValidationError(
            gettext("%(resolved)s in it is a link that leads out of the open folders.")
            % {"resolved": link.relative_to(resolved)}
        )
    return resolved


def _is_open(resolved: Path) -> bool:
    data: Path = settings.DATA_DIR
    if data.is_relative_to(resolved):
        return False
    # A folder within the data folder may be opened, but the data folder is not opened with one that holds it.
    return any(
        resolved.is_relative_to(root) and not (resolved.is_relative_to(data) and data.is_relative_to(root))
        for root in (root.resolve() for root in settings.IMPORT_ROOTS)
    )


def _links_out(folder: Path) -> Iterator[Path]:
    """Yield the links in a folder, and below, whose files lie outside the open folders. Links to folders are passed.

    Reading a folder of images passes links to folders over, too.
    """
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            if path.is_symlink() and not _is_open(Path(os.path.realpath(path))):
                yield path


def _open_folders(command: str) -> str:
    if not settings.IMPORT_ROOTS:
        return NO_ROOTS.format(command=command)
    folders = ", ".join(map(str, settings.IMPORT_ROOTS))
    return gettext("Open on this server: %(folders)s. The command %(command)s takes any path.") % {
        "folders": folders,
        "command": command,
    }
