"""The texts that a store in memory keeps; part of `FakeStore`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from desktop_chat.core.events import with_whole_surrogates
from desktop_chat.core.kept_draft import KEPT_MAX, KeptDraft, is_discarded, is_worth_keeping, outdoes


class FakeKeptDrafts:
    """Newest last; titles are asked for when they are read."""

    def __init__(self) -> None:
        self._kept: list[KeptDraft] = []

    def keep(self, conversation_id: str, text: str) -> None:
        if not is_worth_keeping(text):
            return
        text = with_whole_surrogates(text)
        number = max((kept.number for kept in self._kept), default=0) + 1
        others = [kept for kept in self._kept if not outdoes(text, conversation_id, kept.text, kept.conversation_id)]
        self._kept = [*others, KeptDraft(number, conversation_id, "", text, time.time())][-KEPT_MAX:]

    def keep_discarded(self, conversation_id: str, old: str, new: str) -> None:
        if is_discarded(old, new):
            self.keep(conversation_id, old)

    def read(self, title_of: Callable[[str], str]) -> tuple[KeptDraft, ...]:
        return tuple(replace(kept, title=title_of(kept.conversation_id)) for kept in reversed(self._kept))

    def delete(self, number: int) -> None:
        self._kept = [kept for kept in self._kept if kept.number != number]

    def clear(self) -> None:
        self._kept = []
