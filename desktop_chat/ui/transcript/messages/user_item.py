"""The reader's message on the page: a bubble, and below the last one what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from desktop_chat.core.attachments import has_file
from desktop_chat.core.messages import Message
from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.drawings.pictures import Card, attached
from desktop_chat.ui.transcript.drawings.pictures_part import PicturesPart, fold_of
from desktop_chat.ui.transcript.markdown.blocks import Code, Leaf
from desktop_chat.ui.transcript.messages.edit_part import EditPart
from desktop_chat.ui.transcript.messages.message_actions import RAW, user_items
from desktop_chat.ui.transcript.messages.message_item import REPLY_GAP_PX, MessageItem, Place
from desktop_chat.ui.transcript.messages.raw import raw_text
from desktop_chat.ui.transcript.messages.words import Waiting
from desktop_chat.ui.transcript.parts.actions_part import ActionsPart
from desktop_chat.ui.transcript.parts.bubble import BubblePart
from desktop_chat.ui.transcript.parts.folds import BlockFold, Folds
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.parts.small_parts import HeadPart, WaitingPart
from desktop_chat.ui.transcript.parts.style import Style


class UserItem(MessageItem):
    """One message of the reader."""

    def __init__(self, message: Message, style: Style, folds: Folds) -> None:
        super().__init__(message, style, folds)
        self._is_stale = True

    def sync(self) -> int | None:
        if not self._is_stale:
            return None
        self._is_stale = False
        if self.edit_px:
            parts: list[Part] = [*self._far_parts(), EditPart(self.edit_px)]
        else:
            parts = [*self._said_parts(), *self._action_parts()]
        if self.waiting is not None:
            # Where the reply will have its own, so that nothing moves when it begins.
            parts += [HeadPart("", self.style, REPLY_GAP_PX), WaitingPart(self.waiting.words, self.style)]
        self.stack.replace_from(0, parts)
        return 0

    def _picture_parts(self) -> list[Part]:
        sent = attached(self.message.content)
        if not sent:
            return []
        shown = ((at, card) for at, card in enumerate(sent) if isinstance(card, Card) and self.folds.get(fold_of(at)))
        return [PicturesPart(sent, self.style), *(self._text_part(fold_of(at), card) for at, card in shown)]

    def _far_parts(self) -> list[Part]:
        """What lies elsewhere; the files themselves stand in the editor."""
        far = attached(tuple(block for block in self.message.content if not has_file(block)))
        return [PicturesPart(far, self.style)] if far else []

    def _text_part(self, fold: str, card: Card) -> Part:
        """What stands in a file, in the colours of its kind."""
        text = card.text if card.text.endswith("\n") else f"{card.text}\n"
        leaf = Leaf(Code(PurePath(card.title).suffix[1:], text))
        return CodePart(leaf, self.style, BlockFold(self.folds, f"{fold}.lines", is_open=False))

    def _said_parts(self) -> Iterator[Part]:
        pictures = self._picture_parts()
        yield from pictures
        # Blank lines at its end were sent, and make no bubble larger.
        text = self.message.text.rstrip()
        if text or not pictures:
            yield BubblePart(text, self.style, self.folds.get("text", False))

    def _action_parts(self) -> list[Part]:
        is_raw = self.folds.get(RAW, False)
        is_unanswered = self.place.is_last and self.waiting is None
        items = user_items(self.place, is_unanswered=is_unanswered, is_raw=is_raw)
        parts: list[Part] = [ActionsPart(items, "", self.style, is_right=True, is_kept=is_unanswered)]
        if is_raw:
            parts.append(CodePart(Leaf(Code("json", raw_text(self.message))), self.style))
        return parts

    def toggle(self, fold: str) -> None:
        self.folds[fold] = not self.folds.get(fold, False)
        self._is_stale = True

    def restyle(self, style: Style) -> None:
        self.style, self._is_stale = style, True

    def set_edit_px(self, edit_px: float) -> None:
        if edit_px != self.edit_px:
            self.edit_px, self._is_stale = edit_px, True

    def set_place(self, place: Place, waiting: Waiting | None) -> None:
        if (place, waiting) != (self.place, self.waiting):
            self.place, self.waiting = place, waiting
            self._is_stale = True
