"""Mutants: the policies with one thing wrong in each, and whether the policies' tests would notice.

No mutation tool for Rego is to be had, so this one goes by the text: OPA itself says which mutants are policies at all.
"""

import random
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

import yaml

from schemas.classes import DataClass, Existence, Form, HandlingCode, Purpose
from schemas.decisions import ContextStanding, ItemState, Label
from tests.policies import POLICIES
from tests.policies.made_up_labels import agree_with_the_ladder

SURVIVORS = Path(__file__).with_name("survivors.yaml")
"""The reviewed list of mutants that nothing notices, each with the reason why that is no gap."""

UNKNOWN = "rumour"
"""A word of no list."""

_OPA_SAYS_TESTS_FAILED = 2
_REASONS = {
    "addressed_to_others",
    "agreement_grants",
    "handling_conditions",
    "malformed_label",
    "never_shared",
    "no_agreement_in_force",
    "originator",
    "outside_reading_window",
    "restricted",
    "superseded",
    "too_few_people_or_reports",
    "unknown_class",
    "unknown_handling",
    "withdrawn",
    "withheld_from_partner",
}
_LISTS: tuple[tuple[str, ...], ...] = tuple(
    tuple(sorted(words))
    for words in (
        {str(form) for form in Form},
        {str(purpose) for purpose in Purpose},
        {str(code) for code in HandlingCode},
        {str(word) for word in Existence},
        {str(word) for word in ItemState},
        {str(word) for word in ContextStanding},
        {str(one) for one in DataClass},
        set(Label.model_fields),
        _REASONS,
    )
)
_OPERATORS = {
    " == ": [" != "],
    " != ": [" == "],
    " <= ": [" < "],
    " < ": [" <= "],
    " >= ": [" > "],
    " > ": [" >= "],
    " | never_granted": [" & never_granted"],
}
_RULE = re.compile(r"^[a-z_]+[ (\[]")
_WORD = re.compile(r'"([a-z_A-Z0-9]+)"')
_SET = re.compile(r'\{("[a-zA-Z_]+"(?:, "[a-zA-Z_]+")*)\}')
_MEMBER = re.compile(r'^\t"([a-zA-Z_]+)",$')
_TITLE = re.compile(r"^# title: (.+)$", re.MULTILINE)


