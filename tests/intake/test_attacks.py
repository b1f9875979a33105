"""Bodies that no honest system sends: each is refused plainly, and nothing of it comes back or is kept."""

import json

import pytest

from tests.intake.desk import Desk, of_type, school_concern

CANARY = "Kanarienvogel"


def _with(text: str) -> bytes:
    """An event with this raw JSON as the concern that a school has."""
    event = json.dumps(school_concern(school={"about": ["k1"], "concern": "HERE"}))
    return event.replace('"HERE"', text).encode("utf-8", "surrogatepass")


ATTACKS = {
    "not JSON": CANARY.encode(),
    "cut off": _with(f'"{CANARY}"')[:-1],
    "not an event": f'["{CANARY}"]'.encode(),
    "nothing": b"",
    "null": b"null",
    "not UTF-8": _with(f'"{CANARY}"') + b"\xff",
    "UTF-16": json.dumps({"id": CANARY}).encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + _with(f'"{CANARY}"'),
    "duplicate name": _with(f'"{CANARY}", "concern": "{CANARY}"'),
    "NaN": _with("NaN"),
    "infinity": _with("1e999"),
    "huge integer": _with("9" * 5_000),
    "integer past 2^53": _with("9007199254740993"),
    "lone surrogate": _with(f'"{CANARY} \\ud800"'),
    "raw surrogate": _with(f'"{CANARY} \ud800"'),
    "NUL": _with(f'"{CANARY}\\u0000"'),
    "control character": _with(f'"{CANARY}\\u009b31m"'),
    "bidi override": _with(f'"{CANARY}\u202egnp.exe"'),
    "bidi isolate": _with(f'"{CANARY}\\u2066"'),
    "deep lists": _with("[" * 5_000 + "]" * 5_000),
    "deep objects": _with('{"a":' * 200 + f'"{CANARY}"' + "}" * 200),
    "long text": _with(f'"{CANARY * 2_000}"'),
    "very long text": _with(f'"{CANARY * 30_000}"'),
    "wrong type": _with(f'{{"{CANARY}": "{CANARY}"}}'),
    "unknown field": _with(f'"x", "{CANARY}": "{CANARY}"'),
    "unknown attribute": json.dumps(school_concern() | {CANARY.lower(): CANARY}).encode(),
    "unknown local name": json.dumps(school_concern(about_contexts=[CANARY])).encode(),
    "unfit local name": json.dumps(school_concern(people={f"{CANARY} Smith": {}})).encode(),
    "unfit identifier": json.dumps(school_concern(people={"k1": {"identifiers": [f"chi|{CANARY}"]}})).encode(),
    "unfit day": json.dumps(school_concern(people={"k1": {"born": CANARY}})).encode(),
    "unfit time": json.dumps(school_concern() | {"time": CANARY}).encode(),
    "time without offset": json.dumps(school_concern() | {"time": "2026-04-01T09:00:00"}).encode(),
    "time as number": json.dumps(school_concern() | {"time": 1_775_000_000}).encode(),
    "another version of CloudEvents": json.dumps(school_concern() | {"specversion": CANARY}).encode(),
    "unknown marking": json.dumps(school_concern() | {"dataclassification": CANARY}).encode(),
    "data in base64": json.dumps({**school_concern(), "data_base64": CANARY}).encode(),
    "no data": json.dumps({name: value for name, value in school_concern().items() if name != "data"}).encode(),
    "empty id": json.dumps(school_concern() | {"id": ""}).encode(),
    "long id": json.dumps(school_concern() | {"id": CANARY * 100}).encode(),
    "another's source": json.dumps(school_concern() | {"source": f"urn:{CANARY}"}).encode(),
    "too large": b'{"id": "' + CANARY.encode() * 30_000 + b'"}',
    "many names": json.dumps(school_concern() | {"data": {f"n{n}": 1 for n in range(3_000)}}).encode(),
    "many errors": json.dumps(school_concern(people={f"k{n}": {"born": CANARY} for n in range(150)})).encode(),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_in_a_body_is_refused_without_echo_and_leaves_nothing(
    desk: Desk, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = desk.post(ATTACKS[name])

    said = response.text + str(response.headers) + caplog.text
    assert 400 <= response.status_code < 500
    assert response.headers["content-type"] == "application/problem+json"
    assert CANARY.lower() not in said.lower()
    assert CANARY.encode().lower() not in desk.bytes_kept().lower()
    assert desk.reports() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"content_encoding": "gzip"},
        {"ce_id": ""},
        {"ce_source": f"urn:cairn:partner:education%00{CANARY}"},
        {"ce_id": f"%E2%80%AE{CANARY}"},
        {"ce_time": CANARY},
        {"ce_kanarienvogel-x": CANARY},
    ],
)
def test_an_attack_in_headers_is_refused_without_echo(desk: Desk, headers: dict[str, str]) -> None:
    event = school_concern()
    usual = {f"ce_{name}": value for name, value in event.items() if name not in ("data", "datacontenttype")}
    assert desk.send(json.dumps(event["data"]), "application/json", **usual).status_code == 202

    response = desk.send(json.dumps(event["data"]), "application/json", **usual | headers)

    assert 400 <= response.status_code < 500
    assert CANARY.lower() not in response.text.lower()


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data", "application/json-seq"])
def test_another_media_type_is_refused(desk: Desk, media_type: str) -> None:
    assert desk.send(json.dumps(school_concern()), media_type).status_code == 415


