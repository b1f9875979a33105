"""Refusals: what the panel will not do, each with a code and one sentence for the person who must act."""

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar


class Sort(Enum):
    """Why something is refused."""

    UNKNOWN = "there is nothing like it that the caller may know of"
    NOT_YOURS = "the caller may know of it, and may not do this"
    CONFLICT = "it is not in a state in which this can be done"
    CONTENT = "something that was said, or left unsaid, must be corrected first"


class Refused(Exception):
    """A command that was not carried out. `missing` names what is still to be given, in codes."""

    sort: ClassVar[Sort] = Sort.CONFLICT
    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "This cannot be done now"
    detail: ClassVar[str] = ""

    def __init__(self, missing: Sequence[str] = ()) -> None:
        super().__init__(self.code)
        self.missing = tuple(missing)


class NotKnown(Refused):
    """There is no such thing, or the caller may not know of it: nobody can tell which."""

    sort = Sort.UNKNOWN
    code = "not_found"
    title = "Not found"
    detail = "There is nothing here under this name for your agency."


class NotYours(Refused):
    """The caller has no part in this that would allow it."""

    sort = Sort.NOT_YOURS
    code = "not_yours_to_do"
    title = "This is for somebody else to do"
    detail = "Ask the panel's chair or co-ordinator."


class Over(Refused):
    """What has ended stays as it was when it ended."""

    code = "over"
    title = "This has ended"
    detail = "What has ended stays as it is; begin another where there is more to do."


class StateChanged(Refused):
    """It is not in the state that the caller has seen."""

    code = "changed"
    title = "It is not as you have seen it"
    detail = "Read it again, and decide again."


class WordsMissing(Refused):
    """Something has to be put into words."""

    sort = Sort.CONTENT
    code = "words_missing"
    title = "Something has still to be said"
    detail = "Say what is missing, or say why there is none."
