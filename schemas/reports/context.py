"""What happens in a place, school, group or online space, and what would make it safer.

The coded fields say where and when only in bands: they are all that a partner outside the professional network reads.
"""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from schemas.annotations import ChildQuote, Coded, FreeText, Generalised, Instant, Line
from schemas.classes import DataClass
from schemas.reports.codes import Harm
from schemas.reports.sections import Section


class ContextKind(StrEnum):
    """What sort of context it is."""

    PLACE = "place"
    SCHOOL = "school"
    PEER_GROUP = "peer_group"
    ONLINE_SPACE = "online_space"


class LocationBand(StrEnum):
    """What sort of place, without saying which."""

    BUS_STATION = "bus_station"
    RAIL_STATION = "rail_station"
    STOP_OR_STANCE = "stop_or_stance"
    SHOPS = "shops"
    TAKEAWAY = "takeaway"
    PARK = "park"
    STREET = "street"
    CAR_PARK = "car_park"
    SCHOOL_GROUNDS = "school_grounds"
    SCHOOL_ROUTE = "school_route"
    LEISURE_CENTRE = "leisure_centre"
    EMPTY_BUILDING = "empty_building"
    PRIVATE_DWELLING = "private_dwelling"
    ONLINE = "online"
    OTHER = "other"


class Days(StrEnum):
    """On which days."""

    WEEKDAYS = "weekdays"
    SCHOOL_DAYS = "school_days"
    WEEKENDS = "weekends"
    HOLIDAYS = "holidays"
    EVERY_DAY = "every_day"


class Ask(StrEnum):
    """What is asked of whoever can change the context."""

    LIGHTING = "lighting"
    STAFF_PRESENCE = "staff_presence"
    YOUTH_WORK_PRESENCE = "youth_work_presence"
    POLICE_PRESENCE = "police_presence"
    CAMERAS = "cameras"
    CLEAR_SIGHT_LINES = "clear_sight_lines"
    REPAIR = "repair"
    STAFF_AWARENESS = "staff_awareness"
    SAFER_ROUTE = "safer_route"
    SELLER_CHECKS = "seller_checks"
    MODERATION = "moderation"
    SOMEWHERE_TO_GO = "somewhere_to_go"
    NOTHING_YET = "nothing_yet"


TimeBand = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):(00|30)-(([01][0-9]|2[0-3]):(00|30)|24:00)$")]
"""From one half hour to another, such as `15:30-17:30`."""

Spot = Annotated[str, StringConstraints(pattern=r"^(stance|platform|stop|gate|entrance|floor|bay) [1-9][0-9]?$")]
"""A numbered spot within a public place, such as `stance 3`."""


class Context(Section):
    """What was seen in a context, who looks after it, and what is asked."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.CONTEXT

    kind: Coded[ContextKind] | None = None
    location_band: Generalised[LocationBand] | None = None
    spot: Generalised[Spot] | None = None
    time_band: Generalised[TimeBand] | None = None
    days: Generalised[Days] | None = None
    ask: Generalised[Ask] | None = None
    observed: Coded[Instant] | None = None
    harms: Coded[tuple[Harm, ...]] = ()
    young_people_seen: Coded[int] | None = Field(default=None, ge=0, le=500)
    description: FreeText | None = None
    guardians: FreeText | None = None
    """Adults with caring intent who are there, and what they do."""
    strengths: FreeText | None = None
    online_handle: Line | None = None
    own_words: ChildQuote | None = None
