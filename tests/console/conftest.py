"""A live demo that the tests of the command line share; each posts under ids of its own."""

from collections.abc import Iterator

import pytest

from tests.support.demo import Demo, demo


@pytest.fixture(scope="session")
def hub() -> Iterator[Demo]:
    with demo() as running:
        yield running
