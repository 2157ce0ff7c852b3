"""Links as places to click; an address that may not be opened is text, and told where the pointer is on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QRectF

from desktop_chat.ui.transcript.markdown.blocks import Span
from desktop_chat.ui.transcript.markdown.links import doubt_about, openable, shown_target
from desktop_chat.ui.transcript.parts.part import Deed, Target


def link_targets(span: Span, name: str, rects: Iterable[QRectF]) -> Iterator[Target]:
    """A target for each line that a span with an address runs through."""
    url = openable(span.href)
    deed = Deed.TELL_ADDRESS if url is None else Deed.FOLLOW_LINK
    tip, doubt = shown_target(span.href), doubt_about(span.href, span.text)
    for rect in rects:
        yield Target(name, rect, deed, url or "", tip, doubt, span.text)
