"""What modules and files are called, and that each says what it is."""

import ast
from pathlib import Path

from tests.architecture.checkout import committed_files, name_of, python_files

SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "core", "base", "misc", "manager", "managers"}
MODULES = python_files("services", "schemas", "deploy", "benchmarks", "tests")
WHY_LINES_MAX = 4


def test_every_module_says_in_one_sentence_what_it_is_and_in_four_lines_why() -> None:
    wrong = {name_of(module): _wrong_with_docstring(module) for module in MODULES if module.read_text().strip()}

    assert {name: what for name, what in wrong.items() if what} == {}


def _wrong_with_docstring(module: Path) -> str:
    what, _, why = (ast.get_docstring(ast.parse(module.read_text())) or "").partition("\n\n")
    sentence = " ".join(what.split())
    prose = [line for line in why.splitlines() if line.strip() and not line.startswith("    ")]
    if not sentence.endswith("."):
        return "no sentence that says what it is"
    if ". " in sentence or len(what.splitlines()) > 2:
        return "more than one sentence, or more than two lines, before the blank line"
    return f"more than {WHY_LINES_MAX} lines of why" if len(prose) > WHY_LINES_MAX else ""


def test_no_file_has_a_name_that_says_nothing() -> None:
    named = {name_of(path) for path in committed_files() if SAYS_NOTHING & _words(path)}

    assert named == set()


def _words(path: Path) -> set[str]:
    parts = [*Path(name_of(path)).parent.parts, path.name.split(".", 1)[0]]
    return {word for part in parts for word in (part.lower(), *part.lower().split("_"))}


def test_a_test_is_named_by_a_sentence() -> None:
    short = {
        f"{name_of(module)}: {test.name}"
        for module in python_files("tests")
        for test in ast.walk(ast.parse(module.read_text()))
        if isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef)
        and test.name.startswith("test_")
        and len(test.name.split("_")) < 5
    }

    assert short == set(), "a test's name is a sentence of at least four words"
