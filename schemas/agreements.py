"""An information sharing agreement, as its parties sign it.

The headings follow those of the ICO's data sharing code and the Scottish Information Sharing Toolkit. What the
hub enforces is `purpose`, `parties`, `starts`, `ends` and `grants`; the rest is what people must be able to read.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from schemas.classes import GENERALISABLE, GRANTABLE, NEVER_GRANTED, DataClass, Form, PartnerId, Published, Purpose


class AgreementKind(StrEnum):
    """Regular and reciprocal, one way, or between joint controllers."""

    ISP = "ISP"
    DDA = "DDA"
    JCA = "JCA"


class OnWithdrawal(StrEnum):
    """What happens to what a withdrawing party had already shared: others keep it, or it is recalled."""

    RETAIN = "retain"
    RECALL = "recall"


class LawfulBasis(Published):
    """Why sharing is lawful, in the law's own words."""

    article_6: str
    article_9: str | None = None
    statutory_power: str | None = None
    regime: str = "part2"


class Agreement(Published):
    """One version of an agreement. In force for starts <= t < ends.

    A grant to an agency that is not a party is no error, and gives nothing.
    """

    id: str = Field(min_length=1, max_length=80)
    title: str = Field(min_length=1, max_length=200)
    kind: AgreementKind = AgreementKind.ISP
    purpose: Purpose
    parties: tuple[PartnerId, ...] = Field(min_length=2)
    starts: datetime
    ends: datetime
    review_due: date | None = None
    grants: dict[PartnerId, dict[DataClass, Form]]
    on_withdrawal: OnWithdrawal = OnWithdrawal.RECALL
    cohort: str = "Young people harmed, or at risk of harm, outside the home"
    benefits: str = ""
    lawful_basis: LawfulBasis = LawfulBasis(article_6="6(1)(e) public task")
    security: str = ""
    retention: str = ""
    rights: str = ""
    termination: str = ""
    contacts: dict[PartnerId, str] = Field(default_factory=dict)
    """Whom to ask at each party: a role, never a person's name."""

    @model_validator(mode="after")
    def _grants_what_can_be_granted(self) -> Self:
        for classes in self.grants.values():
            for data_class, form in classes.items():
                if data_class in NEVER_GRANTED:
                    raise ValueError(f"no agreement can grant {data_class}")
                if form not in GRANTABLE:
                    raise ValueError(f"{form} cannot be granted")
                if form is Form.GENERALISED and data_class not in GENERALISABLE:
                    raise ValueError(f"{data_class} has no generalised form")
        if self.starts.tzinfo is None or self.ends.tzinfo is None:
            raise ValueError("starts and ends need an offset")
        return self
