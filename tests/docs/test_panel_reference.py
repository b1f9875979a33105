"""The reference of the panel's interface lists every route, command and refusal that there is, and no other."""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

from services import panel
from services.panel.domain.refusing import Refused
from services.panel.refusals import as_problem
from tests.architecture.checkout import ROOT

_PAGE = (ROOT / "docs/reference/panel-api.md").read_text()
_INTERFACE = json.loads((ROOT / "schemas/openapi/panel.json").read_text())
_ROW = re.compile(r"^\| (\d{3}(?:, \d{3})*) \| (`[^|]+`) \|", re.MULTILINE)
_COMMANDS = re.compile(r"^\| `POST (\S+)` \| ([^|]+) \|", re.MULTILINE)


def _refusals(kind: type[Refused]) -> Iterator[type[Refused]]:
    for each in kind.__subclasses__():
        yield each
        yield from _refusals(each)


def test_every_refusal_of_the_domain_is_listed_under_the_status_it_is_answered_with() -> None:
    for module in walk_packages(panel.__path__, "services.panel."):
        import_module(module.name)
    listed = {
        code: {int(status) for status in statuses.split(", ")}
        for statuses, codes in _ROW.findall(_PAGE)
        for code in re.findall(r"`(\w+)`", codes)
    }

    known = {one.code: as_problem(one()).status for one in _refusals(Refused)}

    assert len(known) > 20
    assert {code: known[code] for code in known if known[code] not in listed.get(code, set())} == {}


def test_every_route_is_listed_and_no_other() -> None:
    rows = re.findall(r"^\| (`.*?`) \|", _PAGE, re.MULTILINE)
    listed = {path for row in rows for path in re.findall(r"(/v1/[^`]*)`", row)}

    assert listed == set(_INTERFACE["paths"])


def test_every_command_is_listed_with_its_route_and_no_other() -> None:
    listed = {path: set(re.findall(r"`(\w+)`", commands)) for path, commands in _COMMANDS.findall(_PAGE)}

    known = {path: set(_commands(path)) for path in _INTERFACE["paths"] if path.endswith("/commands")}

    assert listed == known


def _commands(path: str) -> Iterator[str]:
    schemas = _INTERFACE["components"]["schemas"]
    body = _INTERFACE["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    for found in re.finditer(r"#/components/schemas/(\w+)", json.dumps(body)):
        for named in re.finditer(r"#/components/schemas/(\w+)", json.dumps(schemas[found[1]])):
            command = schemas[named[1]].get("properties", {}).get("command")
            if command:
                yield command["const"]
