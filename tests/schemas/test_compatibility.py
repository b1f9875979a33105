"""A version of a type, once published, takes everything that it took before, and shares nothing more widely."""

import copy
import json
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from schemas.catalogue import PUBLISHED
from schemas.generate import ROOT
from schemas.json_schemas import schema_of
from tests.schemas.compatibility import breaking_changes

Schema = dict[str, Any]
Change = Callable[[Schema], None]


def _committed(name: str) -> Schema | None:
    git = shutil.which("git")
    if git is None:
        return None
    path = f"HEAD:schemas/json/{name}.json"
    shown = subprocess.run([git, "show", path], cwd=ROOT, capture_output=True, check=False, timeout=30)
    if shown.returncode != 0:
        return None
    schema: Schema = json.loads(shown.stdout)
    return schema


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_a_published_type_breaks_nothing_that_was_committed_before(name: str) -> None:
    before = _committed(name)

    found = breaking_changes(before, schema_of(name)) if before is not None else []

    assert found == []


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_a_schema_breaks_nothing_of_itself(name: str) -> None:
    assert breaking_changes(schema_of(name), schema_of(name)) == []


def _missing(schema: Schema) -> Schema:
    found: Schema = schema["$defs"]["MissingReported"]
    return found


def _rename(schema: Schema) -> None:
    properties = _missing(schema)["properties"]
    properties["happened"] = properties.pop("circumstances")


def _remove_section(schema: Schema) -> None:
    del schema["properties"]["address"]


def _require(schema: Schema) -> None:
    _missing(schema)["required"].append("circumstances")


def _narrow_codes(schema: Schema) -> None:
    schema["$defs"]["RiskLevel"]["enum"].remove("low")


def _forbid_null(schema: Schema) -> None:
    circumstances = _missing(schema)["properties"]["circumstances"]
    circumstances["anyOf"] = circumstances["anyOf"][:1]


def _shorten_text(schema: Schema) -> None:
    _missing(schema)["properties"]["circumstances"]["anyOf"][0]["maxLength"] = 20


def _raise_minimum(schema: Schema) -> None:
    _missing(schema)["properties"]["about"]["minItems"] = 2


def _change_type(schema: Schema) -> None:
    _missing(schema)["properties"]["risk_levels_agreed"]["anyOf"][0]["type"] = "string"


def _change_class(schema: Schema) -> None:
    _missing(schema)["x-data-class"] = "address"


def _lose_class(schema: Schema) -> None:
    del _missing(schema)["x-data-class"]


def _share_more(schema: Schema) -> None:
    _missing(schema)["properties"]["reference"]["x-pseudonymised"] = True


def _generalise_more(schema: Schema) -> None:
    _missing(schema)["properties"]["since"]["x-generalised"] = True


def _tighten_pattern(schema: Schema) -> None:
    people = schema["properties"]["people"]["patternProperties"]
    people["^k[0-9]$"] = people.popitem()[1]


@pytest.mark.parametrize(
    "change",
    [
        _rename,
        _remove_section,
        _require,
        _narrow_codes,
        _forbid_null,
        _shorten_text,
        _raise_minimum,
        _change_type,
        _change_class,
        _lose_class,
        _share_more,
        _generalise_more,
        _tighten_pattern,
    ],
)
def test_a_planted_break_is_found(change: Change) -> None:
    before = schema_of("cairn.missing-episode.reported.v1")
    after = copy.deepcopy(before)

    change(after)

    assert breaking_changes(before, after) != []


def _add_optional(schema: Schema) -> None:
    _missing(schema)["properties"]["weather"] = {"type": "string"}


def _add_code(schema: Schema) -> None:
    schema["$defs"]["RiskLevel"]["enum"].append("not_assessed")


def _lengthen_text(schema: Schema) -> None:
    _missing(schema)["properties"]["circumstances"]["anyOf"][0]["maxLength"] = 20_000


def _share_less(schema: Schema) -> None:
    del _missing(schema)["properties"]["since"]["x-pseudonymised"]


@pytest.mark.parametrize("change", [_add_optional, _add_code, _lengthen_text, _share_less])
def test_what_only_takes_more_or_shares_less_is_no_break(change: Change) -> None:
    before = schema_of("cairn.missing-episode.reported.v1")
    after = copy.deepcopy(before)

    change(after)

    assert after != before
    assert breaking_changes(before, after) == []
