"""Every event type and every closed list of words has its entry in the glossary, in one or two plain sentences."""

import re
from enum import StrEnum

import pytest

from schemas.catalogue import PUBLISHED
from schemas.classes import ActionCode, DataClass, Existence, Form, HandlingCode, Purpose, SanitisationCode, SubjectKind
from schemas.generate import ROOT

ENTRY = re.compile(r"^- (?:\*\*([^*]+)\*\*|`([^`]+)`): (.+)$")
WORDS: list[type[StrEnum]] = [
    DataClass,
    Form,
    Purpose,
    HandlingCode,
    ActionCode,
    SanitisationCode,
    Existence,
    SubjectKind,
]
"""Closed lists whose every word stands in the published language, and so in the glossary."""

DESIGN_WORDS = re.findall(
    r"\w+",
    """
    agency partner practitioner subject report section item label form reason agreement grant purpose matrix revision
    feed record recall disclosure receipt position access projection log topic store follower relay outbox sealed
    shred quarantine parked correction pseudonym context panel scenario rehearsal
    """,
)


def _entries() -> dict[str, str]:
    lines = (ROOT / "docs/glossary.md").read_text("utf-8").splitlines()
    found = [match for line in lines if (match := ENTRY.match(line))]
    assert len(found) == len([line for line in lines if line.startswith("- ")])
    words = [match[1] or match[2] for match in found]
    assert len(words) == len(set(words)), "a word has two entries"
    return {match[1] or match[2]: match[3] for match in found}


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_every_published_type_has_an_entry(name: str) -> None:
    assert name in _entries()


@pytest.mark.parametrize("words", WORDS)
def test_every_word_of_a_closed_list_has_an_entry(words: type[StrEnum]) -> None:
    entries = _entries()

    assert [word for word in words if word not in entries and word.replace("_", " ") not in entries] == []


def test_the_words_of_the_design_have_entries() -> None:
    assert [word for word in DESIGN_WORDS if word not in _entries()] == []


def test_no_event_type_in_the_glossary_is_unknown() -> None:
    assert [word for word in _entries() if word.startswith("cairn.") and word not in PUBLISHED] == []


def test_an_entry_is_one_or_two_whole_sentences() -> None:
    for word, entry in _entries().items():
        assert entry.endswith("."), word
        assert 1 <= len(re.findall(r"[.?!](?:\s|$)", entry)) <= 2, word
