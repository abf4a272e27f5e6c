"""Small tables are read row by row, large and plain ones at once: the tests of both ways are the same."""

from collections.abc import Iterator
from unittest import mock

import pytest


@pytest.fixture(scope="module", params=["row by row", "at once"])
def way_of_reading(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have tables of any size read in one of the two ways, where they are plain."""
    if request.param == "row by row":
        yield
        return
    with mock.patch("perception.core.input_files.plain_table.SMALLEST", 0):
        yield
