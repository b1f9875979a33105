"""The key file: who may read it, what it refuses, and what a throw-away one keeps the same."""

import shutil
import stat
import time
from pathlib import Path

import pytest

from schemas.binding import bound_birth
from services.kernel import sqlite_file
from services.kernel.keys import KeyDestroyed, KeysUnavailable, master
from services.kernel.keys.keyfile import KeyFile
from services.kernel.keys.opening import open_keys

FACTS = bound_birth("s-kim")


def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "keys")
    keys.prepare(["s-kim"])

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert {"master.key", "keys.db"} <= modes.keys()
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    keys.close()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_master_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    KeyFile(tmp_path).close()
    (tmp_path / "master.key").chmod(mode)

    with pytest.raises(KeysUnavailable, match="chmod 600"):
        KeyFile(tmp_path)


def test_a_lost_master_key_is_not_replaced_by_a_new_one(tmp_path: Path) -> None:
    KeyFile(tmp_path).close()
    (tmp_path / "master.key").unlink()

    with pytest.raises(KeysUnavailable, match="restore"):
        KeyFile(tmp_path)
    assert not (tmp_path / "master.key").exists()


def test_whoever_comes_second_in_making_the_master_key_takes_the_first_ones(tmp_path: Path) -> None:
    path, protects = tmp_path / "master.key", tmp_path / "keys.db"
    first = master.master_key(path, protects)

    master._make(path, durable=True)

    assert master.master_key(path, protects) == first
    assert [each.name for each in tmp_path.iterdir()] == ["master.key"]


@pytest.mark.parametrize("text", [b"", b"short\n", b"not base64 at all, but long enough to be one....\n"])
def test_a_damaged_master_key_is_refused(tmp_path: Path, text: bytes) -> None:
    KeyFile(tmp_path).close()
    (tmp_path / "master.key").write_bytes(text)

    with pytest.raises(KeysUnavailable, match="damaged"):
        KeyFile(tmp_path)


def test_the_master_key_of_another_hub_opens_nothing(tmp_path: Path) -> None:
    KeyFile(tmp_path / "ours").close()
    KeyFile(tmp_path / "theirs").close()
    shutil.copy(tmp_path / "theirs" / "master.key", tmp_path / "ours" / "master.key")

    with pytest.raises(KeysUnavailable, match="does not open"):
        KeyFile(tmp_path / "ours")


def test_a_key_moved_to_another_subjects_row_opens_nothing(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path)
    keys.prepare(["s-kim", "s-lee"])
    keys.close()
    connection = sqlite_file.connect(tmp_path / "keys.db")
    connection.execute(
        "UPDATE subject_keys SET wrapped = (SELECT wrapped FROM subject_keys WHERE subject = 's-lee')"
        " WHERE subject = 's-kim'"
    )
    connection.close()

    keys = KeyFile(tmp_path)
    with pytest.raises(KeysUnavailable):
        keys.seal(b"born", ["s-kim"], FACTS)
    keys.close()


def test_keys_that_were_closed_cannot_be_reached(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path)
    keys.close()

    with pytest.raises(KeysUnavailable):
        keys.seal(b"born", ["s-kim"], FACTS)


def test_a_folder_that_cannot_be_used_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(KeysUnavailable):
        KeyFile(tmp_path / "file" / "keys")


def test_throw_away_hubs_of_one_seed_have_the_same_macs_and_different_keys(tmp_path: Path) -> None:
    one, same, other = (KeyFile(tmp_path / name, seed) for name, seed in [("a", b"1"), ("b", b"1"), ("c", b"2")])

    assert one.mac("subject", "chi") == same.mac("subject", "chi")
    assert one.mac("subject", "chi") != other.mac("subject", "chi")
    with pytest.raises(KeysUnavailable):
        same.open(one.seal(b"born", ["s-kim"], FACTS), FACTS)
    for keys in (one, same, other):
        keys.close()


def test_two_hubs_without_a_seed_have_different_macs(tmp_path: Path) -> None:
    one, other = KeyFile(tmp_path / "a"), KeyFile(tmp_path / "b")

    assert one.mac("subject", "chi") != other.mac("subject", "chi")
    one.close()
    other.close()


@pytest.mark.parametrize(("made_with", "opened_with"), [(None, b"1"), (b"1", None), (b"1", b"2")])
def test_keys_made_with_one_seed_are_not_opened_with_another(
    tmp_path: Path, made_with: bytes | None, opened_with: bytes | None
) -> None:
    KeyFile(tmp_path, made_with).close()

    with pytest.raises(KeysUnavailable, match="seed"):
        KeyFile(tmp_path, opened_with)


def test_a_throw_away_hub_opens_fast(tmp_path: Path) -> None:
    seconds = []
    for n in range(9):
        begun = time.thread_time()
        KeyFile(tmp_path / str(n), b"1").close()
        seconds.append(time.thread_time() - begun)

    assert sorted(seconds)[4] < 0.015


def test_many_keys_are_made_in_one_transaction(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path)
    looker = sqlite_file.connect(tmp_path / "keys.db")
    before = looker.execute("PRAGMA data_version").fetchone()[0]

    keys.prepare([f"s-{n}" for n in range(50)])

    assert looker.execute("SELECT count(*) FROM subject_keys").fetchone()[0] == 50
    assert looker.execute("PRAGMA data_version").fetchone()[0] == before + 1
    looker.close()
    keys.close()


@pytest.mark.parametrize("address", ["", "file:", "file://", "vault://host/keys", "file://folder/keys", "keys"])
def test_an_address_of_no_known_kind_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="file:///"):
        open_keys(address)


def test_an_address_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    keys = open_keys("file:data/keys")
    keys.shred("s-kim")
    keys.close()

    again = open_keys(f"file://{tmp_path}/data/keys")
    with pytest.raises(KeyDestroyed):
        again.prepare(["s-kim"])
    again.close()
