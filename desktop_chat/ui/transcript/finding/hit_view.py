"""Bringing a hit into view: unfolded, and at a place where it can be read in its surroundings."""

from __future__ import annotations

from typing import Final

from desktop_chat.ui.transcript.finding.searched import Hit
from desktop_chat.ui.transcript.page import Page
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.parts.style import PAGE_PADDING_PX

_PLACE: Final = 1 / 3
"""Where on the screen a hit is put, from the top."""

_ROOM_PX: Final = (64.0, 48.0)
"""A hit nearer to the upper or lower edge of the screen is moved away from it: the find bar covers a little."""


def bring_into_view(page: Page, hit: Hit) -> None:
    """Unfold what hides a hit, and move the page if it has to; the page has to be laid out afterwards."""
    rows, scrolling = page.rows, page.scrolling
    scrolling.let_go()
    part = _measured(page, hit)
    fold = part.fold_over(hit.end)
    if fold:
        rows.toggle(hit.row, fold)
        part = _measured(page, hit)
    part.reveal(hit.start, hit.end)
    rects = part.rects(hit.start, hit.end)
    top, height = (rects[0].top(), rects[-1].bottom() - rects[0].top()) if rects else (0.0, part.height)
    stack = rows.item(hit.row).stack
    y = rows.top_of(hit.row) + stack.top_of(hit.part) + top + PAGE_PADDING_PX - scrolling.value()
    if fold or not _ROOM_PX[0] <= y <= scrolling.page_px - _ROOM_PX[1] - height:
        scrolling.hold(hit.row, hit.part, top - scrolling.page_px * _PLACE)
        if scrolling.value() == scrolling.most:
            # So far down only because no text follows: what arrives later shall not move it up.
            scrolling.move_to(page.settle(), may_attach=False)


def _measured(page: Page, hit: Hit) -> Part:
    """The part of a hit, laid out."""
    stack = page.rows.item(hit.row).stack
    top = stack.top_of(hit.part)
    stack.settle(top, top + 1)
    page.rows.remeasured(hit.row)
    return stack.parts[hit.part]
