"""A keyring in memory that keeps to the port `SecretStore`; the same contract runs against the real one."""

from __future__ import annotations

import asyncio

from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.errors import KeyringLocked, KeyringMissing


class FakeSecrets:
    """Switches: no keyring at all, a locked one, one that does not answer until `deadline` is set."""

    def __init__(self, *, is_missing: bool = False, is_locked: bool = False, hangs: bool = False) -> None:
        self.is_missing = is_missing
        self.is_locked = is_locked
        self.hangs = hangs
        self.deadline = asyncio.Event()
        self.keys: dict[str, ApiKey] = {}
        self.read_count = 0

    async def read(self, origin: str) -> ApiKey | None:
        self.read_count += 1
        await self._answer()
        return self.keys.get(origin)

    async def write(self, origin: str, key: ApiKey) -> None:
        await self._answer()
        self.keys[origin] = key

    async def delete(self, origin: str) -> None:
        await self._answer()
        self.keys.pop(origin, None)

    async def place(self) -> str:
        return "" if self.is_missing else "Fake Keyring"

    async def _answer(self) -> None:
        await asyncio.sleep(0)
        if self.hangs:
            await self.deadline.wait()
            raise KeyringLocked("The keyring does not answer.", "It may be asking for its password.")
        if self.is_missing:
            raise KeyringMissing("There is no keyring to store the key in.", "Use the key for this session only.")
        if self.is_locked:
            raise KeyringLocked("The keyring is locked.", "Unlock it and try again.")
