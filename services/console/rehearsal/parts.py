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
def real_parts() -> Iterator[Configure]:
    """Kafka, OPA and PostgreSQL: those that `deploy.local` is told of, or else started here for the while.

    A folder that is a copy of another hub's gets a copy of what that hub has on them. All is removed at the end.
    """
    with running() as parts, ExitStack() as shares:

        def configure(folder: Path) -> Settings:
            note = folder / "share"
            share = shares.enter_context(parts.share(note.read_text() if note.exists() else None))
            note.write_text(share.name)
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
