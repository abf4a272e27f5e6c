"""The accounts, as Django's settings name them."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts: their events, and the commands."""

    name = "perception.accounts"
    label = "accounts"
