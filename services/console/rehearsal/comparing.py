"""Comparing: what was seen against what a scenario expects, cell by cell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from schemas.classes import Form
from services.console.rehearsal.player import Matrix, NewPlayer, Player
from services.console.rehearsal.scenario import JSON, Scenario


@dataclass
class Outcome:
    """How one scenario went, in the form that `--json` prints."""

    file: str
    title: str
    matrix: Matrix
    matrix_for: dict[str, Matrix]
    bytes_of: dict[str, bytes]
    what_if: list[JSON] = field(default_factory=list)
    unexpected: list[JSON] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.unexpected

    def as_json(self) -> JSON:
        return {
            "file": self.file,
            "title": self.title,
            "ok": self.ok,
            "matrix": self.matrix,
            "matrix_for": self.matrix_for,
            "what_if": self.what_if,
            "unexpected": self.unexpected,
        }

    def export(self, folder: Path) -> None:
        """Write the bytes that each partner's feed served, a file for each partner."""
        here = folder / slug(self.title)
        here.mkdir(parents=True, exist_ok=True)
        for partner, served in self.bytes_of.items():
            (here / f"{partner}.ndjson").write_bytes(served)


def slug(title: str) -> str:
    """A title as the name of a folder: small letters, digits and single hyphens."""
    words = "".join(one if one.isascii() and one.isalnum() else " " for one in title.lower().replace("'", "")).split()
    return "-".join(words) or "scenario"


def rehearse(scenario: Scenario, new_player: NewPlayer) -> Outcome:
    """Play the scenario and each of its branches. Raises NotAScenario."""
    with new_player() as player:
        seen = player.see()
    outcome = Outcome(scenario.file, scenario.title, seen.matrix, seen.matrix_for, seen.bytes_of)
    outcome.unexpected += _wrong_cells(scenario.expect, seen.matrix, None)
    for purpose, expected in scenario.expect_for.items():
        outcome.unexpected += _wrong_cells(expected, seen.matrix_for[purpose], purpose)
    for index, branch in enumerate(scenario.what_if):
        with new_player() as player:
            found = _play_branch(player, index, branch, seen.matrix)
        outcome.what_if.append({"title": branch["title"], "differences": found})
        if "differences" in branch:
            outcome.unexpected += _wrong_differences(branch, found)
    return outcome


def _play_branch(player: Player, index: int, branch: JSON, before: Matrix) -> list[JSON]:
    for number, rule in enumerate(branch["rules"]):
        player.apply(f"/what_if/{index}/rules/{number}", rule)
    return list(_differences(before, player.see().matrix))


def _differences(before: Matrix, after: Matrix) -> Iterable[JSON]:
    for item, row in after.items():
        for partner, form in row.items():
            was = before.get(item, {}).get(partner, Form.NONE.value)
            if was != form:
                yield {"item": item, "partner": partner, "from": was, "to": form}


def _wrong_cells(expected: Mapping[str, Mapping[str, str]], got: Matrix, purpose: str | None) -> Iterable[JSON]:
    for item, row in expected.items():
        for partner, form in row.items():
            if got[item][partner] != form:
                yield {
                    "item": item,
                    "partner": partner,
                    "purpose": purpose,
                    "expected": form,
                    "got": got[item][partner],
                }


def _wrong_differences(branch: JSON, found: list[JSON]) -> Iterable[JSON]:
    def cells(differences: list[JSON]) -> dict[tuple[str, str], tuple[str, str]]:
        return {(one["item"], one["partner"]): (one["from"], one["to"]) for one in differences}

    expected, got = cells(branch["differences"]), cells(found)
    for item, partner in sorted(expected.keys() | got.keys()):
        if expected.get((item, partner)) != got.get((item, partner)):
            yield {
                "item": item,
                "partner": partner,
                "purpose": None,
                "what_if": branch["title"],
                "expected": _change(expected.get((item, partner))),
                "got": _change(got.get((item, partner))),
            }


def _change(change: tuple[str, str] | None) -> str:
    return "unchanged" if change is None else f"{change[0]} -> {change[1]}"
