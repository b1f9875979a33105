"""What a young person says: what they know will be passed on to keep somebody safe, and what they were promised is not.

The young person is told beforehand which is which; both sections keep that they were.
"""

from typing import ClassVar

from schemas.annotations import ChildQuote, Coded, FreeText
from schemas.classes import DataClass
from schemas.reports.codes import Agency, Harm
from schemas.reports.sections import Section


class VoiceSafety(Section):
    """What a young person said that others must know to keep somebody safe."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.VOICE_SAFETY

    told_what_is_shared: Coded[bool] | None = None
    """Whether the young person was told beforehand what would be passed on."""
    heard_by: Coded[Agency] | None = None
    choice_of_person_offered: Coded[bool] | None = None
    harms: Coded[tuple[Harm, ...]] = ()
    own_words: ChildQuote | None = None
    summary: FreeText | None = None
    """What led to it, what happened, and what would help, as the listener understood it."""
    from_carers: FreeText | None = None
    """What those who care for the young person said, where the young person chose not to speak."""
    agreed_plan: FreeText | None = None


class VoicePrivate(Section):
    """What a young person said on the promise that it stays between them and the listener."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.VOICE_PRIVATE

    promised_private: Coded[bool] | None = None
    own_words: ChildQuote | None = None
    summary: FreeText | None = None
