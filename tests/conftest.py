"""What holds for every test: no network, and a data folder that goes when the tests are over."""

import os
import shutil

import pytest

from tests.network import refuse_network


def pytest_configure(config: pytest.Config) -> None:
    """Close the network before the first test module is imported."""
    refuse_network()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the data folder that `tests.settings` made for this process."""
    shutil.rmtree(os.environ["PERCEPTION_DATA_DIR"], ignore_errors=True)
