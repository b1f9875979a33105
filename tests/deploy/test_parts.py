"""The real parts without Docker: started here, for as long as somebody holds them."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from deploy.local import PartUnavailable, RealParts
from deploy.local.postgres import postgres
from deploy.local.process import free_port, listening, running_process
from services.kernel.log import BEFORE_FIRST, Record
from services.kernel.log.opening import open_log
from tests.architecture.checkout import ROOT


@contextmanager
def _held(part: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    holder = subprocess.Popen(
        [sys.executable, "-m", "deploy.local", part],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert holder.stdout is not None
    try:
        yield holder, holder.stdout.readline().strip()
    finally:
        holder.kill()
        holder.wait(timeout=10)
        holder.stdout.close()


def _soon(condition: Callable[[], bool], seconds_max: float = 10) -> bool:
    deadline = time.monotonic() + seconds_max
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.real
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_part_ends_with_whoever_started_it_however_that_ends(ending: signal.Signals) -> None:
    with _held("postgres") as (holder, told):
        found = re.fullmatch(r"CAIRN_TEST_POSTGRES=postgresql://.*@127\.0\.0\.1:(\d+)/postgres", told)
        assert found is not None
        port = int(found.group(1))
        assert listening(port)

        holder.send_signal(ending)

        assert _soon(lambda: not listening(port))


@pytest.mark.real
def test_postgres_runs_as_an_ordinary_user_whoever_starts_it() -> None:
    with postgres() as address, psycopg.connect(address) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        owner = Path(f"/proc/{row[0]}").stat().st_uid

    assert owner != 0
    assert os.geteuid() == 0 or owner == os.geteuid()


@pytest.mark.real
def test_a_new_database_is_empty_and_of_its_own(postgres_address: str) -> None:
    parts, name = RealParts(kafka="", opa="", postgres=postgres_address), f"test-{free_port()}"

    address = parts.new_database(name)

    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT current_database()").fetchone()
    parts.drop_database(name)
    assert row == (name,)


@pytest.mark.real
def test_a_copy_of_a_hubs_share_has_all_that_it_holds_in_the_same_places_and_goes_its_own_way(
    kafka_address: str, postgres_address: str
) -> None:
    parts = RealParts(kafka=kafka_address, opa="", postgres=postgres_address)
    with parts.share() as share:
        log = open_log(share.log)
        log.create("one", 3)
        log.create("empty", 1)
        log.append([Record("one", f"k{n % 7}", f"e{n}", b"%d" % n) for n in range(50)])
        with psycopg.connect(share.store) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")

        with parts.share(copy_of=share.name) as copy:
            copied = open_log(copy.log)
            for partition in range(3):
                assert copied.read("one", partition, -1) == log.read("one", partition, -1)
            assert (copied.partitions("one"), copied.partitions("empty")) == (3, 1)
            with psycopg.connect(copy.store) as connection:
                assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]

            copied.append([Record("empty", "k", "later", b"{}")])
            copied.close()

        assert log.end("empty", 0) == BEFORE_FIRST
        log.close()


def test_a_part_that_ends_as_it_starts_is_told_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('the disk is full'); raise SystemExit(3)"]

    with (
        pytest.raises(PartUnavailable, match=r"status 3(.|\n)*the disk is full"),
        running_process("Kafka", command, answers=lambda: False, log=tmp_path / "log", seconds_max=20),
    ):
        pytest.fail("it was taken for running")


def test_a_part_that_never_answers_is_given_up_and_stopped(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"]
    log = tmp_path / "log"

    with (
        pytest.raises(PartUnavailable, match="did not answer within 1 s"),
        running_process("Kafka", command, answers=lambda: False, log=log, seconds_max=1),
    ):
        pytest.fail("it was taken for running")

    assert not Path(f"/proc/{log.read_text().split()[0]}").exists()
