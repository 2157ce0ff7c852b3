"""Writes the export file, one conversation after the other: a long history need not fit into memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_chat import __version__
from desktop_chat.core.attachments import is_attached
from desktop_chat.core.errors import StoreError
from desktop_chat.core.export import conversation_json, head_json
from desktop_chat.store import conversations
from desktop_chat.store.failures import told_in_words
from desktop_chat.store.json_text import json_text, json_text_in_steps
from desktop_chat.store.whole_file import WholeFile

if TYPE_CHECKING:
    import sqlite3


class ExportFile:
    """An export in the making; its methods run in the store's thread, one after the other.

    Order:   `begin`, `add` for every id it gave, `finish`; `discard` in any case at the end.
    Raises:  StoreError and its kinds.
    """

    def __init__(self, target: Path, database: Path, now: float) -> None:
        self._target = target
        self._database = database
        self._now = now
        self._file: WholeFile | None = None
        self._count = 0

    def begin(self, connection: sqlite3.Connection) -> tuple[str, ...]:
        """Open the file and give the ids of the conversations that belong into it, newest first."""
        if self._target.is_dir():
            raise StoreError("The export needs the name of a file.", f"{self._target} is a folder.")
        with told_in_words(self._target):
            self._file = WholeFile(self._target)
            head = json_text(head_json(__version__, self._now))
            self._file.text.write(f'{head[:-1]},"conversations":[')
        return tuple(summary.id for summary in conversations.shown_summaries(connection))

    def add(self, conversation_id: str, connection: sqlite3.Connection) -> None:
        """Write one conversation; one that was purged meanwhile is left out."""
        stored = conversations.read(connection, conversation_id, self._database)
        if stored is None or not stored.messages:
            return
        whole = conversation_json(stored)
        messages = whole.pop("messages")
        assert self._file is not None
        with told_in_words(self._target):
            self._file.text.write(f'{"," if self._count else ""}\n{json_text(whole)[:-1]},"messages":[')
            for place, message in enumerate(messages):
                self._file.text.write(f"{',' if place else ''}{_message_text(message)}")
            self._file.text.write("]}")
        self._count += 1

    def finish(self, _connection: sqlite3.Connection) -> int:
        """Put the file in its place and tell how many conversations it holds."""
        assert self._file is not None
        with told_in_words(self._target):
            self._file.text.write("\n]}\n")
            self._file.finish()
        return self._count

    def discard(self) -> None:
        """Leave no trace of an export that was not finished."""
        if self._file is not None:
            self._file.discard()


def _message_text(message: dict[str, Any]) -> str:
    return json_text_in_steps(message) if any(map(is_attached, message["content"])) else json_text(message)
