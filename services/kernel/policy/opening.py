"""Opening a policy engine by its address."""

from pathlib import Path

from services.kernel.policy import PolicyEngine
from services.kernel.policy.bundle import Bundle


def open_policy(address: str, bundle: Path) -> PolicyEngine:
    """`embedded:` decides in this process, `http://host:port` on an OPA server. `bundle` is the policy folder.

    Raises ValueError for any other address, BundleUnusable for policies that cannot be loaded.
    """
    if address == "embedded:":
        from services.kernel.policy.embedded import EmbeddedPolicy

        return EmbeddedPolicy(Bundle.read(bundle))
    if address.startswith(("http://", "https://")):
        from services.kernel.policy.opa import OpaPolicy

        return OpaPolicy(address, Bundle.read(bundle))
    raise ValueError("a policy engine's address is `embedded:` or `http://host:port`")
