"""The strip under a message: how it ended when it did not simply end, and what to do about it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QElapsedTimer, QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QApplication

from desktop_chat.core.failure import Action
from desktop_chat.ui.shortcuts import Command, key_text
from desktop_chat.ui.transcript.markdown.blocks import Mark, Span
from desktop_chat.ui.transcript.messages.words import (
    ACTION_WORDS,
    EDIT_UNSENT_WORDS,
    EDIT_WORDS,
    KEEP_WORDS,
    NOW_WORDS,
    RESEND_WORDS,
    STOP_WORDS,
    StripWords,
    Tone,
)
from desktop_chat.ui.transcript.parts.marked import Marked
from desktop_chat.ui.transcript.parts.part import Canvas, Deed, Part, Target
from desktop_chat.ui.transcript.parts.rich_text import RichText, label
from desktop_chat.ui.transcript.parts.style import Role, Style

DETAILS: Final = "details"
_PADDING_PX: Final = (12.0, 9.0)
_RADIUS_PX: Final = 10.0
_GAP_PX: Final = 14.0
_TEXT_LEAST_PX: Final = 220.0
_DEEDS: Final = {
    Action.RETRY: Deed.RETRY,
    Action.CONTINUE: Deed.CONTINUE,
    Action.OPEN_KEY: Deed.OPEN_KEY,
    Action.OPEN_SETTINGS: Deed.OPEN_SETTINGS,
}


class StripPart(Part):
    """One strip; Details unfolds what is known below it."""

    margins = (8.0, 8.0)

    def __init__(self, words: StripWords, style: Style, is_unfolded: bool, former: StripPart | None = None) -> None:
        """Make a strip; `former` is the one in whose place it stands."""
        self._words = words
        self._border = QColor(getattr(style.colors, words.tone))
        title_color = style.inks.text if words.tone == Tone.CALM else self._border
        spans = (Span(words.title, Mark.BOLD), Span(f" {words.text}" if words.text else ""))
        self._text = RichText(spans, Role.SMALL, style, bold_color=title_color)
        named = {**ACTION_WORDS, Action.RETRY: RESEND_WORDS} if words.is_unsent else ACTION_WORDS
        buttons = [(named[action], _DEEDS[action]) for action in words.actions]
        if words.goes_on:
            buttons += [(NOW_WORDS, Deed.GO_ON_NOW), (STOP_WORDS, Deed.STOP)]
        if words.may_be_kept:
            buttons.append((KEEP_WORDS, Deed.KEEP))
        if words.is_unsent:
            buttons.append((EDIT_UNSENT_WORDS, Deed.EDIT))
        elif words.offers_edit:
            buttons.insert(0, (EDIT_WORDS, Deed.EDIT))
        if words.has_details:
            buttons.append(("Hide details" if is_unfolded else "Details", Deed.FOLD))
        self._buttons = [(label(text, Role.SMALL, style), deed) for text, deed in buttons]
        self._offered = [text for text, _ in buttons]
        self._deeds = tuple(deed for _, deed in buttons)
        was_seen = former is not None and former._is_seen
        is_alike = former is not None and former._deeds == self._deeds
        self._is_seen: bool = was_seen and is_alike
        """Whether the reader has seen what it offers."""
        self._since_swap: QElapsedTimer = former._since_swap if former is not None else QElapsedTimer()
        """Since when it offers something else than he has seen in its place."""
        if was_seen and not is_alike:
            self._since_swap = QElapsedTimer()
            self._since_swap.start()
        self._targets: tuple[Target, ...] = ()
        self._width = 0.0

    def measure(self, width: float) -> None:
        buttons_px = sum(button.width + _GAP_PX for button, _ in self._buttons)
        room = width - 2 * _PADDING_PX[0]
        is_beside = room - buttons_px >= _TEXT_LEAST_PX
        text_px = self._text.measure(room - buttons_px if is_beside else room)
        line_px = Role.SMALL.line_px
        self._width = self.measured_width = width
        x = width - _PADDING_PX[0] - buttons_px + _GAP_PX if is_beside else _PADDING_PX[0]
        y = _PADDING_PX[1] if is_beside else _PADDING_PX[1] + text_px + 4
        found: list[Target] = []
        for (button, deed), words in zip(self._buttons, self._offered, strict=True):
            if not is_beside and found and x + button.width > width - _PADDING_PX[0]:
                x, y = _PADDING_PX[0], y + line_px + 4
            value = DETAILS if deed is Deed.FOLD else ""
            rect = QRectF(x - 4, y - 1, button.width + 8, line_px + 2)
            tip = self._tip(deed)
            found.append(Target(deed.name, rect, deed, value, tip, words=words))
            x += button.width + _GAP_PX
        self._targets = tuple(found)
        has_lower = bool(found) and not is_beside
        self.height = (y + line_px if has_lower else _PADDING_PX[1] + text_px) + _PADDING_PX[1]

    def _tip(self, deed: Deed) -> str:
        if deed is Deed.CONTINUE:
            return f"Go on where it stopped ({key_text(Command.CONTINUE)})"
        if self._words.is_unsent and deed is Deed.RETRY:
            return f"Send the question again ({key_text(Command.REGENERATE)})"
        return ""

    def estimate(self, width: float) -> float:
        return Role.SMALL.line_px + 2 * _PADDING_PX[1]

    def paint(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        self._is_seen = True
        painter, inks = canvas.painter, canvas.style.inks
        top = round(top)
        painter.setPen(QPen(self._border, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(left + 0.5, top + 0.5, self._width - 1, self.height - 1), _RADIUS_PX, _RADIUS_PX)
        self._text.paint(painter, left + _PADDING_PX[0], top + _PADDING_PX[1])
        for (button, _), target in zip(self._buttons, self._targets, strict=True):
            if canvas.hovered is not None and canvas.hovered.name == target.name:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(inks.hover)
                painter.drawRoundedRect(target.rect.translated(left, top), 5, 5)
            button.paint(painter, left + target.rect.left() + 4, top + target.rect.top() + 1)

    @property
    def is_settled(self) -> bool:
        # A double click must not stop a wait and then ask again.
        return not self._since_swap.isValid() or self._since_swap.hasExpired(QApplication.doubleClickInterval())

    @property
    def spoken(self) -> str:
        return f"{self._words.title} {self._words.text}".strip()

    def targets(self) -> tuple[Target, ...]:
        return self._targets
