"""What a search starts with: the place where the reader is, and the words he has selected."""

from __future__ import annotations

from typing import Final

from desktop_chat.ui.transcript.finding.searched import Hit
from desktop_chat.ui.transcript.page import Page
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.taking.selection import Selection

_SELECTED_UNITS_MAX: Final = 200


def place_of_reader(page: Page, selection: Selection) -> Hit:
    """The selection's start, or the top of the screen: a place to search from, not a hit."""
    if not selection.is_empty:
        first = selection.ends[0]
        return Hit(first.row, first.part, first.offset, 0)
    spots = page.spots(0.0, page.scrolling.page_px)
    spot = next((spot for spot in spots if spot.top >= 0), spots[0] if spots else None)
    return Hit(spot.row, spot.index, 0, 0) if spot is not None else Hit(max(0, len(page.rows) - 1), 0, 0, 0)


def selected_line(page: Page, selection: Selection) -> str:
    """What is selected, when it is a word or some in one line; else nothing."""
    if selection.is_empty:
        return ""
    first, last = selection.ends
    if (first.row, first.part) != (last.row, last.part) or last.offset - first.offset > _SELECTED_UNITS_MAX:
        return ""
    part = page.rows.item(first.row).stack.parts[first.part]
    text = part.plain(first.offset, min(last.offset, part.length))
    if first.offset == 0 and isinstance(part, LeafPart):
        text = text.removeprefix(f"{part.leaf.marker} ")
    return "" if "\n" in text else text.strip()
