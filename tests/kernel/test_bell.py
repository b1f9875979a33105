"""The bell wakes all who wait, whoever it was that kept something, and one looks for the others."""

import threading
import time

from services.kernel.bell import Bell


class Others:
    """What other processes keep."""

    def __init__(self) -> None:
        self.kept = threading.Event()
        self.looks = 0
        self.lookers: set[str] = set()

    def look(self) -> bool:
        self.looks += 1
        self.lookers.add(threading.current_thread().name)
        found = self.kept.is_set()
        self.kept.clear()
        return found


def _waiting(bell: Bell, woken: dict[str, float], seconds_max: float, name: str) -> threading.Thread:
    def wait() -> None:
        began = time.monotonic()
        bell.wait(seconds_max)
        woken[name] = time.monotonic() - began

    thread = threading.Thread(target=wait, name=name)
    thread.start()
    return thread


def test_what_others_keep_wakes_everybody_though_only_one_looks() -> None:
    others, woken = Others(), dict[str, float]()
    bell = Bell(others.look, look_seconds=0.01)

    threads = [_waiting(bell, woken, 10, f"w{number}") for number in range(5)]
    time.sleep(0.1)
    others.kept.set()
    for thread in threads:
        thread.join(timeout=10)

    assert max(woken.values()) < 5
    assert len(others.lookers) == 1


def test_when_the_one_who_looks_goes_another_looks_on() -> None:
    others, woken = Others(), dict[str, float]()
    bell = Bell(others.look, look_seconds=0.01)

    first = _waiting(bell, woken, 0.1, "first")
    time.sleep(0.03)
    second = _waiting(bell, woken, 10, "second")
    first.join(timeout=10)
    others.kept.set()
    second.join(timeout=10)

    assert woken["second"] < 5
    assert others.lookers == {"first", "second"}


def test_a_look_that_breaks_leaves_the_looking_to_the_next() -> None:
    others, woken = Others(), dict[str, float]()

    def look() -> bool:
        if others.look():
            raise RuntimeError("planted")
        return False

    bell = Bell(look, look_seconds=0.01)
    others.kept.set()
    try:
        bell.wait(1)
        raise AssertionError("it did not break")
    except RuntimeError:
        pass

    _waiting(bell, woken, 0.1, "next").join(timeout=10)

    assert "next" in others.lookers


def test_without_anybody_to_look_for_this_process_alone_is_heard() -> None:
    bell, woken = Bell(), dict[str, float]()

    thread = _waiting(bell, woken, 10, "w")
    time.sleep(0.05)
    bell.ring()
    thread.join(timeout=10)

    assert 0.04 < woken["w"] < 5
