"""The settings of the imports that run as processes of their own: tables without migrations, made in a moment."""

from perception.settings import *  # noqa: F403

MIGRATION_MODULES = {"ml": None, "studies": None}
