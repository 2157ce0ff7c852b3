"""What a repair has come to is told plainly, in numbers."""

from __future__ import annotations

from desktop_chat.core.salvage import SalvageReport
from desktop_chat.ui.repair_words import report_lines

WHOLE = SalvageReport("/data/damaged", conversation_count=2, message_count=1234, draft_count=0)


def test_a_repair_without_loss_says_so() -> None:
    assert report_lines(WHOLE) == (
        "Saved: 2 conversations with 1,234 messages.",
        "Nothing is known to be missing.",
    )


def test_losses_are_told_by_kind() -> None:
    report = SalvageReport(
        "/data/damaged", 1, 1, 3, cut_count=2, lost_count=1, untitled_count=1, lost_file_count=2, titles=("A", "B")
    )

    assert report_lines(report) == (
        "Saved: 1 conversation with 1 message, 3 drafts.",
        "Lost: 1 message.",
        "Only the beginning is left of 2 messages.",
        "The title is lost of 1 conversation; it was made anew from the first question.",
        "Lost: 2 attached files. What waited to be sent with one is among the recent texts.",
        "Messages are missing in: “A”, “B”.",
    )
