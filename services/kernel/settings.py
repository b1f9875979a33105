"""Settings: where one running hub keeps its things and whom it believes, read from `CAIRN_...` variables.

A setting that would be unsafe is refused at start, by name and without its value.
"""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Everything that may differ between two hubs. Where no address is given, it is the embedded part's."""

    model_config = SettingsConfigDict(
        env_prefix="CAIRN_", frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True
    )

    data: Path = Path("data")
    """The folder of everything that the embedded parts keep."""
    log: str = Field(default_factory=lambda given: f"sqlite:///{given['data']}", repr=False)
    """Address of the log, as `services.kernel.log.opening` takes it."""
    store: str = Field(default_factory=lambda given: f"sqlite:///{given['data']}", repr=False)
    """Address of the services' stores; it may hold a password."""
    policy: str = Field("embedded:", repr=False)
    """Address of the policy engine."""
    keys: str = Field(default_factory=lambda given: f"file:{given['data']}/keys", repr=False)
    """Address of the keys, as `services.kernel.keys.opening` takes it."""
    clock: str = ""
    """Address of the clock, where it is not the machine's: `file:///path` of an instant, for rehearsals."""
    partitions: int = Field(4, ge=1, le=256)
    """Partitions of `hub.reports`, `hub.contexts` and each feed; they cannot be changed later."""
    owned_partitions: Annotated[tuple[int, ...], NoDecode] = ()
    """Which partitions of `hub.reports` this sharing worker owns, such as `0,1`: all, where none is named."""

    identity: Literal["demo", "bearer"] = "demo"
    """Who is believed: whoever is on this machine, or who holds a token of the issuer."""
    issuer: str = ""
    audience: str = ""
    jwks: str = ""
    """The issuer's public keys: a file's path or an https address."""
    jwks_seconds_max: int = Field(900, ge=30, le=86_400)
    """How old the issuer's keys may grow; after that nobody is believed until they are fetched again."""
    token_type: str = "at+jwt"  # noqa: S105 - the `typ` of an access token (RFC 9068), not a secret
    token_life_seconds_max: int = Field(3_600, ge=60, le=86_400)

    at_least_wait_seconds_max: float = Field(5.0, ge=0, le=60)
    """How long a read may wait for what its position asks for."""
    currency_wait_seconds_max: float = Field(5.0, ge=0, le=60)
    """How long a read may wait for its feed to be current."""
    recall_ack_seconds_max: int = Field(86_400, ge=1)
    """How long a partner may take to acknowledge a recall before it is listed as overdue."""

    return_discussion_offered_hours_max: int = Field(72, ge=1, le=720)
    """Within how many hours of coming back a young person is offered a return discussion (national guidance)."""
    return_discussion_completed_days_max: int = Field(7, ge=1, le=90)
    """Within how many days of coming back the return discussion is completed (national guidance)."""

    gazetteer: Path | None = None
    """A GeoJSON file of streets, shores and railways, and of the property numbers of places: they are put on a map."""

    intake: str = ""
    """Where the panel finds the intake service, such as `https://hub.example/intake`; not needed in one process."""
    panel_token: str = ""
    """With `bearer`: the file of the token with which the panel itself reports; it is read anew for each report."""

    @field_validator("owned_partitions", mode="before")
    @classmethod
    def _numbers(cls, value: object) -> object:
        return [one for one in value.split(",") if one.strip()] if isinstance(value, str) else value

    @field_validator("intake")
    @classmethod
    def _intake_is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query):
            raise ValueError("CAIRN_INTAKE must be an http or https address, without a name or password in it")
        return value

    @model_validator(mode="after")
    def _partitions_exist(self) -> Self:
        owned = self.owned_partitions
        if len(set(owned)) != len(owned) or not all(0 <= one < self.partitions for one in owned):
            raise ValueError("CAIRN_OWNED_PARTITIONS must name partitions from 0 to CAIRN_PARTITIONS - 1, each once")
        return self

    @model_validator(mode="after")
    def _identity_is_safe(self) -> Self:
        if self.identity == "demo":
            return self
        if self.clock:
            raise ValueError("CAIRN_CLOCK is for rehearsals: with CAIRN_IDENTITY=bearer the hub goes by the machine's")
        for name in ("issuer", "audience", "jwks"):
            if not getattr(self, name):
                raise ValueError(f"CAIRN_IDENTITY=bearer needs CAIRN_{name.upper()}")
        if not _is_public_https(self.issuer):
            raise ValueError("CAIRN_ISSUER must be an https address that is not on this machine")
        if "://" in self.jwks and not _is_public_https(self.jwks):
            raise ValueError("CAIRN_JWKS must be a file, or an https address that is not on this machine")
        if self.token_type.lower() not in ("at+jwt", "jwt"):
            raise ValueError("CAIRN_TOKEN_TYPE must be at+jwt, or JWT for an issuer that cannot say at+jwt")
        return self


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_public_https(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname) and not _is_loopback(parts.hostname or "")
