"""The settings of the imports that run as processes of their own: tables without migrations, made in a moment."""

from perception.settings import *  # noqa: F403


class NoMigrations(dict[str, None]):
    """No app has any: PostgreSQL takes no table that names one which another app's migration would make later."""

    def __contains__(self, label: object) -> bool:
        """Whether the setting says something of an app: of each."""
        return True

    def __getitem__(self, label: str) -> None:
        """Return where an app's migrations are: nowhere."""


MIGRATION_MODULES = NoMigrations()
