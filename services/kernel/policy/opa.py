"""The policies, decided by an OPA server.

The hub puts its own bundle on the server, below a package named by the bundle's hash: several hubs, and the old and
new version of one hub, can share a server. A server that is down or has forgotten gives no answer, which is a no.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import orjson
from opa_client import OpaClient
from opa_client.errors import RegoParseError

from schemas.decisions import Answer, Label
from services.kernel.policy import PolicyUnavailable, questions
from services.kernel.policy.bundle import Bundle, BundleUnusable

LABELS_PER_QUESTION = 250


class OpaPolicy:
    """Decides labels on an OPA server. Safe to call from several threads."""

    def __init__(self, address: str, bundle: Bundle, timeout_seconds: float = 10.0) -> None:
        """`address` is such as `http://localhost:8181`. Raises BundleUnusable if the server refuses the policies.

        A server that cannot be reached now is tried again at every question.
        """
        place = urlsplit(address)
        if place.scheme not in {"http", "https"} or not place.hostname:
            raise ValueError("the address of an OPA server is `http://host:port` or `https://host:port`")
        self.revision = bundle.revision
        self._root = f"cairn_{bundle.revision[:32]}"
        self._modules = {f"cairn/{bundle.revision[:32]}/{name}": text for name, text in bundle.below(self._root)}
        self._client = OpaClient(
            host=place.hostname,
            port=place.port or 8181,
            ssl=place.scheme == "https",
            timeout=timeout_seconds,
            retries=0,
        )
        self._loading = threading.Lock()
        self._loaded = False
        try:
            self._load()
        except PolicyUnavailable:
            self._loaded = False

    def decide(self, labels: Sequence[Label], grants: Mapping[str, Any], now_microseconds: int) -> list[Answer]:
        return questions.decide(labels, grants, now_microseconds, LABELS_PER_QUESTION, self._ask)

    def close(self) -> None:
        self._client.close_connection()

    def _ask(self, question: questions.Question) -> bytes:
        if not self._loaded:
            self._load()
        result = self._result(question)
        if result is None:  # undefined: the server was started anew since, or its policies were taken away
            self._loaded = False
            self._load()
            result = self._result(question)
        if result is None:
            raise PolicyUnavailable("the OPA server has no answer")
        return orjson.dumps(result)

    def _result(self, question: questions.Question) -> Any:
        try:
            return self._client.query_rule(
                input_data=question,
                package_path=f"{self._root}.disclosure",
                rule_name="answers",
                query_params={"strict-builtin-errors": "true"},
            ).get("result")
        except Exception as error:  # noqa: BLE001 - whatever goes wrong there means no
            raise PolicyUnavailable(f"the OPA server failed with {type(error).__name__}") from None

    def _load(self) -> None:
        """Put the bundle on the server and see that it is there. Raises PolicyUnavailable, BundleUnusable."""
        with self._loading:
            if self._loaded:
                return
            try:
                present = set(self._client.get_policies_list())
                self._put({name: text for name, text in self._modules.items() if name not in present})
                held = {name: self._client.get_policy(name)["result"]["raw"] for name in self._modules}
            except BundleUnusable:
                raise
            except Exception as error:  # noqa: BLE001 - whatever goes wrong there means no
                raise PolicyUnavailable(f"the OPA server failed with {type(error).__name__}") from None
            if held != self._modules:
                raise PolicyUnavailable("the OPA server holds other policies under the names of this hub's")
            self._loaded = True

    def _put(self, modules: dict[str, str]) -> None:
        """A module that uses another is refused before that one is there: what is refused is tried again after it."""
        while modules:
            refused = {name: text for name, text in modules.items() if not self._accepts(name, text)}
            if len(refused) == len(modules):
                raise BundleUnusable("the OPA server refuses the policies: run `opa check --strict` on the folder")
            modules = refused

    def _accepts(self, name: str, text: str) -> bool:
        try:
            self._client.update_policy_from_string(text, name, rego_compat=False)
        except RegoParseError:
            return False
        return True