class Fate(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    STILLBORN = "no policy at all"


@dataclass(frozen=True)
class Mutant:
    """One module with one thing wrong. `name` says where and what, and stays when other lines move."""

    name: str
    module: str
    text: str


@dataclass(frozen=True)
class _Rule:
    title: str
    first: int
    last: int


def mutants() -> list[Mutant]:
    """Every mutant of every module, stillborn ones among them, in an order that does not change."""
    found: dict[str, Mutant] = {}
    for path in sorted(POLICIES.rglob("*.rego")):
        if not path.name.endswith("_test.rego"):
            for one in _mutants_of(path):
                found.setdefault(one.text, one)
    numbered: dict[str, Mutant] = {}
    for one in found.values():
        again = sum(1 for name in numbered if name == one.name or name.startswith(f"{one.name} #"))
        name = f"{one.name} #{again + 1}" if again else one.name
        numbered[name] = Mutant(name, one.module, one.text)
    return list(numbered.values())


def _mutants_of(path: Path) -> Iterator[Mutant]:
    module, lines = path.relative_to(POLICIES).as_posix(), path.read_text(encoding="utf-8").splitlines()
    for rule in _rules(lines):
        for what, changed in _changes(lines, rule):
            yield Mutant(f"{rule.title}: {what}", module, "\n".join(changed) + "\n")


def _rules(lines: list[str]) -> Iterator[_Rule]:
    title, first = "", None
    for number, line in enumerate([*lines, ""]):
        if found := _TITLE.match(line):
            title = found[1]
        if first is not None and (not line or line.startswith("# METADATA")):
            yield _Rule(title, first, number)
            first = None
        if _RULE.match(line) and not line.startswith(("package ", "import ")) and first is None:
            first = number


def _changes(lines: list[str], rule: _Rule) -> Iterator[tuple[str, list[str]]]:
    """Each way to have one thing wrong in a rule: what, and the lines of the module then."""
    yield "removed", lines[: rule.first] + lines[rule.last :]
    members = {found[1] for line in lines[rule.first : rule.last] if (found := _MEMBER.match(line))}
    for number in range(rule.first, rule.last):
        line = lines[number]
        for what, instead in _line_changes(line, members):
            kept = [] if instead is None else instead.split("\n")
            yield f"{what}: `{line.strip()}`", lines[:number] + kept + lines[number + 1 :]


def _line_changes(line: str, members: set[str]) -> Iterator[tuple[str, str | None]]:
    yield from _condition_changes(line)
    yield from _operator_changes(line)
    yield from _word_changes(line)
    yield from _set_changes(line, members)
    for found in re.finditer(r"\b[01]\b", line):
        other = "1" if found[0] == "0" else "0"
        yield f"{found[0]} is {other}", line[: found.start()] + other + line[found.end() :]
    for found in re.finditer(r"refusal\(([^()]+)\)", line):
        given = f'decision("full", {found[1]}, [])'
        if not line.startswith("refusal"):
            yield "given instead of refused", line[: found.start()] + given + line[found.end() :]


def _condition_changes(line: str) -> Iterator[tuple[str, str | None]]:
    """Conditions left out and turned round: on a line of their own, behind `if`, and behind `;`."""
    bare = line.strip()
    if line.startswith("\t") and not _structural(bare):
        yield "left out", None
        if ":=" not in bare.split("{")[0] and not bare.startswith("some "):
            yield "turned round", line.replace(bare, _turned(bare))
    if found := re.search(r" if ([^{]+)$", line):
        yield "condition left out", line[: found.start()]
        yield "condition turned round", f"{line[: found.start()]} if {_turned(found[1])}"
    if found := re.search(r"; ([^;}]+)\}", line):
        yield "condition left out", line[: found.start()] + "}" + line[found.end() :]
        yield "condition turned round", f"{line[: found.start()]}; {_turned(found[1])}" + "}" + line[found.end() :]


def _structural(bare: str) -> bool:
    """Whether a line only opens or closes something, or is a part of what it stands in."""
    return bare.endswith(("{", ",", "[", "(")) or bare[0] in '}])"' or bare.startswith("# ")


def _turned(condition: str) -> str:
    return condition.removeprefix("not ") if condition.startswith("not ") else f"not {condition}"


def _operator_changes(line: str) -> Iterator[tuple[str, str]]:
    for operator, others in _OPERATORS.items():
        for found in re.finditer(re.escape(operator), line):
            for other in others:
                yield f"{operator.strip()} is {other.strip()}", line[: found.start()] + other + line[found.end() :]


def _word_changes(line: str) -> Iterator[tuple[str, str]]:
    """Each word replaced by the next of its list, and by one of no list."""
    for found in _WORD.finditer(line):
        for other in (*_next_words(found[1]), f"{found[1]}_x"):
            yield f"{found[1]} is {other}", line[: found.start(1)] + other + line[found.end(1) :]


def _next_words(word: str) -> Iterator[str]:
    for words in _LISTS:
        if word in words:
            yield words[(words.index(word) + 1) % len(words)]


def _set_changes(line: str, members: set[str]) -> Iterator[tuple[str, str | None]]:
    """Sets with a member fewer, with those of their list more, and with a word of no list more."""
    if found := _MEMBER.match(line):
        yield f"without {found[1]}", None
        for other in _others(members) if found[1] == min(members) else ():
            yield f"with {other}", f'{line}\n\t"{other}",'
    for inline in _SET.finditer(line):
        words = _WORD.findall(inline[1])
        sets = [(f"without {word}", [one for one in words if one != word]) for word in words]
        sets += [(f"with {other}", [*words, other]) for other in _others(set(words))]
        for what, kept in sets:
            text = "{" + ", ".join(f'"{one}"' for one in kept) + "}"
            yield what, line[: inline.start()] + text + line[inline.end() :]


def _others(members: set[str]) -> list[str]:
    """The words that could be in a set by mistake: the others of its list, and one of no list."""
    lists = [words for words in _LISTS if members <= set(words)]
    return [*sorted({word for words in lists for word in words} - members), UNKNOWN]


def fate(mutant: Mutant, opa_command: Path, noticing: bool = True) -> Fate:
    """Whether the policies' own tests, or the ladder in plain Python, notice the mutant.

    Without `noticing`, for a control, as if there were neither.
    """
    with tempfile.TemporaryDirectory(prefix="cairn-mutant-") as place:
        folder = Path(place)
        for name, text in (_modules() | {mutant.module: mutant.text}).items():
            if noticing or not name.endswith("_test.rego"):
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).write_text(text, encoding="utf-8")
        if _opa(opa_command, "check", folder).returncode:
            return Fate.STILLBORN
        tested = _opa(opa_command, "test", folder)
        if tested.returncode == _OPA_SAYS_TESTS_FAILED:
            return Fate.KILLED
        assert tested.returncode == 0, tested.stderr.decode()
        return Fate.SURVIVED if not noticing or agree_with_the_ladder(folder) else Fate.KILLED


def _opa(command: Path, word: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([command, word, folder], capture_output=True, timeout=60, check=False)


@cache
def _modules() -> dict[str, str]:
    return {path.relative_to(POLICIES).as_posix(): path.read_text("utf-8") for path in POLICIES.rglob("*.rego")}


def reviewed_survivors() -> dict[str, str]:
    """Name of a mutant -> why it makes no difference."""
    listed = yaml.safe_load(SURVIVORS.read_text(encoding="utf-8"))
    return {one["mutant"]: one["reason"] for one in listed}


def sample(count: int, seed: int) -> list[Mutant]:
    """Some of the mutants, the same for the same seed."""
    return random.Random(seed).sample(mutants(), count)
