"""Times as people in Scotland read them: `Thu 16 Apr 2026, 21:55`, in local time whatever the machine's zone is."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_words(value: date | datetime) -> str:
    """The day, such as `Thu 16 Apr 2026`, as it is in London."""
    local = value.astimezone(LONDON).date() if isinstance(value, datetime) else value
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"


def clock_words(value: datetime) -> str:
    """The time of day, such as `21:55`, as it is in London."""
    return f"{value.astimezone(LONDON):%H:%M}"


def time_words(value: datetime) -> str:
    """Day and time, such as `Thu 16 Apr 2026, 21:55`."""
    return f"{day_words(value)}, {clock_words(value)}"


def span_words(seconds: float) -> str:
    """How long, in the largest unit that fits: `3 days`, `1 hour`, `less than a minute`."""
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        count = int(seconds // size)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"


def elapsed_words(seconds: float) -> str:
    """How long, to the minute, as a clock that runs shows it: `2 days 3 h`, `7 h 05 min`, `12 min`."""
    minutes = max(0, int(seconds // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} day{'s' if days > 1 else ''} {hours} h"
    return f"{hours} h {rest:02} min" if hours else f"{rest} min"


def local_input(value: datetime) -> str:
    """The value of a date and time field: `2026-04-16T21:55`, in London."""
    return f"{value.astimezone(LONDON):%Y-%m-%dT%H:%M}"


def instant_given(text: str) -> datetime:
    """The instant a person or system means; without an offset, London time. Raises ValueError."""
    value = datetime.fromisoformat(text)
    return value if value.tzinfo is not None else value.replace(tzinfo=LONDON)
