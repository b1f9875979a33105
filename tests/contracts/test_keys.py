"""The contract of the keys port, which every adapter keeps."""

import multiprocessing
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.binding import bound
from schemas.sealed import Sealed
from services.kernel import sqlite_file
from services.kernel.keys import KeyDestroyed, Keys, KeysUnavailable, NotAuthentic
from services.kernel.keys.keyfile import KeyFile
from services.kernel.keys.opening import open_keys

CONTENT = "Seen at the bus station – 21:40".encode()
KIM, LEE, MO = "s-kim", "s-lee", "s-mo"
FACTS = bound(report="r-1", type="cairn.context.observed.v1", item="i-1", section="context", data_class="context")

Open = Callable[[], Keys]


@pytest.fixture(params=["key file", "throw-away key file"])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same keys anew at each call, as another process would."""
    opened: list[Keys] = []

    def open_them() -> Keys:
        seed = None if request.param == "key file" else b"rehearsal"
        opened.append(KeyFile(tmp_path / "keys", seed))
        return opened[-1]

    yield open_them
    for keys in opened:
        keys.close()


@pytest.fixture
def keys(open_again: Open) -> Keys:
    return open_again()


def test_what_was_sealed_opens_again(keys: Keys) -> None:
    sealed = keys.seal(CONTENT, [KIM], FACTS)

    assert keys.open(sealed, FACTS) == CONTENT
    assert CONTENT[:8] not in sealed.model_dump_json().encode()


def test_what_was_sealed_opens_after_a_restart_and_a_journey_over_the_log(open_again: Open) -> None:
    sent = open_again().seal(CONTENT, [KIM, LEE], FACTS).model_dump_json()

    assert open_again().open(Sealed.model_validate_json(sent), FACTS) == CONTENT


def test_empty_content_can_be_sealed(keys: Keys) -> None:
    assert keys.open(keys.seal(b"", [KIM], FACTS), FACTS) == b""


def test_content_is_never_sealed_for_nobody(keys: Keys) -> None:
    with pytest.raises(ValueError, match="at least one subject"):
        keys.seal(CONTENT, [], FACTS)


def test_sealing_the_same_twice_has_nothing_in_common_but_the_subjects(keys: Keys) -> None:
    one, other = (keys.seal(CONTENT, [KIM], FACTS) for _ in range(2))

    assert one.keys.keys() == other.keys.keys()
    assert {one.text, one.nonce, one.commitment, *one.keys.values()}.isdisjoint(
        {other.text, other.nonce, other.commitment, *other.keys.values()}
    )


def test_the_order_and_repetition_of_subjects_mean_nothing(keys: Keys) -> None:
    assert list(keys.seal(CONTENT, [MO, KIM, MO, LEE], FACTS).keys) == [KIM, LEE, MO]


def test_content_about_several_opens_while_one_of_them_has_a_key(keys: Keys) -> None:
    sealed = keys.seal(CONTENT, [KIM, LEE], FACTS)

    keys.shred(KIM)
    assert keys.open(sealed, FACTS) == CONTENT

    keys.shred(LEE)
    with pytest.raises(KeyDestroyed):
        keys.open(sealed, FACTS)


def test_destroying_one_subjects_key_takes_only_that_subjects_part(keys: Keys) -> None:
    shared, of_kim, of_lee = (keys.seal(CONTENT, who, FACTS) for who in ([KIM, LEE], [KIM], [LEE]))

    keys.shred(KIM)

    assert keys.open(shared, FACTS) == CONTENT
    assert keys.open(of_lee, FACTS) == CONTENT
    with pytest.raises(KeyDestroyed):
        keys.open(of_kim, FACTS)


def test_a_destroyed_key_is_never_made_again(open_again: Open) -> None:
    keys = open_again()
    sealed = keys.seal(CONTENT, [KIM], FACTS)
    keys.shred(KIM)
    keys.shred(KIM)

    for each in (keys, open_again()):
        with pytest.raises(KeyDestroyed):
            each.seal(CONTENT, [KIM], FACTS)
        with pytest.raises(KeyDestroyed):
            each.seal(CONTENT, [KIM, LEE], FACTS)
        with pytest.raises(KeyDestroyed):
            each.prepare([KIM])
        with pytest.raises(KeyDestroyed):
            each.open(sealed, FACTS)


def test_a_key_can_be_destroyed_before_it_was_made(keys: Keys) -> None:
    keys.shred(KIM)

    with pytest.raises(KeyDestroyed):
        keys.seal(CONTENT, [KIM], FACTS)


def test_preparing_for_a_destroyed_subject_makes_no_key_for_the_others(keys: Keys, open_again: Open) -> None:
    keys.shred(LEE)

    with pytest.raises(KeyDestroyed):
        keys.prepare([KIM, LEE])

    foreign = Sealed(keys={KIM: "A" * 54}, nonce="A" * 16, commitment="A" * 43, text="A" * 22)
    with pytest.raises(KeysUnavailable):
        open_again().open(foreign, FACTS)


def test_another_opener_honours_a_destruction_at_its_very_next_call(open_again: Open) -> None:
    here, there = open_again(), open_again()
    sealed = here.seal(CONTENT, [KIM], FACTS)
    assert there.open(sealed, FACTS) == CONTENT

    here.shred(KIM)

    with pytest.raises(KeyDestroyed):
        there.open(sealed, FACTS)
    with pytest.raises(KeyDestroyed):
        there.seal(CONTENT, [KIM], FACTS)


def test_a_key_that_another_opener_made_is_used(open_again: Open) -> None:
    here, there = open_again(), open_again()
    here.prepare([LEE])

    sealed = there.seal(CONTENT, [KIM, LEE], FACTS)

    here.shred(KIM)
    assert here.open(sealed, FACTS) == CONTENT


@pytest.mark.parametrize("name", ["report", "type", "item", "section", "class", "part"])
def test_content_opens_only_with_every_fact_it_was_bound_to(keys: Keys, name: str) -> None:
    sealed = keys.seal(CONTENT, [KIM], FACTS)

    for other in (FACTS | {name: "other"}, {fact: FACTS[fact] for fact in FACTS if fact != name}):
        with pytest.raises(NotAuthentic):
            keys.open(sealed, other)


def test_nothing_of_a_sealed_text_can_be_swapped_with_another(keys: Keys) -> None:
    one, other = keys.seal(CONTENT, [KIM, LEE], FACTS), keys.seal(CONTENT, [KIM, LEE], FACTS)

    for name in ("nonce", "commitment", "text", "keys"):
        with pytest.raises(NotAuthentic):
            keys.open(one.model_copy(update={name: getattr(other, name)}), FACTS)


def test_a_wrapped_key_cannot_be_changed_moved_or_left_out_though_another_would_open_it(keys: Keys) -> None:
    sealed, other = (keys.seal(CONTENT, [KIM, LEE], FACTS) for _ in range(2))
    kim, lee = sealed.keys[KIM], sealed.keys[LEE]

    for changed in ({KIM: kim, LEE: other.keys[LEE]}, {KIM: kim}, {KIM: kim, LEE: lee, MO: lee}, {KIM: lee, LEE: kim}):
        with pytest.raises(NotAuthentic):
            keys.open(sealed.model_copy(update={"keys": changed}), FACTS)


def test_no_flipped_bit_and_no_other_spelling_opens(keys: Keys) -> None:
    sealed = keys.seal(CONTENT, [KIM, LEE], FACTS).model_dump()
    chance = random.Random(7)

    for _ in range(1_000):
        changed = _with_one_character_changed(sealed, chance)
        with pytest.raises(NotAuthentic):
            keys.open(Sealed.model_validate(changed), FACTS)


def _with_one_character_changed(sealed: dict[str, object], chance: random.Random) -> dict[str, object]:
    name = chance.choice(["nonce", "commitment", "text", "keys"])
    where, key = (sealed["keys"], chance.choice([KIM, LEE])) if name == "keys" else (sealed, name)
    assert isinstance(where, dict)
    text = where[key]
    place = chance.randrange(len(text))
    other = chance.choice([c for c in "AZaz09-_=+/ \n" if c != text[place]])
    changed = where | {key: text[:place] + other + text[place + 1 :]}
    return sealed | ({"keys": changed} if name == "keys" else changed)


def test_content_sealed_for_nobody_is_not_authentic(keys: Keys) -> None:
    sealed = keys.seal(CONTENT, [KIM], FACTS)

    with pytest.raises(NotAuthentic):
        keys.open(sealed.model_copy(update={"keys": {}}), FACTS)


def test_a_subject_whose_key_is_not_there_and_not_destroyed_is_a_fault_and_no_erasure(keys: Keys) -> None:
    sealed = keys.seal(CONTENT, [KIM], FACTS)

    with pytest.raises(KeysUnavailable):
        keys.open(sealed.model_copy(update={"keys": {"s-unknown": sealed.keys[KIM]}}), FACTS)


def test_macs_agree_between_openers_and_differ_by_name_and_message(open_again: Open) -> None:
    keys, again = open_again(), open_again()

    assert keys.mac("report", "a") == again.mac("report", "a")
    assert len({keys.mac("report", "a"), keys.mac("report", "b"), keys.mac("item", "a")}) == 3
    assert len(keys.mac("report", "")) == 32


def test_a_mac_outlives_every_destroyed_key(keys: Keys) -> None:
    before = keys.mac("subject", KIM)

    keys.shred(KIM)

    assert keys.mac("subject", KIM) == before


def test_threads_that_seal_for_the_same_new_subjects_agree_on_their_keys(keys: Keys) -> None:
    sealed: list[Sealed] = []

    def seal_many() -> None:
        sealed.extend(keys.seal(CONTENT, [f"s-{n}"], FACTS) for n in range(40))

    threads = [threading.Thread(target=seal_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [keys.open(each, FACTS) for each in sealed] == [CONTENT] * 160


def _seal_in_another_process(folder: str) -> list[str]:
    keys = open_keys(f"file://{folder}")
    try:
        return [keys.seal(CONTENT, [f"s-{n}"], FACTS).model_dump_json() for n in range(30)]
    finally:
        keys.close()


def _shred_in_another_process(folder: str, subject: str) -> None:
    keys = open_keys(f"file://{folder}")
    keys.shred(subject)
    keys.close()


def test_processes_that_start_at_once_share_one_master_key_and_one_key_for_each_subject(tmp_path: Path) -> None:
    folder = str(tmp_path / "keys")

    with multiprocessing.get_context("spawn").Pool(3) as pool:
        rounds = pool.map(_seal_in_another_process, [folder] * 3, chunksize=1)

    keys = open_keys(f"file://{folder}")
    sealed = [Sealed.model_validate_json(each) for told in rounds for each in told]
    assert [keys.open(each, FACTS) for each in sealed] == [CONTENT] * 90
    keys.close()


def test_another_process_destroys_a_key_and_this_one_honours_it_at_once(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path)
    sealed = keys.seal(CONTENT, [KIM], FACTS)
    assert keys.open(sealed, FACTS) == CONTENT

    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.apply(_shred_in_another_process, (str(tmp_path), KIM))

    with pytest.raises(KeyDestroyed):
        keys.open(sealed, FACTS)
    keys.close()


def test_no_byte_of_a_destroyed_key_stays_in_any_file(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path)
    subjects = [f"s-{random.Random(n).getrandbits(64):x}" for n in range(1_500)]
    for start in range(0, len(subjects), 100):
        keys.prepare(subjects[start : start + 100])
    wrapped = _wrapped_keys(tmp_path)
    destroyed = subjects[::50]
    assert all(wrapped[subject] in _all_bytes(tmp_path) for subject in destroyed), "the scan must find living keys"

    for subject in destroyed:
        keys.shred(subject)

    left = _all_bytes(tmp_path)
    assert [subject for subject in destroyed if wrapped[subject] in left or wrapped[subject][8:] in left] == []
    assert all(wrapped[subject] in left for subject in set(subjects) - set(destroyed))
    keys.close()


def test_destroying_waits_for_no_reader_in_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS_MAX", 0.1)
    keys = KeyFile(tmp_path)
    keys.prepare([KIM])
    reader = sqlite_file.connect(tmp_path / "keys.db")
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM subject_keys").fetchall()

    with pytest.raises(KeysUnavailable, match="again"):
        keys.shred(KIM)
    with pytest.raises(KeyDestroyed):
        keys.prepare([KIM])

    reader.close()
    wrapped = _all_bytes(tmp_path, ".db-wal")
    keys.shred(KIM)
    assert wrapped
    assert _all_bytes(tmp_path, ".db-wal") == b""
    keys.close()


def _wrapped_keys(folder: Path) -> dict[str, bytes]:
    connection = sqlite_file.connect(folder / "keys.db")
    rows = connection.execute("SELECT subject, wrapped FROM subject_keys").fetchall()
    connection.close()
    return dict(rows)


def _all_bytes(folder: Path, suffix: str = "") -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.name.endswith(suffix))
