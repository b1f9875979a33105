"""The panel's room as a whole: everything that its interface and its pages call, made once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.kernel.access import AccessGate
from services.kernel.clock import Clock
from services.kernel.following import Follower
from services.kernel.keys import Keys
from services.kernel.store import Store
from services.panel.application.actions import Actions
from services.panel.application.back_links import BackLinks
from services.panel.application.contexts import Contexts
from services.panel.application.convening import Convening
from services.panel.application.discussions import Discussions
from services.panel.application.interests import Interests
from services.panel.application.kept import Kept
from services.panel.application.kept_meetings import KeptMeetings
from services.panel.application.meetings import Meetings
from services.panel.application.naming import Naming
from services.panel.application.proceedings import Proceedings
from services.panel.application.referrals import Referrals
from services.panel.application.texts import Texts
from services.panel.arrivals import Arrivals
from services.panel.domain.room import PANEL
from services.panel.escalating import Escalating
from services.panel.intake import Intake
from services.panel.known import KnownNumbers
from services.panel.packs import Packs
from services.panel.posting import Posting
from services.panel.reading import Reading


@dataclass(frozen=True)
class Room:
    """What is called."""

    kept: Kept
    reading: Reading
    contexts: Contexts
    referrals: Referrals
    meetings: Meetings
    convening: Convening
    proceedings: Proceedings
    interests: Interests
    actions: Actions
    back_links: BackLinks
    numbers: KnownNumbers
    discussions: Discussions
    packs: Packs
    clock: Clock
    followers: tuple[Follower, ...]
    """What moves the room on: arrivals, escalation, and what is posted to intake."""


def open_room(
    store: Store,
    keys: Keys,
    gate: AccessGate,
    clock: Clock,
    reading: Reading,
    arriving: Reading,
    intake: Intake,
    credentials: Callable[[], Mapping[str, str]],
    panel: str = PANEL,
) -> Room:
    """Make the room. `arriving` reads without waiting, for the follower that looks again anyway; `credentials` are the
    headers by which intake knows the panel itself."""
    kept = Kept(store, Texts(keys), clock, keys.mac, panel)
    kept_meetings = KeptMeetings(kept)
    interests = Interests(kept, kept_meetings)
    contexts = Contexts(kept, gate)
    referrals = Referrals(kept, gate, interests.in_referral)
    actions = Actions(kept, gate, interests.in_item)
    numbers = KnownNumbers(reading)
    naming = Naming(kept, contexts, numbers)
    meetings = Meetings(kept, kept_meetings, gate, referrals, actions)
    return Room(
        kept=kept,
        reading=reading,
        contexts=contexts,
        referrals=referrals,
        meetings=meetings,
        convening=Convening(kept, kept_meetings, referrals, contexts),
        proceedings=Proceedings(kept, kept_meetings, referrals, contexts, actions, naming),
        interests=interests,
        actions=actions,
        back_links=BackLinks(kept, gate),
        numbers=numbers,
        discussions=Discussions(kept, gate, intake),
        packs=Packs(reading, meetings, contexts, clock),
        clock=clock,
        followers=(
            Arrivals(kept, arriving, contexts, referrals),
            Escalating(kept, actions, clock),
            Posting(kept, intake, credentials),
        ),
    )
