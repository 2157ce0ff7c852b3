"""What a data directory holds, read without disturbing whoever uses it."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from desktop_chat.paths import Paths
from desktop_chat.store.store import open_store


def conversations_in(data_dir: Path) -> list[dict[str, Any]]:
    """All conversations in the form of the export; what a journal holds is not folded."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "export.json"
        asyncio.run(_export(Paths.below(data_dir), target))
        conversations = json.loads(target.read_text(encoding="utf-8"))["conversations"]
    assert isinstance(conversations, list)
    return conversations


def text_of(message: dict[str, Any]) -> str:
    """The text of an exported message."""
    return "".join(block["text"] for block in message["content"] if block["type"] == "text")


async def _export(paths: Paths, target: Path) -> None:
    store = open_store(paths.database, paths.backups_dir)
    try:
        await store.open()
        await store.export(target)
    finally:
        await store.close()
