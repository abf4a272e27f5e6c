"""The first account of an installation: whoever can read the server's terminal makes it, and nobody else.

A server that has no account would be anybody's who finds its address. So the page that makes the first one asks for a
code that `serve` prints, and `manage.py first_account_code` prints again. It lies in a file that is its owner's alone,
and is gone once there is an account.
"""

import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext

from perception.accounts import audit
from perception.accounts.errors import AccountError
from perception.accounts.models import AccountEvent
from perception.core.file_lock import FileLock
from perception.core.private_file import write_private

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Neither 0 and O nor 1, I and L: a code is read from one screen and typed on another."""
GROUPS, GROUP_LENGTH = 4, 4  # 79 random bits
COMMAND = "manage.py first_account_code"


class WrongCodeError(AccountError):
    """The code is not the one that the server printed."""

    def __init__(self) -> None:
        """Say where the code is to be had."""
        super().__init__(
            gettext("This is not the code that the server printed in its terminal. %(command)s prints it again.")
            % {"command": COMMAND}
        )


def nobody_has_an_account() -> bool:
    """Say whether the installation waits for its first account (one query)."""
    return not User.objects.exists()


def first_account_code() -> str:
    """Return the code that makes the first account; make one where there is none.

    Raises
    ------
    AccountError
        There is an account already.
    OSError
        The code can be neither read nor written.
    """
    if not nobody_has_an_account():
        raise AccountError(
            gettext("There is an account already: an administrator makes others, on the page “Accounts”.")
        )
    try:
        if code := _path().read_text(encoding="utf-8").strip():
            return code
    except FileNotFoundError:
        pass
    code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    write_private(_path(), code)
    return code


def check_code(typed: str) -> None:
    """Compare a code with the one that was printed, in a time that does not tell how much of it is right.

    Raises
    ------
    WrongCodeError
        It is another; or none was printed yet.
    """
    try:
        code = _path().read_text(encoding="utf-8")
    except FileNotFoundError:
        code = ""
    if not (constant_time_compare(_plain(typed), _plain(code)) and _plain(code)):
        raise WrongCodeError


def make_first_account(*, code: str, username: str, password: str) -> User:
    """Make the first account, an administrator's, and use the code up.

    Whoever comes second finds an account, or no code: the file of the code is locked meanwhile.

    Raises
    ------
    WrongCodeError
        The code is not the one that was printed.
    AccountError
        Somebody has made an account meanwhile.
    """
    try:
        with FileLock(_path(), create=False):
            check_code(code)
            with transaction.atomic():
                if not nobody_has_an_account():
                    raise AccountError(
                        gettext("Somebody has made the first account meanwhile. Sign in, or ask them for one.")
                    )
                user = User.objects.create_superuser(username, password=password)
                audit.record(account=user, action=AccountEvent.Action.FIRST, by=user)
            _path().unlink(missing_ok=True)
    except FileNotFoundError:  # none was printed, or it was used while this one waited
        raise WrongCodeError from None
    return user


def _path() -> Path:
    return Path(settings.DATA_DIR) / "first_account_code"


def _plain(code: str) -> str:
    """Return what counts of a code: its letters and digits, whatever stands between them."""
    return "".join(filter(str.isalnum, code)).upper()
