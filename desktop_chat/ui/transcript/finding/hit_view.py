"""Bringing a hit into view: unfolded, and at a place where it can be read in its surroundings; and folding again."""

from __future__ import annotations

from typing import Final

from desktop_chat.ui.transcript.finding.searched import Hit, Searched
from desktop_chat.ui.transcript.page import Page
from desktop_chat.ui.transcript.parts.style import PAGE_PADDING_PX

_PLACE: Final = 1 / 3
"""Where on the screen a hit is put, from the top."""

_ROOM_PX: Final = (64.0, 48.0)
"""A hit nearer to the upper or lower edge of the screen is moved away from it: the find bar covers a little."""


def bring_into_view(page: Page, searched: Searched, hit: Hit) -> str:
    """Unfold what hides a hit, and move the page if it has to; the page has to be laid out afterwards.

    Give the fold that was unfolded, or nothing.
    """
    rows, scrolling = page.rows, page.scrolling
    scrolling.let_go()
    part = searched.laid_out(hit)
    fold = part.fold_over(hit.end)
    if fold:
        rows.toggle(hit.row, fold)
        part = searched.laid_out(hit)
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
    return fold


def fold_again(page: Page, row: int, fold: str) -> None:
    """Fold what was unfolded for a hit; what is being read stays where it is, unless it is just that."""
    rows, scrolling = page.rows, page.scrolling
    rows.toggle(row, fold)
    anchor = scrolling.anchor()
    stack = rows.item(row).stack
    if anchor is None or anchor.row != row or not 0 <= anchor.part < len(stack.parts):
        return
    top = stack.top_of(anchor.part)
    stack.settle(top, top + 1)
    rows.remeasured(row)
    if anchor.below > stack.parts[anchor.part].height:
        scrolling.hold(row, anchor.part, -_ROOM_PX[0])
