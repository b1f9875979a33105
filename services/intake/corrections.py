"""Corrections: what a later report of the same source does to an earlier one, and what that changes of contexts."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import ValidationError

from schemas.reports import ReportAmended, fitted, section_models, sections_of
from schemas.sealed import Contribution, CorrectionKind, SealedReport
from services.intake import publishing
from services.intake.domain.standing import Standing, changes
from services.intake.domain.submission import Submission
from services.intake.understanding import Reason
from services.kernel.http.problems import Problem, from_validation

Find = Callable[[str], Submission | None]
"""From the ref of a report to its submission."""


@dataclass(frozen=True)
class Placed:
    """A report with its place on the log: under which key, and what it changes of contexts.

    A report lies under its own ref, so that its place tells nothing of whom it names.
    """

    report: SealedReport
    key: str
    contributions: tuple[Contribution, ...]


def placed(report: SealedReport, present: tuple[str, ...]) -> Placed:
    """A report that corrects nothing."""
    contributions = Standing.of(report, present).contributions()
    return Placed(report, report.report, tuple(contributions.values()))


def root_of(original: Submission, find: Find) -> Submission | None:
    """The first report of a line of amendments; None if the original is a withdrawal or a regrade."""
    corrects = publishing.read(original.sealed).data.corrects
    if corrects is None:
        return original
    return find(corrects.report) if corrects.kind is CorrectionKind.AMENDED else None


def correct(report: SealedReport, present: tuple[str, ...], original: Submission, find: Find) -> Placed | Reason:
    """Apply a correction to an original that was accepted; or say why it can have no effect.

    The correction goes under the original's key, and names the first report of a line of amendments.
    """
    root = root_of(original, find)
    kind = report.corrects.kind if report.corrects else None
    if root is None or report.corrects is None:
        return Reason("/data/report", "corrects_a_correction")
    if root.withdrawn and kind is CorrectionKind.AMENDED:
        return Reason("/data/report", "report_withdrawn")
    before = _standing(root, find)
    revision = len(root.amendments) + 1
    report = report.model_copy(update={"corrects": report.corrects.model_copy(update={"report": root.report})})
    changed: tuple[Contribution, ...] = ()
    if kind is CorrectionKind.AMENDED:
        report = report.model_copy(update={"contexts": report.contexts or before.contexts})
        changed = changes(before, before.amended(Standing.of(report, present)), revision)
        root.amend(report.report)
    elif kind is CorrectionKind.WITHDRAWN and not root.withdrawn:
        changed = changes(before, None, revision)
        root.withdraw(report.report)
    return Placed(report, root.key, changed)


def unfitting(amended: ReportAmended, type_name: str, data: object) -> Problem | None:
    """What an amendment says that the sections of the type it amends do not allow; it may bring further sections."""
    own = section_models(type_name)
    others = {name: None for name in section_models(ReportAmended.TYPE) if name not in own}
    kept = amended.model_copy(update=others)
    if not sections_of(kept):
        return None
    try:
        fitted(kept, type_name)
    except ValidationError as error:
        return from_validation(error, data, "/data")
    return None


def _standing(root: Submission, find: Find) -> Standing:
    standing = Standing.of(publishing.read(root.sealed).data, root.present)
    for amendment in root.amendments:
        found = find(amendment)
        if found is not None:
            standing = standing.amended(Standing.of(publishing.read(found.sealed).data, found.present))
    return standing
