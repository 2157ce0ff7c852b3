"""What is stored of a message, as text to read: JSON, bounded so that a huge message costs no frame."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from desktop_chat.core.events import with_whole_surrogates
from desktop_chat.core.export import message_json
from desktop_chat.core.file_stand_in import with_stand_in
from desktop_chat.core.messages import Message

CHARACTERS_MAX: Final = 30_000
"""MEASURED 6 ms for as much in the smallest of values, 2026-11-23."""

STRING_CHARACTERS_MAX: Final = 20_000
_VALUE_CHARACTERS: Final = 16
"""What a value takes at least: its line, its indent, its comma."""

_DEPTH_MAX: Final = 60
"""Deeper is nothing an API sends, and the encoder would run out of stack."""

_SHORTENED: Final = "… shortened: the message is longer than what is shown here; an export holds all of it"


def raw_text(message: Message) -> str:
    """Every field of a message, its blocks in the order of the API; what is left out says so, as the data of files."""
    readable = {**message_json(message), "content": list(map(with_stand_in, message.content))}
    fields = _Bounded().copy(readable, 0)
    return with_whole_surrogates(json.dumps(fields, indent=2, ensure_ascii=False, default=str))


class _Bounded:
    """Copies values until there is no room left."""

    def __init__(self) -> None:
        self._room = CHARACTERS_MAX

    def copy(self, value: Any, depth: int) -> Any:
        self._room -= _VALUE_CHARACTERS
        if isinstance(value, str):
            return self._text(value)
        if depth > _DEPTH_MAX:
            return "… nested too deeply to be shown"
        if isinstance(value, Mapping):
            return self._mapping(value, depth)
        if isinstance(value, Sequence):
            return self._list(value, depth)
        return value

    def _text(self, value: str) -> str:
        kept = value[: max(0, min(STRING_CHARACTERS_MAX, self._room))]
        self._room -= len(kept)
        return value if len(kept) == len(value) else f"{kept}… shortened: {len(value):,} characters in all"

    def _mapping(self, value: Mapping[str, Any], depth: int) -> dict[str, Any]:
        copied: dict[str, Any] = {}
        for key, each in value.items():
            # The message's own fields are few and always shown: usage and stop reason come after the content.
            if self._room <= 0 and depth > 0:
                copied["…"] = _SHORTENED
                break
            copied[key] = self.copy(each, depth + 1)
            self._room -= len(key)
        return copied

    def _list(self, value: Sequence[Any], depth: int) -> list[Any]:
        copied: list[Any] = []
        for each in value:
            if self._room <= 0:
                copied.append(_SHORTENED)
                break
            copied.append(self.copy(each, depth + 1))
        return copied
