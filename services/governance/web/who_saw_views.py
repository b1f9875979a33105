"""Who saw what: a page of accesses, filtered by what its address says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from services.governance.projections.accesses import AccessFilter, accesses
from services.governance.projections.decisions import Item, items_known
from services.governance.projections.rules import Version, partners, versions
from services.governance.web.desk import Desk, Governing, Word, names_of, not_found
from services.governance.web.who_saw_page import accesses_shown
from services.kernel.pages import FieldError, Option, address, short_ref
from services.kernel.pages.times import instant_given, local_input
from services.kernel.pages.words import class_words, type_words

_LINES = 50


@dataclass(frozen=True)
class AccessForm:
    """What the filter of the page says, as it was written."""

    partner: str
    agreement: str
    since: str
    until: str
    item: str
    subject: str
    practitioner: str
    oversight: bool

    def query(self) -> dict[str, str]:
        """The address of this very filter."""
        asked = {
            "partner": self.partner, "agreement": self.agreement, "from": self.since, "to": self.until,
            "item": self.item, "subject": self.subject, "practitioner": self.practitioner,
            "oversight": "yes" if self.oversight else "",
        }  # fmt: skip
        return {name: value for name, value in asked.items() if value}

    def interface_query(self) -> dict[str, str]:
        """The same accesses, asked of the interface; it always tells of oversight too."""
        return {name: value for name, value in self.query().items() if name != "oversight"}

    def understood(self) -> tuple[AccessFilter, list[FieldError]]:
        """What is asked for, and what could not be understood."""
        errors: list[FieldError] = []
        since, until = _instant("from", self.since, errors), _instant("to", self.until, errors)
        wanted = AccessFilter(
            item=self.item or None,
            subject=self.subject or None,
            practitioner=self.practitioner or None,
            partner=self.partner or None,
            agreement=self.agreement or None,
            since=since,
            until=until,
            with_purpose=not self.oversight,
        )
        return wanted, errors


@dataclass(frozen=True)
class InstantField:
    """A date and time as its field shows it: chosen from a calendar or, where it was not one, to be corrected."""

    value: str
    type: str = "datetime-local"


def _field(text: str, understood: datetime | None) -> InstantField:
    if text and understood is None:
        return InstantField(text, "text")
    return InstantField(local_input(understood) if understood else "")


def access_form(
    partner: Word = "",
    agreement: Word = "",
    since: Annotated[str, Query(alias="from", max_length=40)] = "",
    until: Annotated[str, Query(alias="to", max_length=40)] = "",
    item: Word = "",
    subject: Word = "",
    practitioner: Word = "",
    oversight: Word = "",
) -> AccessForm:
    """The filter that the address states."""
    return AccessForm(
        partner, agreement, since, until, item.strip(), subject.strip(), practitioner.strip(), oversight == "yes"
    )


def add_who_saw(router: APIRouter, desk: Desk) -> None:
    """`/who-saw`: accesses, the newest first; opening the page is itself an access."""

    @router.get("/who-saw")
    def who_saw(
        request: Request, who: Governing, form: Annotated[AccessForm, Depends(access_form)], after: Word = ""
    ) -> Response:
        wanted, errors = form.understood()
        desk.gate.record(who, "governance.who_saw", None, ())
        with desk.store.reading() as session:
            everyone, known = partners(session), versions(session)
            try:
                found = [] if errors else accesses(session, wanted, after or None, _LINES + 1)
            except KeyError:
                raise not_found() from None
            page = found[:_LINES]
            items = items_known(session, sorted({line.seen.item for line in page if line.seen} | {form.item}))
        names, query = names_of(everyone), form.query()
        return desk.page(
            request,
            who,
            "who_saw.html",
            "Who saw what",
            status=422 if errors else 200,
            error=errors,
            form=form,
            since=_field(form.since, wanted.since),
            until=_field(form.until, wanted.until),
            narrowed=_narrowed(request, form, items.get(form.item), names),
            accesses=accesses_shown(page, items, known, names),
            partner_options=[Option("", "Every agency"), *(Option(each.partner, each.name) for each in everyone)],
            agreement_options=_agreements(known),
            further=address(request, "/who-saw", **query, after=page[-1].cursor) if len(found) > _LINES else None,
            first=address(request, "/who-saw", **query) if after else None,
            csv=address(request, "/v1/who-saw.csv", **form.interface_query()),
            json=address(request, "/v1/who-saw", **form.interface_query()),
        )


@dataclass(frozen=True)
class Narrowed:
    """Something the list is narrowed to that has no field on the form."""

    field: str
    value: str
    label: str
    words: str
    without: str


def _narrowed(request: Request, form: AccessForm, item: Item | None, names: dict[str, str]) -> list[Narrowed]:
    narrowed = []
    query = form.query()
    if form.item:
        words = short_ref(form.item)
        if item is not None:
            words = f"{class_words(item.data_class)} ({type_words(item.type)}, {names.get(item.by, item.by)})"
        narrowed.append(("item", form.item, "Item", words))
    if form.subject:
        narrowed.append(("subject", form.subject, "About", short_ref(form.subject)))
    return [
        Narrowed(
            field, value, label, words,
            address(request, "/who-saw", **{name: kept for name, kept in query.items() if name != field}),
        )
        for field, value, label, words in narrowed
    ]  # fmt: skip


def _agreements(known: list[Version]) -> list[Option]:
    titles = {version.agreement: version.document.title for version in known}
    every = [Option(agreement, f"{title} ({agreement})") for agreement, title in sorted(titles.items())]
    return [Option("", "Every agreement"), *every]


def _instant(field: str, text: str, errors: list[FieldError]) -> datetime | None:
    if not text:
        return None
    try:
        return instant_given(text)
    except (ValueError, OverflowError):
        errors.append(FieldError(field, "Write a date and time, such as 2026-04-18T09:00"))
        return None
