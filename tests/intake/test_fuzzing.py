"""Bodies that a coverage-guided fuzzer makes up: none fails, is read otherwise than elsewhere, or comes back."""

import importlib.util
from pathlib import Path

import pytest

from services.kernel.http.problems import Problem
from tests.intake.examined_body import Broken, _look, examine
from tests.intake.fuzzing import fuzz

needs_atheris = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris has no wheel for this machine: Linux on x86-64 has one"
)


@needs_atheris
def test_no_body_that_is_made_up_does_harm(tmp_path: Path) -> None:
    fuzzed = fuzz(tmp_path, seed=1, runs=4_000)

    assert fuzzed.broken == ""
    assert fuzzed.tried == 4_000
    assert fuzzed.kept > 10


@needs_atheris
@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("nothing hidden is looked for", "surrogates not allowed"),
        ("the last of two names counts", "not JSON compliant"),
    ],
)
def test_control_a_body_reader_without_a_protection_is_noticed(tmp_path: Path, planted: str, found: str) -> None:
    assert found in fuzz(tmp_path, seed=1, runs=4_000, planted=planted).broken


@pytest.mark.parametrize(
    "body",
    [b'{"id": 1}', b"[1, 2]", b"[{}, {}]", b"[", b"[1e999, 1]", b'{"a": 1, "a": 2}', b'"' + b"x" * 30_000 + b'"'],
)
def test_what_is_examined_does_no_harm_by_itself(body: bytes) -> None:
    examine(body)


@pytest.mark.parametrize(
    "problem",
    [
        Problem(500, "x", "x"),
        Problem(422, "x", "x", "x" * 201),
        Problem(422, "x", "x", "it was: somebody's words"),
        Problem(422, "x", "x", errors=[{"pointer": "/data/Jane Doe", "code": "x", "detail": "x"}]),
    ],
)
def test_control_a_refusal_that_does_harm_is_noticed(problem: Problem) -> None:
    with pytest.raises(Broken):
        _look(problem, {"concern": "somebody's words"})
