"""What one agency is asked to do, in words that were written for it; why it was decided is told elsewhere, or not."""

from typing import ClassVar

from schemas.annotations import Coded, Day, FreeText
from schemas.classes import DataClass
from schemas.reports.sections import Section


class Action(Section):
    """An action that was assigned."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.ACTION

    to_do: FreeText | None = None
    """To be read by itself: it holds nothing of the decision that it comes from."""
    due: Coded[Day] | None = None
