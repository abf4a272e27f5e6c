"""Who looks at the researcher's pages: the owner of what a test makes, signed in."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.studies.factories import make_researcher


@pytest.fixture
def owner() -> User:
    """Return a researcher who is to own what the test makes."""
    return make_researcher()


@pytest.fixture
def browser(client: Client, owner: User) -> Client:
    """Return the owner's browser, signed in."""
    client.force_login(owner)
    return client
