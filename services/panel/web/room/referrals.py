"""Referrals: what agencies bring to the panel, one by one, and sending one in."""

from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.pages import Cell, Link, Option, Part, link, short_ref, text
from services.kernel.pages.listing import ROWS_OF_A_TWIN, Column, Filter, Listing, Order, Row, shown, twin
from services.panel.application.referral_views import ReferralLine
from services.panel.domain.panel_referral import Standing
from services.panel.domain.prompts import QUESTIONS
from services.panel.web.practice.called import callings
from services.panel.web.practice.entries import entry_shown
from services.panel.web.practice.room import Word
from services.panel.web.room import referral_forms
from services.panel.web.room.referral_forms import PATH
from services.panel.web.room.setting import PanelRoom, ReferralRef, Visit, Visiting
from services.panel.web.room.wording import (
    ABOUT,
    GIVEN,
    HAPPENED,
    OUTCOMES_IN_SHORT,
    STANDINGS,
    Called,
    day_of,
    time_of,
)

_TO_REVIEW: Final = "to_review"
_TONES: Final[Mapping[str, str]] = {Standing.RECEIVED: "yellow", Standing.RETURNED: "yellow", Standing.DECIDED: "green"}
_OVER: Final = (
    Column("about", "About"),
    Column("by_partner", "From"),
    Column("received", "Received"),
    Column("hear_by", "Hear by"),
    Column("standing", "How far"),
)
_LABELS: Final[Mapping[str, str]] = {
    "asked": "Asked of the panel",
    "concern": "Worries",
    "strengths": "What goes well",
    "immediate_safety": "Safety now",
    "views": "In their own words",
    "no_views_because": "No views, because",
    "wanted": "Asked of the referrer",
    "more": "Answered by the referrer",
}


def install(router: APIRouter, setting: PanelRoom) -> None:
    """`/room/referrals`, the same as data, sending one in, and each of them."""

    @router.get(PATH)
    def referrals(request: Request, visit: Visiting, standing: Word = "") -> Response:
        listing = _found(setting, visit, standing)
        of_panel = setting.of_panel(visit)
        return setting.page(
            visit, "referrals.html", "Referrals", list=listing, shown=shown(request, listing), of_panel=of_panel,
        )  # fmt: skip

    @router.get(f"{PATH}.csv")
    @router.get(f"{PATH}.json")
    def referrals_as_data(request: Request, visit: Visiting, standing: Word = "") -> Response:
        return twin(_found(setting, visit, standing), request)

    referral_forms.install_sending(router, setting)

    @router.get(f"{PATH}/{{referral}}")
    def referral(visit: Visiting, ref: ReferralRef) -> Response:
        return _page(setting, visit, ref)

    referral_forms.install_steps(router, setting)


