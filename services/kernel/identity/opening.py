"""Opening the identity that the settings ask for."""

from services.kernel.clock import Clock, SystemClock
from services.kernel.identity import Identity
from services.kernel.settings import Settings


def open_identity(settings: Settings, clock: Clock | None = None) -> Identity:
    """Demo identities, or bearer tokens of the configured issuer."""
    if settings.identity == "demo":
        from services.kernel.identity.demo import DemoIdentity

        return DemoIdentity()
    from services.kernel.identity.bearer import BearerIdentity
    from services.kernel.identity.key_sets import key_set_at

    return BearerIdentity(
        issuer=settings.issuer,
        audience=settings.audience,
        keys=key_set_at(settings.jwks, settings.jwks_seconds_max),
        clock=clock or SystemClock(),
        token_type=settings.token_type,
        life_seconds_max=settings.token_life_seconds_max,
    )
