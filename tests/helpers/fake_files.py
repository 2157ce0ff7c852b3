"""Files in memory that keep to the port `AttachedFiles`; those on a slow drive come when a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from desktop_chat.core.attachments import Attachment, NotAttachable


class FakeFiles:
    """`slow` are names of files that are not read before `wake` is set."""

    def __init__(self) -> None:
        self.files: dict[Path, bytes] = {}
        self.slow: set[str] = set()
        self.wake = asyncio.Event()
        self.asked: list[str] = []

    def put(self, name: str, file: bytes) -> Path:
        """Have a file there; gives its path."""
        path = Path("/files") / name
        self.files[path] = file
        return path

    async def read(self, path: Path) -> Attachment:
        await self._answer(path.name)
        if path not in self.files:
            raise NotAttachable(f"“{path.name}” is not there.", "It may have been moved or deleted.")
        return Attachment.of(path.name, self.files[path])

    async def take(self, name: str, make: Callable[[], bytes]) -> Attachment:
        await self._answer(name)
        return Attachment.of(name, make())

    async def _answer(self, name: str) -> None:
        self.asked.append(name)
        await asyncio.sleep(0)
        if name in self.slow:
            await self.wake.wait()