def _page(setting: PanelRoom, visit: Visit, ref: str) -> Response:
    one = setting.room.referrals.referral(visit.who, visit.purpose, ref)
    called, of_panel = setting.called(visit.who), setting.of_panel(visit)
    entries, told_of = [], callings(())
    if one.report and of_panel:
        told = setting.room.reading.chronology(
            visit.who, visit.purpose, "panel.referral-report", lambda held: held.report == one.report
        )
        records = sorted(told.records, key=lambda each: (each.held.data_class, each.held.rendering.reference))
        told_of = callings(records)
        entries = [entry_shown(each, told, told_of.words) for each in records]
    line = one.line
    return setting.page(
        visit,
        "referral.html",
        ABOUT[line.about],
        crumbs=[Link("Referrals", visit.at("/referrals"))],
        line=line,
        of_panel=of_panel,
        sender=called.agency(line.by_partner),
        received=time_of(line.received_at),
        hear_by=day_of(line.hear_by),
        standing=STANDINGS[line.standing],
        tone=_TONES.get(line.standing, "grey"),
        outcome=OUTCOMES_IN_SHORT.get(line.outcome or "", ""),
        words=[(_LABELS[name], one.words[name], name == "views") for name in _LABELS if one.words.get(name)],
        more=[(_LABELS.get(name, ""), said) for each in one.more for name, said in each.items() if name in _LABELS],
        young_people=[(told_of.words(name) if told_of.is_named(name) else "", short_ref(name),
                       visit.near(f"/young-people/{name}")) for name in one.young_people if name],
        unknown=sum(1 for name in one.young_people if not name),
        contexts=[told_of.words(name) if told_of.is_named(name) else short_ref(name) for name in one.contexts],
        entries=entries,
        prompts=[(words, GIVEN[one.prompts[prompt]], one.prompts_words.get(prompt, ""))
                 for prompt, words in QUESTIONS.items() if prompt in one.prompts],
        peer_reviews=[(called.person(each["by"]), time_of(each["at"]), each.get("learning", ""))
                      for each in one.peer_reviews],
        history=[(time_of(each["at"]), HAPPENED.get(each["kind"], each["kind"]),
                  called.person(each["by"]) if each.get("by") else "") for each in reversed(one.history)],
        meeting=visit.at(f"/meetings/{line.meeting}") if line.meeting else None,
        do=lambda step: visit.at(f"/referrals/{ref}/{step}"),
        returned=line.standing == Standing.RETURNED,
        decided=line.standing == Standing.DECIDED,
    )  # fmt: skip


def _found(setting: PanelRoom, visit: Visit, standing: str) -> Listing:
    called, of_panel = setting.called(visit.who), setting.of_panel(visit)
    referrals = setting.room.referrals
    options = [Option("", "All"), *(Option(code, words) for code, words in STANDINGS.items())]
    if of_panel:
        options.append(Option(_TO_REVIEW, "Waiting for peer review"))
    standing = standing if standing in {option.value for option in options} else ""
    if standing == _TO_REVIEW:
        lines = referrals.to_review(visit.who, visit.purpose)
    else:
        lines = [one for one in referrals.lines(visit.who, visit.purpose) if standing in ("", one.standing)]
    order = list(Standing)
    lines = sorted(lines, key=lambda one: (order.index(Standing(one.standing)) == len(order) - 1, one.hear_by, one.ref))
    query = {"purpose": visit.purpose.value} | ({"standing": standing} if standing else {})
    return Listing(
        caption="Referrals", path=PATH, query=query, columns=_OVER,
        rows=[_row(one, called, visit) for one in lines[:ROWS_OF_A_TWIN]], order=Order("hear_by"),
        filters=[Filter("standing", "How far", options, standing)], purpose=visit.purpose.value,
    )  # fmt: skip


def _row(one: ReferralLine, called: Called, visit: Visit) -> Row:
    notes = ["Questions of quality open"] if one.prompts_open and one.standing != Standing.DECIDED else []
    if one.sampled and not one.peer_reviewed:
        notes.append("Drawn for peer review")
    outcome = OUTCOMES_IN_SHORT.get(one.outcome or "", "")
    cells: Sequence[Cell] = (
        link(ABOUT[one.about], visit.at(f"/referrals/{one.ref}"), f"from {called.agency(one.by_partner)}"),
        text(called.agency(one.by_partner)),
        text(day_of(one.received_at)),
        text(day_of(one.hear_by)),
        Cell((
            Part(STANDINGS[one.standing], tag=_TONES.get(one.standing, "grey")),
            *(Part(words, quiet=True) for words in ([outcome] if outcome else notes)),
        )),
    )  # fmt: skip
    return Row(
        one.ref,
        cells,
        {
            "reference": one.ref,
            "about": ABOUT[one.about],
            "from": called.agency(one.by_partner),
            "received": one.received_at,
            "hear_by": one.hear_by,
            "standing": STANDINGS[one.standing],
            "outcome": outcome or None,
            "notes": "; ".join(notes) or None,
        },
    )
