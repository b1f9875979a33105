"""The text of the policies: pure, explained rule by rule, and speaking of reasons that are tried and known."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import regorus
import yaml

from schemas.classes import GENERALISABLE, GRANTABLE, NEVER_GRANTED, DataClass, Existence, HandlingCode, Purpose
from schemas.decisions import ContextStanding, ItemState, Label
from tests.policies import POLICIES

MODULES = sorted(path for path in POLICIES.rglob("*.rego") if not path.name.endswith("_test.rego"))
TESTS = sorted(POLICIES.rglob("*_test.rego"))
_IMPURE = re.compile(
    r"\b(http\.|net\.|opa\.|rand\.|uuid\.|time\.now_ns|time\.clock|time\.date|providers\.|trace\b|print\b|io\.jwt"
    r"|rego\.metadata|rego\.parse_module|crypto\.x509|\$\")"
)
_BUILT_IN = re.compile(r"\b([a-z_]+(?:\.[a-z_0-9]+)?)\(")
_ALLOWED = {
    "array.concat",
    "count",
    "is_array",
    "is_number",
    "is_object",
    "is_string",
    "object.get",
    "object.keys",
    "object.union",
    "regex.match",
    "sort",
}
"""Built-ins that OPA and the embedded engine are known to understand alike."""


@dataclass(frozen=True)
class Rule:
    """A rule with what is said of it."""

    place: str
    metadata: dict[str, object]


def _rules(path: Path) -> list[Rule]:
    found: list[Rule] = []
    comments: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            comments.append(line)
            continue
        if re.match(r"[a-z_]+[ (\[:]", line) and not line.startswith(("package ", "import ")):
            found.append(Rule(f"{path.parent.name}:{number}", _metadata(comments)))
        comments = []
    return found


def _metadata(comments: list[str]) -> dict[str, object]:
    if "# METADATA" not in comments:
        return {}
    said = comments[comments.index("# METADATA") + 1 :]
    read = yaml.safe_load("\n".join(line.removeprefix("#").removeprefix(" ") for line in said))
    return dict(read)


RULES = [rule for path in MODULES for rule in _rules(path)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.place)
def test_every_rule_says_what_it_is_and_which_reason_it_serves(rule: Rule) -> None:
    assert isinstance(rule.metadata.get("title"), str)
    assert isinstance(rule.metadata.get("description"), str)
    custom = rule.metadata.get("custom")
    assert isinstance(custom, dict)
    assert re.fullmatch(r"[a-z_]+", custom["reason_code"])


def test_every_rule_was_found() -> None:
    parsed = sum(path.read_text(encoding="utf-8").count("\n# METADATA\n") for path in MODULES)

    assert len(RULES) == parsed > 30


def test_every_reason_is_one_that_the_policies_can_give_and_that_is_tried() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in MODULES)
    tried = "".join(path.read_text(encoding="utf-8") for path in TESTS)
    reasons = {rule.metadata["custom"]["reason_code"] for rule in RULES}  # type: ignore[index]

    for reason in reasons:
        assert f'"{reason}"' in text, reason
        assert f'"{reason}"' in tried, reason


def test_every_module_has_a_test_beside_it_in_the_folder_of_its_package() -> None:
    for path in MODULES:
        assert path.with_name(f"{path.stem}_test.rego") in TESTS
        assert re.search(r"^package (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)[1] == path.parent.name  # type: ignore[index]


def test_the_policies_depend_on_nothing_but_their_input() -> None:
    for path in MODULES:
        code = _code(path)
        assert not _IMPURE.search(code), path.name
        own = set(re.findall(r"^([a-z_]+)\(", code, re.MULTILINE)) | {"every", "some", "contains", "if", "not", "in"}
        called = {name for name in _BUILT_IN.findall(code) if name.split(".")[0] not in {"labels", "grants"}}
        assert called - own <= _ALLOWED, path.name


def test_policies_name_each_other_in_imports_alone() -> None:
    for path in MODULES:
        outside = [line for line in _code(path).splitlines() if not line.startswith("import data.")]
        assert "data." not in "\n".join(outside).replace(".data_class", ""), path.name


def test_the_policies_know_the_words_of_the_published_language() -> None:
    words = _said("labels.grantable"), _said("labels.never_granted"), _said("labels.handling_codes")

    assert words == (set(DataClass) - NEVER_GRANTED, set(NEVER_GRANTED), set(HandlingCode))
    assert _said("labels.fields") == set(Label.model_fields)
    assert _said("grants.purposes") == set(Purpose)
    assert _said("grants.generalisable") == set(GENERALISABLE)


@pytest.mark.parametrize("words", [Existence, ItemState, ContextStanding, GRANTABLE])
def test_the_policies_list_every_value_that_a_label_or_grant_may_have(words: list[str]) -> None:
    text = "".join(_code(path) for path in MODULES)

    assert all(f'"{word}"' in text for word in words)


def _code(path: Path) -> str:
    return re.sub(r"(?m)^\s*#.*$", "", path.read_text(encoding="utf-8"))


def _said(rule: str) -> set[str]:
    engine = regorus.Engine()
    for path in MODULES:
        engine.add_policy(path.name, path.read_text(encoding="utf-8"))
    return set(engine.eval_rule(f"data.{rule}"))
