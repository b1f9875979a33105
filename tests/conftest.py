"""The real parts as fixtures, and what is said at the end of a run when one is missing."""

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from deploy.local import PartUnavailable, RealParts, chromium, opa
from tests.support import real_parts

# The same examples each time, so that a change is judged by what it changed;
# `--hypothesis-profile=search` looks further.
settings.register_profile("same-each-time", derandomize=True)
settings.register_profile("search", derandomize=False)
settings.load_profile("same-each-time")

_MISSING = "real part missing: "
_run = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Begin a run, in the process that leads it."""
    if not hasattr(config, "workerinput"):
        _run.enter_context(real_parts.a_run())


def pytest_unconfigure() -> None:
    """Let go of the real parts."""
    _run.close()


@pytest.fixture(scope="session")
def kafka_address() -> str:
    """A Kafka broker, `host:port`. Its topics are shared by the run: name them after the test."""
    return _found("kafka")


@pytest.fixture(scope="session")
def opa_address() -> str:
    """An OPA server without policies, `http://host:port`."""
    return _found("opa")


@pytest.fixture(scope="session")
def opa_command() -> Path:
    """The path of the OPA command."""
    try:
        return opa.fetch()
    except PartUnavailable as missing:
        reason = str(missing)
    return Path(_missing("opa", reason))


@pytest.fixture(scope="session")
def postgres_address() -> str:
    """A PostgreSQL server, `postgresql://...`; the run shares its first database."""
    return _found("postgres")


@pytest.fixture
def postgres_database(postgres_address: str) -> Iterator[str]:
    """A database of the test's own, `postgresql://...`, dropped afterwards."""
    parts, name = RealParts(kafka="", opa="", postgres=postgres_address), f"test_{uuid.uuid4().hex}"
    yield parts.new_database(name)
    parts.drop_database(name)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of a Chromium."""
    path = chromium.find()
    return path or _missing("chromium", "install the distribution's package (`make setup` says how)")


def _found(part: str) -> str:
    try:
        return real_parts.address(part)
    except PartUnavailable as missing:
        reason = str(missing)
    return _missing(part, reason)


def _missing(part: str, reason: str) -> str:
    if os.environ.get("CAIRN_REQUIRE_REAL") == "1":
        pytest.fail(f"{_MISSING}{part}: {reason}", pytrace=False)
    pytest.skip(f"{_MISSING}{part}: {reason}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly, once, that something real was not tried."""
    skipped = [str(report.longrepr) for report in terminalreporter.getreports("skipped")]
    about_parts = [reason.split(_MISSING, 1)[1] for reason in skipped if _MISSING in reason]
    if about_parts:
        parts = ", ".join(sorted({reason.split(":", 1)[0] for reason in about_parts}))
        terminalreporter.section("REAL PARTS MISSING", sep="!", red=True, bold=True)
        terminalreporter.line(
            f"{len(about_parts)} tests were NOT run for want of: {parts}. `make test` fetches them; "
            "CAIRN_REQUIRE_REAL=1 makes this a failure.",
            red=True,
        )
