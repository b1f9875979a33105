"""The contract of the identity port, which every adapter keeps; and what only the demo identities promise."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from services.kernel.identity import Caller, Identity, Role
from services.kernel.identity.demo import DemoIdentity
from tests.support.issuer import Headers, bearer, bearer_identity, claims, refused, request, token


@dataclass
class Adapter:
    """An adapter with the way in which a caller shows who it is."""

    identity: Identity
    shows: Callable[[str, str, str], Headers]


def _demo_headers(partner: str, name: str, role: str) -> Headers:
    return [("Authorization", f"Demo {partner}/{role if role != 'practitioner' else name}")]


def _bearer_headers(partner: str, name: str, role: str) -> Headers:
    return bearer(token(claims(sub=name, cairn_partner=partner, cairn_roles=[role])))


@pytest.fixture(params=["demo", "bearer"])
def adapter(request: pytest.FixtureRequest) -> Adapter:
    if request.param == "demo":
        return Adapter(DemoIdentity(), _demo_headers)
    return Adapter(bearer_identity(), _bearer_headers)


def test_a_caller_is_known_by_agency_practitioner_and_role(adapter: Adapter) -> None:
    shown = adapter.shows("police", "officer-17", "practitioner")

    assert adapter.identity.identify(request(shown)) == Caller(
        "police/officer-17", "police", frozenset({Role.PRACTITIONER})
    )


@pytest.mark.parametrize("role", [Role.SYSTEM, Role.SIGNATORY])
def test_a_role_lets_its_holder_do_that_and_no_more(adapter: Adapter, role: Role) -> None:
    caller = adapter.identity.identify(request(adapter.shows("social-work", "x", role)))

    assert caller.partner == "social-work"
    assert [each for each in Role if caller.may(each)] == [role]


def test_nobody_is_known_without_credentials(adapter: Adapter) -> None:
    assert refused(adapter.identity, request([]))
    assert refused(adapter.identity, request([("Authorization", "")]))


def test_two_authorization_headers_are_refused_even_if_they_agree(adapter: Adapter) -> None:
    shown = adapter.shows("police", "officer-17", "practitioner")

    assert refused(adapter.identity, request(shown * 2))
    assert refused(adapter.identity, request([*shown, ("Authorization", "Basic eDp5")]))


@pytest.mark.parametrize("scheme", ["Basic", "Digest", "", "DPoP", "demobearer"])
def test_another_scheme_is_refused(adapter: Adapter, scheme: str) -> None:
    (_, text) = adapter.shows("police", "officer-17", "practitioner")[0]

    assert refused(adapter.identity, request([("Authorization", f"{scheme} {text.split(' ')[1]}")]))


@pytest.mark.parametrize("partner", ["", "Police", "police/x", "-police", "pol ice", "p" * 64, "police\n", "ポリス"])
def test_a_partner_that_is_not_written_as_one_is_refused(adapter: Adapter, partner: str) -> None:
    try:
        connection = request(adapter.shows(partner, "officer-17", "practitioner"))
    except UnicodeEncodeError:
        return
    assert refused(adapter.identity, connection)


def test_a_refusal_names_the_scheme_to_use(adapter: Adapter) -> None:
    scheme = adapter.shows("police", "x", "practitioner")[0][1].split(" ")[0]

    assert adapter.identity.challenge.startswith(scheme)


def test_the_demo_governance_lead_is_the_only_one_with_that_role() -> None:
    def role_of(text: str) -> frozenset[Role]:
        return DemoIdentity().identify(request([("Authorization", f"Demo {text}")])).roles

    assert role_of("governance/lead") == {Role.GOVERNANCE}
    assert role_of("governance/other") == role_of("police/lead") == {Role.PRACTITIONER}


@pytest.mark.parametrize("cookie", ["cairn_demo=police/officer-17", 'cairn_demo="police/officer-17"'])
def test_a_demo_cookie_serves_pages(cookie: str) -> None:
    assert DemoIdentity().identify(request([("Cookie", cookie)])).practitioner == "police/officer-17"


def test_a_demo_cookie_does_not_stand_in_for_a_wrong_header() -> None:
    headers = [("Cookie", "cairn_demo=police/officer-17"), ("Authorization", "Bearer x")]

    assert refused(DemoIdentity(), request(headers))


@pytest.mark.parametrize("client", [("10.0.0.8", 1), ("192.0.2.1", 1), ("2001:db8::1", 1), ("testclient", 1), None])
def test_demo_identities_are_for_this_machine_alone(client: tuple[str, int] | None) -> None:
    assert refused(DemoIdentity(), request([("Authorization", "Demo police/system")], client))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_every_loopback_address_is_this_machine(host: str) -> None:
    assert DemoIdentity().identify(request([("Authorization", "Demo police/system")], (host, 1))).partner == "police"


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "X-Real-IP"])
def test_demo_identities_do_not_pass_through_a_proxy(name: str) -> None:
    assert refused(DemoIdentity(), request([("Authorization", "Demo police/system"), (name, "127.0.0.1")]))
