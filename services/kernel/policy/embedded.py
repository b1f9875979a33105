"""The policies, decided in this process.

An engine must never be touched by a thread other than the one that made it, not even to be thrown away. So each
thread keeps its own, one for each bundle, for as long as the thread lives.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import regorus

from schemas.decisions import Answer, Label
from services.kernel.policy import PolicyUnavailable, questions
from services.kernel.policy.bundle import Bundle, BundleUnusable

LABELS_PER_QUESTION = 200
"""Evaluation holds the interpreter's lock: this many labels take well below a second."""

_threads = threading.local()


class EmbeddedPolicy:
    """Decides labels without leaving the process. Safe to call from several threads."""

    def __init__(self, bundle: Bundle) -> None:
        """Raises BundleUnusable if the policies cannot be loaded."""
        self._bundle = bundle
        try:
            self._engine()
        except Exception as error:
            raise BundleUnusable("the policies cannot be loaded: run `opa check --strict` on the folder") from error

    @property
    def revision(self) -> str:
        return self._bundle.revision

    def decide(self, labels: Sequence[Label], grants: Mapping[str, Any], now_microseconds: int) -> list[Answer]:
        return questions.decide(labels, grants, now_microseconds, LABELS_PER_QUESTION, self._ask)

    def close(self) -> None:
        """Nothing is held but memory, which each thread gives back when it ends."""

    def _ask(self, question: questions.Question) -> bytes:
        try:
            engine = self._engine()
            engine.set_input_json(orjson.dumps(question).decode())
            answered: str = engine.eval_rule_as_json("data.disclosure.answers")
            engine.set_input_json("{}")
        except BaseException as error:
            # A panic of the engine is no Exception, and leaves the engine in an unknown state.
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            self._engines().pop(self._bundle.revision, None)
            raise PolicyUnavailable(f"the policies failed with {type(error).__name__}") from None
        return answered.encode()

    def _engine(self) -> Any:
        engines = self._engines()
        if self._bundle.revision not in engines:
            engine = regorus.Engine()
            for name, text in self._bundle.modules:
                engine.add_policy(name, text)
            engines[self._bundle.revision] = engine
        return engines[self._bundle.revision]

    @staticmethod
    def _engines() -> dict[str, Any]:
        if not hasattr(_threads, "engines"):
            _threads.engines = {}
        engines: dict[str, Any] = _threads.engines
        return engines
