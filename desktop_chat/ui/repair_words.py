"""What a repair has come to, and what copies there are, in words."""

from __future__ import annotations

from typing import Final

from desktop_chat.core.backups import CopyKind
from desktop_chat.core.salvage import SalvageReport
from desktop_chat.ui.figures import counted

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
    if report.lost_file_count:
        what = counted(report.lost_file_count, "attached file")
        lines.append(f"Lost: {what}. What waited to be sent with one is among the recent texts.")
    if report.titles:
        lines.append("Messages are missing in: " + ", ".join(f"“{title}”" for title in report.titles) + ".")
    return tuple(lines)
