"""A desk for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.intake.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An intake service of the test's own."""
    opened = Desk(tmp_path)
    yield opened
    opened.close()
