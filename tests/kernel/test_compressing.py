"""Compressing: small for whoever asks of their own accord, and plain where a page of another place made them ask."""

import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient

from services.kernel.http.apps import new_app
from services.kernel.identity.demo import DemoIdentity

_WORDS = "What somebody knows of somebody else. " * 200


def _app() -> FastAPI:
    app = new_app("Compressed", DemoIdentity())

    @app.get("/words")
    def words() -> PlainTextResponse:
        return PlainTextResponse(_WORDS)

    @app.get("/few-words")
    def few_words() -> PlainTextResponse:
        return PlainTextResponse("Nothing.")

    return app


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_browser_that_asks_of_its_own_accord_is_sent_less(site: str) -> None:
    answer = TestClient(_app()).get("/words", headers={"sec-fetch-site": site})

    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(_WORDS) // 10
    assert answer.text == _WORDS
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "None", None])
def test_how_long_an_answer_is_that_another_place_asked_for_tells_nothing_of_what_repeats_in_it(
    site: str | None,
) -> None:
    answer = TestClient(_app()).get("/words", headers={"sec-fetch-site": site} if site else {})

    assert "content-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) == len(_WORDS)


def test_what_is_short_already_and_what_a_browser_could_not_read_is_sent_as_it_is() -> None:
    client = TestClient(_app(), headers={"sec-fetch-site": "same-origin"})

    assert "content-encoding" not in client.get("/few-words").headers
    assert "content-encoding" not in client.get("/words", headers={"accept-encoding": "identity"}).headers
