"""The practice room as a whole: twins, traces, purposes and silence, on each of its pages."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from schemas.classes import Purpose
from tests.support.practice_night import SECRETS, Room, practice_night
from tests.support.reading import words

CP = {"purpose": "child_protection"}
WATCHERS = ("social-work", "education", "childrens-house", "youth-work", "bus-operator")
LISTS = ("/queue", "/young-people", "/missing")


@pytest.mark.parametrize("path", LISTS)
def test_the_twins_have_the_rows_of_the_page_and_nothing_in_them_computes(night: Room, path: str) -> None:
    told = night.rows(path)
    answer = night.open(f"{path}.csv", params=CP)

    read = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert len(read) == len(told)
    for as_csv, as_json in zip(read, told, strict=True):
        assert {key: value.removeprefix("'") for key, value in as_csv.items()} == {
            key: "" if value is None else str(value) for key, value in as_json.items() if key != "key"
        }
        assert not any(value.startswith(("=", "+", "-", "@")) for value in as_csv.values())
    assert answer.headers["content-disposition"] == f'attachment; filename="{path[1:]}.csv"'


def test_what_somebody_wrote_is_neither_markup_nor_a_formula(night: Room) -> None:
    jamie = next(
        row for row in night.rows("/queue") if row["state"] == "School concern" and "Education" in row["told_by"]
    )
    ref = next(row["reference"] for row in night.rows("/young-people") if row["young_person"] == jamie["who"])

    page = night.open(f"/young-people/{ref}", params=CP).text
    listed = night.open("/young-people", params=CP).text
    as_csv = night.open(f"/young-people/{ref}/timeline.csv", params=CP).text

    assert "<b>nobody</b>" not in page
    assert "&lt;b&gt;nobody&lt;/b&gt;" in page
    assert "<i>Fictional</i>" not in listed
    assert not any(line.startswith(("=", '"=')) for line in as_csv.splitlines())
    assert ",'=Skye" in night.open("/young-people.csv", params=CP).text


@pytest.mark.parametrize("path", [*LISTS, "/young-people/{ref}"])
def test_every_page_is_on_the_log_before_it_is_shown_with_what_it_showed(night: Room, path: str) -> None:
    ref = night.reference("Isla Invented")
    before = len(night.accesses())

    page = night.open(path.format(ref=ref), params=CP)

    access, *others = night.accesses()[before:]
    assert [other.operation for other in others] == (["panel.actions"] if path == "/queue" else [])
    assert page.status_code == 200
    assert access.operation.startswith("panel.")
    assert (access.practitioner, access.purpose) == ("social-work/duty-worker", Purpose.CHILD_PROTECTION)
    assert access.seen


def test_whoever_a_list_shows_is_on_the_log_as_seen(night: Room) -> None:
    rows = night.rows("/young-people")
    subjects = {subject for seen in night.accesses()[-1].seen for subject in seen.subjects}

    assert len(subjects) >= len(rows)


@pytest.mark.parametrize("path", ["/young-people.json", "/queue.csv", "/missing.json", "/queue/news.json"])
def test_a_program_is_told_of_a_problem_as_programs_are(night: Room, path: str) -> None:
    answer = night.open(path, params={"purpose": "curiosity"})

    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("path", [*LISTS, "/young-people/y-1"])
def test_without_a_purpose_a_page_asks_for_one_and_leads_back_to_itself(night: Room, path: str) -> None:
    before = len(night.accesses())

    answer = night.open(path)

    assert "What do you need this for?" in answer.text
    assert f'href="/panel{path}?purpose=missing"' in answer.text
    assert len(night.accesses()) == before


def test_the_strip_says_what_for_and_as_of_when_and_the_purpose_can_be_changed(night: Room) -> None:
    page = night.open("/queue", params=CP | {"show": "missing"}).text

    assert "For child protection Change what this is read for" in words(page)
    assert "Data as of Fri 24 Apr 2026, 10:00" in words(page)
    assert 'href="/panel/queue?show=missing&amp;purpose=context"' in page


@pytest.fixture(scope="module")
def worlds() -> Iterator[tuple[Room, Room]]:
    """Two nights that differ in what only those who reported it may know, and in nothing else."""
    with practice_night() as bare, practice_night(SECRETS) as other:
        yield bare, other


@pytest.mark.parametrize("watcher", WATCHERS)
def test_a_secret_changes_no_byte_of_a_page_or_of_its_twins(worlds: tuple[Room, Room], watcher: str) -> None:
    for purpose in Purpose:
        known = [[row["reference"] for row in _known(room, watcher, purpose)] for room in worlds]
        assert known[0] == known[1]
        for path in _paths(known[0]):
            one, two = (_told(room, path, watcher, purpose) for room in worlds)
            assert one == two, (purpose, path)


def test_the_secret_is_there_for_whoever_may_know_it(worlds: tuple[Room, Room]) -> None:
    for whose in ("police", "health", "return-service"):
        one, two = (room.open("/", f"{whose}/officer", params=CP).content for room in worlds)
        assert one != two, whose


def _known(room: Room, watcher: str, purpose: Purpose) -> list[Any]:
    return room.rows("/young-people", f"{watcher}/colleague", purpose.value)


def _paths(known: Sequence[str]) -> Sequence[str]:
    paths = [f"{path}{suffix}" for path in LISTS for suffix in ("", ".csv", ".json")]
    for ref in known:
        paths += [f"/young-people/{ref}{rest}" for rest in ("", "/timeline.csv", "/timeline.json")]
    return [*paths, "/queue/news.json"]


def _told(room: Room, path: str, watcher: str, purpose: Purpose) -> tuple[int, Any, bytes]:
    answer = room.open(path, f"{watcher}/colleague", params={"purpose": purpose.value})
    return answer.status_code, sorted(answer.headers.items()), answer.content
