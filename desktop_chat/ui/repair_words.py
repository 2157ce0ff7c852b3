"""What a repair has come to, and what copies there are, in words."""

from __future__ import annotations

from typing import Final

from desktop_chat.core.backups import CopyKind
from desktop_chat.core.salvage import SalvageReport

_MINUTE_S: Final = 60
_HOUR_S: Final = 3_600
_DAY_S: Final = 86_400

KINDS: Final = {
    CopyKind.WEEKLY: "Weekly",
    CopyKind.BEFORE_UPDATE: "Before an update",
    CopyKind.REPLACED: "Before a restore",
    CopyKind.DAMAGED: "Damaged, kept",
}


def report_lines(report: SalvageReport) -> tuple[str, ...]:
    """The report of a repair, a sentence or two a line; where the damaged file is stands elsewhere."""
    saved = (
        f"Saved: {counted(report.conversation_count, 'conversation')} with {counted(report.message_count, 'message')}"
    )
    if report.draft_count:
        saved += f", {counted(report.draft_count, 'draft')}"
    lines = [f"{saved}."]
    if report.is_whole:
        return (*lines, "Nothing is known to be missing.")
    if report.lost_count:
        lines.append(f"Lost: {counted(report.lost_count, 'message')}.")
    if report.cut_count:
        lines.append(f"Only the beginning is left of {counted(report.cut_count, 'message')}.")
    if report.untitled_count:
        what = counted(report.untitled_count, "conversation")
        lines.append(f"The title is lost of {what}; it was made anew from the first question.")
    if report.titles:
        lines.append("Messages are missing in: " + ", ".join(f"“{title}”" for title in report.titles) + ".")
    return tuple(lines)


def counted(count: int, noun: str) -> str:
    """A number with its noun: `1 message`, `9,896 messages`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def age_text(age_s: float) -> str:
    """How long ago something was: `just now`, `5 minutes ago`, `3 days ago`; nothing for what is yet to come."""
    if age_s < -_DAY_S:
        return ""
    if age_s < 2 * _MINUTE_S:
        return "just now"
    for unit_s, noun in ((365 * _DAY_S, "year"), (30 * _DAY_S, "month"), (_DAY_S, "day"), (_HOUR_S, "hour")):
        if age_s >= unit_s:
            return f"{counted(int(age_s // unit_s), noun)} ago"
    return f"{counted(int(age_s // _MINUTE_S), 'minute')} ago"