def test_who_is_not_known_is_refused_before_the_body_is_read(desk: Desk) -> None:
    response = desk.client.post("/v1/events", content=b"{", headers={"content-type": "application/cloudevents+json"})

    assert response.status_code == 401


MARKINGS = ["secret", "SECRET", "Secret", "TOP SECRET", "top-secret", "UK SECRET", "UK TOP SECRET", "S E C R E T"]
MARKINGS += ["SE\u200bCRET", "ＳＥＣＲＥＴ", "SECRET//STRAP 2", "Top_Secret", "TS", "UK CONFIDENTIAL"]


@pytest.mark.parametrize("marking", MARKINGS)
def test_nothing_marked_above_official_sensitive_is_taken_or_kept(
    desk: Desk, marking: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = desk.post(school_concern(CANARY) | {"dataclassification": marking})

    assert response.status_code == 422
    assert response.json()["type"] == "urn:cairn:problem:marking_too_high"
    assert CANARY.encode() not in desk.bytes_kept()
    assert CANARY not in response.text + caplog.text


@pytest.mark.parametrize(
    "place",
    [
        lambda event: event | {"marking": "SECRET"},
        lambda event: event | {"protectivemarking": "UK TOP SECRET"},
        lambda event: event | {"subject": "SECRET"},
        lambda event: event | {"data": event["data"] | {"marking": "SECRET"}},
        lambda event: event | {"data": {"x": [{"Protective_Marking": ["official", "Secret"]}]}},
        lambda event: event | {"type": "cairn.something.new.v1", "data": {"data-classification": "TOP SECRET"}},
        lambda event: event | {"type": "cairn.something.new.v1", "data": {"marking": {"uk": "SECRET"}}},
    ],
)
def test_a_marking_counts_wherever_it_stands(desk: Desk, place: object) -> None:
    event = place(school_concern(CANARY, people={"k1": {"identifiers": [f"swis|{CANARY}"]}}))  # type: ignore[operator]

    response = desk.post(event)

    assert response.json()["type"] == "urn:cairn:problem:marking_too_high"
    assert CANARY.encode() not in desk.bytes_kept()


def test_of_a_batch_what_is_marked_too_high_alone_is_refused(desk: Desk) -> None:
    high = school_concern("E2") | {"dataclassification": "SECRET"}

    answers = desk.batch([school_concern("E1"), high]).json()

    assert answers[0]["status"] == "accepted"
    assert answers[1]["type"] == "urn:cairn:problem:marking_too_high"


def test_a_secret_that_is_told_is_no_marking(desk: Desk) -> None:
    told = {"about": ["k1"], "concern": "SECRET: she told it as a secret.", "own_words": "It is top secret."}

    assert desk.post(school_concern(school=told)).json()["status"] == "accepted"
    assert desk.post(of_type("cairn.context.observed.v1", "secret-1", "police"), by="police/system").status_code == 202
