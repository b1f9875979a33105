"""What every policy engine promises, tried on each adapter, and what becomes of an engine that breaks its promises."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opa_client import OpaClient

from schemas.classes import Existence, Form, Purpose
from schemas.decisions import Answer, ContextStanding, Decision, ItemState, Label, Window
from services.kernel.policy import PolicyEngine, PolicyUnavailable
from services.kernel.policy.bundle import Bundle, BundleUnusable
from services.kernel.policy.opa import OpaPolicy
from services.kernel.policy.opening import open_policy
from tests.policies import POLICIES

NOW = 1_776_675_600_000_000


@pytest.fixture(params=["embedded", pytest.param("opa", marks=pytest.mark.real)])
def address(request: pytest.FixtureRequest) -> str:
    return "embedded:" if request.param == "embedded" else request.getfixturevalue("opa_address")


@pytest.fixture
def engine(address: str) -> Iterator[PolicyEngine]:
    opened = open_policy(address, POLICIES)
    yield opened
    opened.close()


def label(**changes: Any) -> Label:
    return Label(source="police", data_class="missing").model_copy(update=changes)


def grant(form: str = "full", **changes: Any) -> dict[str, Any]:
    return {
        "agreement": "A2",
        "purpose": "missing",
        "to": "health",
        "form": form,
        "starts": NOW - 1_000_000,
        "ends": NOW + 1_000_000,
        "before_era": None,
    } | changes


def refused(reason: str) -> Decision:
    return Decision(form=Form.NONE, reasons=(reason,))


def given(form: Form, *agreements: str) -> Decision:
    reason = "handling_conditions" if form is Form.EXISTENCE else "agreement_grants"
    return Decision(form=form, reasons=(reason,), agreements=agreements)


def of(answer: Answer, partner: str = "health", purpose: Purpose = Purpose.MISSING) -> Decision:
    return answer.cells.get(partner, {}).get(purpose, answer.otherwise)


@dataclass(frozen=True)
class Case:
    """What health may have, for the purpose of missing, of an item with this label."""

    label: Label
    grants: tuple[dict[str, Any], ...]
    expected: Decision


FULL = (grant(),)
GENERAL = (grant("generalised"),)
KEPT = (grant(before_era=1),)
SEVERAL = (grant("generalised", agreement="A1"), grant(agreement="A4"), grant("pseudonymised"), grant(agreement="A3"))

CASES = {
    "what is granted is given": Case(label(), FULL, given(Form.FULL, "A2")),
    "pseudonymised where no more is granted": Case(label(), (grant("pseudonymised"),), given(Form.PSEUDONYMISED, "A2")),
    "in general terms": Case(label(), GENERAL, given(Form.GENERALISED, "A2")),
    "the most generous counts": Case(label(), SEVERAL, given(Form.FULL, "A3", "A4")),
    "nothing was granted": Case(label(), (), refused("no_agreement_in_force")),
    "granted for another purpose": Case(label(), (grant(purpose="context"),), refused("no_agreement_in_force")),
    "granted to another": Case(label(), (grant(to="education"),), refused("no_agreement_in_force")),
    "from the first instant": Case(label(), (grant(starts=NOW),), given(Form.FULL, "A2")),
    "not an instant sooner": Case(label(), (grant(starts=NOW + 1),), refused("no_agreement_in_force")),
    "until the last instant": Case(label(), (grant(ends=NOW + 1),), given(Form.FULL, "A2")),
    "not at the end": Case(label(), (grant(ends=NOW),), refused("no_agreement_in_force")),
    "kept from before a withdrawal": Case(label(era=0), KEPT, given(Form.FULL, "A2")),
    "nothing since a withdrawal": Case(label(era=1), KEPT, refused("no_agreement_in_force")),
    "withdrawn": Case(label(state=ItemState.WITHDRAWN), FULL, refused("withdrawn")),
    "superseded": Case(label(state=ItemState.SUPERSEDED), FULL, refused("superseded")),
    "never shared": Case(label(data_class="intelligence_source"), FULL, refused("never_shared")),
    "an unknown class": Case(label(data_class="rumour"), FULL, refused("unknown_class")),
    "an unknown handling code": Case(label(handling="D"), FULL, refused("unknown_handling")),
    "a source that is no name": Case(label(source="Police!"), FULL, refused("malformed_label")),
    "a name that no newline ends": Case(label(source="police\n"), FULL, refused("malformed_label")),
    "an era before the first": Case(label(era=-1), FULL, refused("malformed_label")),
    "withheld": Case(label(withheld_from=("health",)), FULL, refused("withheld_from_partner")),
    "withheld from another": Case(label(withheld_from=("education",)), FULL, given(Form.FULL, "A2")),
    "addressed": Case(label(addressed_to=("education", "health")), FULL, given(Form.FULL, "A2")),
    "addressed, and not granted": Case(label(addressed_to=("health",)), (), refused("no_agreement_in_force")),
    "addressed to another": Case(label(addressed_to=("education",)), FULL, refused("addressed_to_others")),
    "outside its reading window": Case(label(window=Window.CLOSED), FULL, refused("outside_reading_window")),
    "outside its reading window, and not granted": Case(
        label(window=Window.CLOSED), (), refused("outside_reading_window")
    ),
    "restricted": Case(label(restrictions=("objection",)), FULL, refused("restricted")),
    "restricted, and not granted": Case(label(restrictions=("objection",)), (), refused("no_agreement_in_force")),
    "conditions, silent": Case(label(handling="C"), FULL, refused("handling_conditions")),
    "conditions, disclosable": Case(
        label(handling="C", existence=Existence.DISCLOSABLE), FULL, given(Form.EXISTENCE, "A2")
    ),
    "conditions, and not granted": Case(
        label(handling="C", existence=Existence.DISCLOSABLE), (), refused("no_agreement_in_force")
    ),
    "a context with enough behind it": Case(
        label(data_class="context", context=ContextStanding.ENOUGH), GENERAL, given(Form.GENERALISED, "A2")
    ),
    "a context with too few behind it": Case(
        label(data_class="context", context=ContextStanding.TOO_FEW), GENERAL, refused("too_few_people_or_reports")
    ),
    "a context of which nothing is known": Case(
        label(data_class="context"), GENERAL, refused("too_few_people_or_reports")
    ),
    "a context granted whole": Case(
        label(data_class="context", context=ContextStanding.TOO_FEW), (*GENERAL, *FULL), given(Form.FULL, "A2")
    ),
    "no general terms for an address": Case(label(data_class="address"), GENERAL, refused("no_agreement_in_force")),
    "a grant that is not understood": Case(label(), (grant("everything"),), refused("no_agreement_in_force")),
}


@pytest.mark.parametrize("name", CASES)
def test_the_policies_decide_each_case(engine: PolicyEngine, name: str) -> None:
    case = CASES[name]

    answer = engine.decide([case.label], {case.label.source: {case.label.data_class: list(case.grants)}}, NOW)[0]

    assert of(answer) == case.expected
    assert answer.otherwise.form is Form.NONE


@pytest.mark.real
def test_both_engines_give_the_same_answers_whole(opa_address: str) -> None:
    labels = [case.label for case in CASES.values()]
    grants: dict[str, Any] = {}
    for case in CASES.values():
        grants.setdefault(case.label.source, {}).setdefault(case.label.data_class, []).extend(case.grants)
    embedded, server = open_policy("embedded:", POLICIES), open_policy(opa_address, POLICIES)

    assert embedded.decide(labels, grants, NOW) == server.decide(labels, grants, NOW)


def test_answers_come_in_the_order_of_the_labels_however_many_they_are(engine: PolicyEngine) -> None:
    sources = [f"partner-{number}" for number in range(40)]
    labels = [label(source=sources[n % 40], data_class=("missing", "address")[n % 2], era=n) for n in range(1_200)]
    grants = {
        source: {"missing": [grant(agreement=source)], "address": [grant("pseudonymised", agreement=source)]}
        for source in sources
    }

    answers = engine.decide(labels, grants, NOW)

    assert len(answers) == 1_200
    for asked, answer in zip(labels, answers, strict=True):
        form = Form.FULL if asked.data_class == "missing" else Form.PSEUDONYMISED
        assert of(answer) == given(form, asked.source)
        assert of(answer, asked.source).form is Form.OWN


def test_no_labels_are_no_question(engine: PolicyEngine) -> None:
    assert engine.decide([], {}, NOW) == []


def test_an_engine_can_be_asked_from_several_threads(engine: PolicyEngine) -> None:
    grants = {"police": {"missing": [grant()]}}

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(engine.decide, [label(era=n)], grants, NOW) for n in range(40)]
        answers = [one.result()[0] for one in asked]

    assert {of(answer) for answer in answers} == {given(Form.FULL, "A2")}


def test_an_instant_that_is_no_number_is_not_answered(engine: PolicyEngine) -> None:
    with pytest.raises(PolicyUnavailable):
        engine.decide([label()], {}, "now")  # type: ignore[arg-type]


def test_an_address_that_names_no_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="embedded"):
        open_policy("ftp://policies", POLICIES)


def test_a_folder_without_policies_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(BundleUnusable):
        open_policy(address, tmp_path)


def test_policies_that_cannot_be_read_are_refused(address: str, tmp_path: Path) -> None:
    (tmp_path / "disclosure.rego").write_text("package disclosure\n\nanswers := [")

    with pytest.raises(BundleUnusable):
        open_policy(address, tmp_path)


def test_policies_without_the_question_asked_give_no_answer(address: str, tmp_path: Path) -> None:
    (tmp_path / "disclosure.rego").write_text("package disclosure\n\nanother := 1\n")
    engine = open_policy(address, tmp_path)

    with pytest.raises(PolicyUnavailable):
        engine.decide([label()], {}, NOW)
    engine.close()


_NOBODY = '{"otherwise": {"form": "none", "reasons": ["x"], "agreements": []}, "cells": {}}'
_UNBELIEVABLE = {
    "an answer too few": "[]",
    "an answer too many": f"[{_NOBODY}, {_NOBODY}]",
    "everything to everybody": '[{"otherwise": {"form": "full", "reasons": [], "agreements": []}, "cells": {}}]',
    "an unknown form": '[{"otherwise": {"form": "most", "reasons": [], "agreements": []}, "cells": {}}]',
    "no answer but a word": '"yes"',
    "another's own copy": '[{"otherwise": {"form": "none", "reasons": [], "agreements": []}, "cells":'
    ' {"health": {"missing": {"form": "own", "reasons": [], "agreements": []}}}}]',
    "an unknown purpose": '[{"otherwise": {"form": "none", "reasons": [], "agreements": []}, "cells":'
    ' {"health": {"curiosity": {"form": "full", "reasons": [], "agreements": []}}}}]',
}


@pytest.mark.parametrize("name", _UNBELIEVABLE)
def test_what_is_no_believable_answer_is_none(address: str, tmp_path: Path, name: str) -> None:
    (tmp_path / "disclosure.rego").write_text(f"package disclosure\n\nanswers := {_UNBELIEVABLE[name]}\n")
    engine = open_policy(address, tmp_path)

    with pytest.raises(PolicyUnavailable):
        engine.decide([label()], {}, NOW)
    engine.close()


@pytest.mark.real
def test_hubs_with_other_policies_share_a_server(opa_address: str, tmp_path: Path) -> None:
    text = (POLICIES / "disclosure" / "disclosure.rego").read_text()
    for name in ("labels", "grants"):
        (tmp_path / f"{name}.rego").write_text((POLICIES / name / f"{name}.rego").read_text())
    (tmp_path / "disclosure.rego").write_text(text.replace('"agreement_grants"', '"other_words"'))
    ours, theirs = open_policy(opa_address, POLICIES), open_policy(opa_address, tmp_path)
    grants = {"police": {"missing": [grant()]}}

    assert of(ours.decide([label()], grants, NOW)[0]).reasons == ("agreement_grants",)
    assert of(theirs.decide([label()], grants, NOW)[0]).reasons == ("other_words",)


@pytest.mark.real
def test_a_server_that_has_forgotten_the_policies_is_given_them_again(opa_address: str, tmp_path: Path) -> None:
    for path in POLICIES.rglob("*.rego"):
        if not path.name.endswith("_test.rego"):
            (tmp_path / path.name).write_text(path.read_text() + "\n# of this test alone\n")
    engine = open_policy(opa_address, tmp_path)
    grants = {"police": {"missing": [grant()]}}
    engine.decide([label()], grants, NOW)

    host, port = opa_address.removeprefix("http://").split(":")
    client = OpaClient(host=host, port=int(port))
    for name in ("disclosure", "grants", "labels"):
        client.delete_policy(f"cairn/{Bundle.read(tmp_path).revision[:32]}/{name}.rego")

    assert of(engine.decide([label()], grants, NOW)[0]) == given(Form.FULL, "A2")


@pytest.mark.real
def test_a_server_that_holds_another_text_under_the_name_of_ours_is_not_believed(
    opa_address: str, tmp_path: Path
) -> None:
    (tmp_path / "disclosure.rego").write_text(f"package disclosure\n\nanswers := [{_NOBODY}] # sound\n")
    revision = Bundle.read(tmp_path).revision[:32]
    host, port = opa_address.removeprefix("http://").split(":")
    client = OpaClient(host=host, port=int(port))
    planted = f"package cairn_{revision}.disclosure\n\nanswers := [{_NOBODY}] # planted\n"
    client.update_policy_from_string(planted, f"cairn/{revision}/disclosure.rego", rego_compat=False)

    engine = open_policy(opa_address, tmp_path)

    with pytest.raises(PolicyUnavailable):
        engine.decide([label()], {}, NOW)
    client.delete_policy(f"cairn/{revision}/disclosure.rego")


Say = Callable[[BaseHTTPRequestHandler], None]


def _says(status: int, body: bytes, slowly: float = 0) -> Say:
    def say(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(slowly)
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return say


def _sends_elsewhere(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "/v1/policies/")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def _hangs_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


@contextmanager
def _server(on_questions: Say) -> Iterator[str]:
    """A server that takes and shows policies as OPA does, and answers questions as it is told."""
    held: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.removeprefix("/v1/policies/")
            shown = {"id": name, "raw": held[name]} if name else [{"id": one} for one in held]
            _says(200, json.dumps({"result": shown}).encode())(self)

        def do_PUT(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"]))
            held[self.path.removeprefix("/v1/policies/")] = text.decode()
            _says(200, b"{}")(self)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            on_questions(self)

        def log_message(self, format: str, *args: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    running = threading.Thread(target=server.serve_forever, daemon=True)
    running.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


_SOUND = f'{{"result": [{_NOBODY}]}}'.encode()
_FAULTS = {
    "it does not know": _says(200, b"{}"),
    "it answers with nothing": _says(200, b""),
    "it answers with null": _says(200, b'{"result": null}'),
    "it answers with a list": _says(200, b"[]"),
    "it talks nonsense": _says(200, b"<html>welcome</html>"),
    "it answers half": _says(200, _SOUND[:-4]),
    "it answers too few": _says(200, b'{"result": []}'),
    "it fails": _says(500, b'{"code": "internal_error"}'),
    "it fails with an answer": _says(500, _SOUND),
    "it is too busy": _says(503, b"{}"),
    "it sends elsewhere": _sends_elsewhere,
    "it is slow": _says(200, _SOUND, slowly=1.0),
    "it hangs up": _hangs_up,
}


@pytest.mark.parametrize("name", _FAULTS)
def test_a_server_that_fails_in_any_way_gives_nobody_anything(name: str) -> None:
    with _server(_FAULTS[name]) as address:
        engine = OpaPolicy(address, Bundle.read(POLICIES), timeout_seconds=0.5)

        with pytest.raises(PolicyUnavailable) as failed:
            engine.decide([label()], {}, NOW)

        assert "police" not in str(failed.value)
        engine.close()


def test_a_server_that_answers_soundly_is_believed() -> None:
    with _server(_says(200, _SOUND)) as address:
        engine = OpaPolicy(address, Bundle.read(POLICIES), timeout_seconds=0.5)

        assert engine.decide([label()], {}, NOW)[0].otherwise == refused("x")
        engine.close()


def test_a_hub_can_start_while_its_server_is_down() -> None:
    with _server(_says(200, _SOUND)) as address:
        pass
    engine = OpaPolicy(address, Bundle.read(POLICIES), timeout_seconds=0.5)

    with pytest.raises(PolicyUnavailable):
        engine.decide([label()], {}, NOW)
    engine.close()
