"""The composition: which adapters each service gets, by the addresses in its settings.

The only module that knows all services.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from services.front import front
from services.governance.app import GovernanceParts
from services.governance.app import create as create_governance
from services.intake.app import IntakeParts
from services.intake.app import create as create_intake
from services.kernel import topics
from services.kernel.clock import Clock
from services.kernel.following import Follower, settle
from services.kernel.identity import Identity
from services.kernel.identity.opening import open_identity
from services.kernel.keys import Keys
from services.kernel.keys.opening import open_keys
from services.kernel.log import Log, LogUnavailable
from services.kernel.log.opening import open_log
from services.kernel.policy.opening import open_policy
from services.kernel.settings import Settings
from services.kernel.store import Store
from services.kernel.store.opening import open_store
from services.panel.app import PanelParts, PanelService
from services.panel.app import create as create_panel
from services.panel.application.gazetteers import gazetteer_at
from services.panel.domain.missing_clocks import Clocks
from services.panel.domain.room import PANEL
from services.panel.intake import Intake, IntakeInProcess, IntakeNowhere, IntakeOverHttp
from services.sharing.app import SharingParts
from services.sharing.app import create as create_sharing

POLICIES = Path(__file__).parents[1] / "policies"
SERVICES = ("intake", "sharing", "governance", "panel")


class Service(Protocol):
    """What every service's `create` returns."""

    @property
    def app(self) -> FastAPI: ...

    @property
    def followers(self) -> Sequence[Follower]: ...

    def close(self) -> None: ...


class Hub:
    """Some services, or all, in one process, on the adapters that the settings name."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        names: Sequence[str] = SERVICES,
        seed: bytes | None = None,
        pages: bool = True,
    ) -> None:
        """`seed` makes the hub a throw-away one, see `KeyFile`; without `pages` it has its interfaces alone."""
        self._settings, self._clock, self._pages = settings, clock, pages
        self._front = "/" if len(names) > 1 else None
        self.intake: Intake = self._to_intake(names)
        self.log: Log = open_log(settings.log or f"sqlite:///{settings.data}/log.db")
        self._keys: Keys = open_keys(settings.keys or f"file:{settings.data}", seed)
        self._identity: Identity = open_identity(settings, clock)
        self._topics = topics.TopicsMaker(self.log, settings.partitions)
        with suppress(LogUnavailable):  # agencies can report without the log: the topics are then made later
            self._topics.step()
        makers = {
            "intake": self._intake,
            "sharing": self._sharing,
            "governance": self._governance,
            "panel": self._panel,
        }
        self.services: dict[str, Service] = {name: makers[name]() for name in names}

    @property
    def followers(self) -> list[Follower]:
        """Everything that moves the hub on."""
        return [self._topics, *(follower for service in self.services.values() for follower in service.followers)]

    @property
    def app(self) -> Any:
        """The services as one application: alone at the root, or together each under its name."""
        if len(self.services) == 1:
            return next(iter(self.services.values())).app
        mounts = [Mount(f"/{name}", service.app) for name, service in self.services.items()]
        panel = self.services.get("panel")
        if not self._pages or not isinstance(panel, PanelService):
            return Starlette(routes=mounts)
        return front(self._identity, panel.agencies, mounts)

    def settle(self) -> None:
        """Step everything by hand until nothing is left to do; only where nothing is running by itself."""
        settle(self.followers)

    def close(self) -> None:
        """Close the services, then what they share."""
        for service in self.services.values():
            service.close()
        self._keys.close()
        self.log.close()

    def _intake(self) -> Service:
        return create_intake(
            IntakeParts(
                store=self._store("intake"),
                log=self.log,
                keys=self._keys,
                identity=self._identity,
                clock=self._clock,
            )
        )

    def _sharing(self) -> Service:
        return create_sharing(
            SharingParts(
                store=self._store("sharing"),
                log=self.log,
                keys=self._keys,
                policy=open_policy(self._settings.policy or "embedded:", POLICIES),
                identity=self._identity,
                clock=self._clock,
                settings=self._settings,
                partitions=self._settings.owned_partitions or None,
            )
        )

    def _governance(self) -> Service:
        return create_governance(
            GovernanceParts(
                log=self.log,
                store=self._store("governance"),
                identity=self._identity,
                clock=self._clock,
                front=self._front,
                pages=self._pages,
            )
        )

    def _panel(self) -> Service:
        return create_panel(
            PanelParts(
                log=self.log,
                store=self._store("panel"),
                keys=self._keys,
                identity=self._identity,
                clock=self._clock,
                intake=self.intake,
                credentials=self.panel_credentials,
                clocks=Clocks(
                    offered_within=timedelta(hours=self._settings.return_discussion_offered_hours_max),
                    completed_within=timedelta(days=self._settings.return_discussion_completed_days_max),
                ),
                gazetteer=gazetteer_at(self._settings.gazetteer, self._keys.mac),
                front=self._front,
                currency_wait_seconds_max=self._settings.currency_wait_seconds_max,
                recall_ack_seconds_max=self._settings.recall_ack_seconds_max,
            )
        )

    def _to_intake(self, names: Sequence[str]) -> Intake:
        """The way to the intake service: here, if it is one of ours, else at the address that is set."""
        if "intake" in names:
            return IntakeInProcess(lambda: self.services["intake"].app)
        return IntakeOverHttp(self._settings.intake) if self._settings.intake else IntakeNowhere()

    def panel_credentials(self) -> dict[str, str]:
        """How intake knows the panel itself: in a demo by its name, else by a token, read anew as it is renewed."""
        if self._settings.identity == "demo":
            return {"authorization": f"Demo {PANEL}/system"}
        token = Path(self._settings.panel_token).read_text("utf-8").strip() if self._settings.panel_token else ""
        return {"authorization": f"Bearer {token}"} if token else {}

    def _store(self, name: str) -> Store:
        return open_store(self._settings.store or f"sqlite:///{self._settings.data}", name)
