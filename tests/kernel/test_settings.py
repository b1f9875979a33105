"""Settings have safe defaults, and what would be unsafe is refused by name."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.kernel.identity.bearer import BearerIdentity
from services.kernel.identity.demo import DemoIdentity
from services.kernel.identity.opening import open_identity
from services.kernel.settings import Settings

BEARER: dict[str, Any] = {
    "identity": "bearer",
    "issuer": "https://identity.example.org",
    "audience": "https://hub.example.org",
    "jwks": "https://identity.example.org/keys",
}


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CAIRN_{name.upper()}", raising=False)


def test_without_a_word_the_embedded_parts_lie_under_one_folder() -> None:
    settings = Settings(data=Path("/srv/cairn"))

    assert settings.log == settings.store == "sqlite:////srv/cairn"
    assert settings.keys == "file:/srv/cairn/keys"
    assert settings.policy == "embedded:"
    assert isinstance(open_identity(settings), DemoIdentity)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIRN_LOG", "kafka://broker:9092")
    monkeypatch.setenv("CAIRN_PARTITIONS", "12")
    monkeypatch.setenv("CAIRN_OWNED_PARTITIONS", "0, 11")

    settings = Settings()

    assert (settings.log, settings.partitions, settings.owned_partitions) == ("kafka://broker:9092", 12, (0, 11))


def test_bearer_tokens_are_believed_when_an_issuer_is_configured() -> None:
    assert isinstance(open_identity(Settings(**BEARER)), BearerIdentity)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"issuer": ""}, "CAIRN_ISSUER"),
        ({"audience": ""}, "CAIRN_AUDIENCE"),
        ({"jwks": ""}, "CAIRN_JWKS"),
        ({"issuer": "http://identity.example.org"}, "CAIRN_ISSUER"),
        ({"issuer": "https://localhost:8443"}, "CAIRN_ISSUER"),
        ({"issuer": "https://127.0.0.1"}, "CAIRN_ISSUER"),
        ({"issuer": "https://[::1]/"}, "CAIRN_ISSUER"),
        ({"issuer": "identity.example.org"}, "CAIRN_ISSUER"),
        ({"jwks": "http://identity.example.org/keys"}, "CAIRN_JWKS"),
        ({"jwks": "ftp://identity.example.org/keys"}, "CAIRN_JWKS"),
        ({"jwks": "https://localhost/keys"}, "CAIRN_JWKS"),
        ({"token_type": "id+jwt"}, "CAIRN_TOKEN_TYPE"),
        ({"identity": "none"}, "identity"),
        ({"jwks_seconds_max": 10**6}, "jwks_seconds_max"),
        ({"token_life_seconds_max": 10**6}, "token_life_seconds_max"),
        ({"partitions": 0}, "partitions"),
        ({"owned_partitions": "0,4"}, "CAIRN_OWNED_PARTITIONS"),
        ({"owned_partitions": "1,1"}, "CAIRN_OWNED_PARTITIONS"),
        ({"owned_partitions": "first"}, "owned_partitions"),
        ({"clock": "file:///run/clock"}, "CAIRN_CLOCK"),
    ],
)
def test_a_weak_setting_is_refused_by_name_and_without_its_value(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings(**BEARER | changed)

    assert named in str(refusal.value)
    assert not any(value in str(refusal.value) for value in map(str, changed.values()) if "://" in value)


def test_addresses_are_not_shown_as_they_may_hold_a_password() -> None:
    assert "secret" not in repr(Settings(store="postgresql://cairn:secret@db/cairn", log="kafka://u:secret@b"))
