"""Taking text out of the transcript: copying, and the tick that says it was copied."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QClipboard, QGuiApplication

from desktop_chat.core.events import with_whole_surrogates
from desktop_chat.core.messages import Role
from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.markdown.blocks import Code, Leaf
from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.parts.small_parts import CardPart
from desktop_chat.ui.transcript.parts.strip import StripPart
from desktop_chat.ui.transcript.tables.table import TablePart
from desktop_chat.ui.transcript.tables.table_offers import CSV
from desktop_chat.ui.transcript.tables.table_text import csv_of
from desktop_chat.ui.transcript.taking.clip import Clip, Share
from desktop_chat.ui.transcript.taking.clip_markdown import markdown_text_of
from desktop_chat.ui.transcript.taking.clip_mime import ClipMime
from desktop_chat.ui.transcript.taking.selection import Selection, clip_of, everything

_TICK_MS: Final = 1500
_CODE_MARKS: Final = ("```", "~~~", "    ", "\t")
_WRITING_S: Final = 0.004
_WRITING_MS: Final = 8
"""How long at a time, and how often, a large clip is written before somebody asks for it."""


class Taking(QObject):
    """Copies text; `ticked` tells that the tick of a Copy has to be shown or to go."""

    ticked = Signal()

    def __init__(self, page: Page, selection: Selection, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._selection = selection
        self.copied: tuple[int, int, str] | None = None
        self.done = ""
        """What the tick says, for those who do not see it."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._drop_tick)
        self._unwritten: Clip | None = None
        self._writer = QTimer(self)
        self._writer.setInterval(_WRITING_MS)
        self._writer.timeout.connect(self._write_on)

    # --- the selection

    def clip(self) -> Clip:
        """What is selected."""
        return clip_of(self._selection, self._page.rows)

    def copy(self) -> None:
        """Copy the selected text, if there is any."""
        self._put(self.clip())

    def copy_markdown(self) -> None:
        """Copy the source of the selected text, for a place that takes plain text only."""
        put_text(self.clip().markdown())

    def copy_plain(self) -> None:
        """Copy the selected text without any form."""
        put_text(self.clip().plain())

    def offer_selection(self) -> None:
        """Let a click with the middle button paste the selected text, where the system knows that."""
        clip = self.clip()
        if QGuiApplication.clipboard().supportsSelection() and not clip.is_empty:
            QGuiApplication.clipboard().setMimeData(ClipMime(clip), QClipboard.Mode.Selection)

    def select_all(self) -> None:
        """Select the whole conversation."""
        chosen = everything(self._page.rows)
        if chosen.fixed is not None and chosen.moving is not None:
            self._selection.set(chosen.fixed, chosen.moving)

    def quoted(self) -> str:
        """The selected text as a quote in markdown."""
        return "".join(f"> {line}".rstrip() + "\n" for line in self.clip().markdown().split("\n"))

    # --- whole things

    def copy_message(self, row: int) -> None:
        """Copy a message as it was written."""
        message, text = self._page.rows[row].message, self._page.rows.item(row).text
        self._put(Clip((Share(text=text, is_typed=message.role is Role.USER),)))

    def copy_last_answer(self) -> bool:
        """Copy the newest reply that has text; False when there is none."""
        rows = self._page.rows
        for row in reversed(range(len(rows))):
            if rows[row].message.role is Role.ASSISTANT and rows.item(row).text:
                self.copy_message(row)
                return True
        return False

    def copy_last_code(self) -> bool:
        """Copy the newest code block; False when there is none."""
        rows = self._page.rows
        for row in reversed(range(len(rows))):
            item, message = rows[row].item, rows[row].message
            text = item.text if item is not None else message.text
            # Without a fence or an indented line there is no code: such a message need not be read.
            if message.role is not Role.ASSISTANT or not any(mark in text for mark in _CODE_MARKS):
                continue
            parts = rows.item(row).stack.parts
            for above, part in reversed([*pairwise(parts)]):
                # What a card or a strip unfolds is no code of the answer.
                if isinstance(part, CodePart) and not isinstance(above, CardPart | StripPart):
                    self.copy_code(part)
                    return True
        return False

    def copy_code(self, part: CodePart) -> None:
        """Copy a code block, byte for byte, without the line end before its last fence.

        That one belongs to the fence, and pasted into a terminal it would run the last line at once.
        """
        leaf = Leaf(Code(part.language, part.code))
        self._put(Clip((Share(leaves=(leaf,)),)))

    def copy_part(self, part: Part) -> None:
        """Copy all of a part, such as a table."""
        leaf = Leaf(part.whole_table) if isinstance(part, TablePart) else part.taken(0, part.length)
        self._put(Clip((Share(leaves=(leaf,)),)))

    def copy_table(self, part: TablePart, form: str) -> None:
        """Copy a whole table as CSV or as markdown."""
        if form == CSV:
            put_text(csv_of(part.whole_table), "text/csv")
        else:
            put_text(markdown_text_of((Leaf(part.whole_table),)) + "\n", "text/markdown")

    def _put(self, clip: Clip) -> None:
        if clip.is_empty:
            return
        QGuiApplication.clipboard().setMimeData(ClipMime(clip))
        self._unwritten = clip
        self._writer.start()

    def _write_on(self) -> None:
        if self._unwritten is None or self._unwritten.work(_WRITING_S):
            self._unwritten = None
            self._writer.stop()

    # --- the tick

    def show_tick(self, spot: Spot, name: str, done: str = "Copied") -> None:
        """Let what was pressed show a tick for a moment."""
        self.done = done
        self.copied = (spot.row, spot.index, name)
        self._timer.start(_TICK_MS)
        self.ticked.emit()

    def _drop_tick(self) -> None:
        self.copied = None
        self.ticked.emit()


def put_text(text: str, form: str = "") -> None:
    """Copy a text that has one form only; `form` is its MIME type beside plain text."""
    if text:
        data = QMimeData()
        data.setText(with_whole_surrogates(text))
        if form:
            data.setData(form, with_whole_surrogates(text).encode())
        QGuiApplication.clipboard().setMimeData(data)


def settle_clipboard() -> None:
    """Before the program ends: write what lies on the clipboard, which may outlive it."""
    clipboard = QGuiApplication.clipboard()
    for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection):
        data = clipboard.mimeData(mode) if mode is QClipboard.Mode.Clipboard or clipboard.supportsSelection() else None
        if isinstance(data, ClipMime):
            clipboard.setMimeData(data.as_bytes(), mode)
