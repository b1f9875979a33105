"""What throw-away hubs are made of: files in a folder of their own, or a share of the real parts."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.local.parts import running
from services.kernel.settings import Settings

Configure = Callable[[Path], Settings]


def embedded_settings(folder: Path) -> Settings:
    """Everything in one folder, in one process, with nothing running that a read could wait for."""
    return Settings(
        log=f"sqlite:///{folder}/log.db",
        store=f"sqlite:///{folder}",
        policy="embedded:",
        keys=f"file://{folder.absolute()}",
        partitions=1,
        at_least_wait_seconds_max=0,
        currency_wait_seconds_max=0,
    )


@contextmanager
def embedded_parts() -> Iterator[Configure]:
    """Everything in the hub's own folder."""
    yield embedded_settings


@contextmanager
def real_parts() -> Iterator[Configure]:
    """Kafka, OPA and PostgreSQL: those that `deploy.local` is told of, or else started here for the while.

    What hubs made on them is removed at the end.
    """
    with running() as parts, ExitStack() as shares:

        def configure(folder: Path) -> Settings:
            share = shares.enter_context(parts.share())
            return Settings(
                log=share.log,
                store=share.store,
                policy=share.policy,
                keys=f"file://{folder}",
                partitions=1,
                at_least_wait_seconds_max=0,
                currency_wait_seconds_max=0,
            )

        yield configure
