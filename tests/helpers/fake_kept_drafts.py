"""The texts that a store in memory keeps; part of `FakeStore`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from desktop_chat.core.attachments import Attachment
from desktop_chat.core.events import with_whole_surrogates
from desktop_chat.core.kept_draft import KEPT_MAX, KeptDraft, is_discarded, is_worth_keeping, outdoes
from desktop_chat.core.messages import Draft


class FakeKeptDrafts:
    """Newest last; titles are asked for when they are read."""

    def __init__(self) -> None:
        self._kept: list[KeptDraft] = []
        self._files: dict[int, tuple[Attachment, ...]] = {}
        """Of each by its number."""

    def keep(self, conversation_id: str, text: str, attachments: tuple[Attachment, ...] = ()) -> None:
        if not attachments and not is_worth_keeping(text):
            return
        text = with_whole_surrogates(text)
        number = max((kept.number for kept in self._kept), default=0) + 1
        others = [
            kept
            for kept in self._kept
            if self._files[kept.number] not in ((), attachments)
            or not outdoes(text, conversation_id, kept.text, kept.conversation_id)
        ]
        names = tuple(attachment.name for attachment in attachments)
        self._files[number] = attachments
        self._kept = [*others, KeptDraft(number, conversation_id, "", text, time.time(), names)][-KEPT_MAX:]

    def keep_discarded(self, conversation_id: str, old: Draft, new: str) -> None:
        if is_discarded(old.text, new):
            self.keep(conversation_id, old.text, old.attachments)

    def read(self, title_of: Callable[[str], str]) -> tuple[KeptDraft, ...]:
        return tuple(replace(kept, title=title_of(kept.conversation_id)) for kept in reversed(self._kept))

    def read_whole(self, number: int) -> Draft | None:
        found = (kept.text for kept in self._kept if kept.number == number)
        return next((Draft.with_caret_at_end(text, self._files[number]) for text in found), None)

    def delete(self, number: int) -> None:
        self._kept = [kept for kept in self._kept if kept.number != number]

    def forget(self, conversation_id: str) -> None:
        self._kept = [kept for kept in self._kept if kept.conversation_id != conversation_id]

    def clear(self) -> None:
        self._kept = []
