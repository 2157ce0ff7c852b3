"""`--export`: all conversations as documented JSON, without a window."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from desktop_chat.app import paths_for
from desktop_chat.cli import ExitCode, Wishes
from desktop_chat.core.errors import ChatError
from desktop_chat.store.store import open_store


def export(wishes: Wishes) -> int:
    """Write the file that `--export` names; gives the exit code."""
    assert wishes.export is not None
    try:
        count = asyncio.run(_export(wishes, wishes.export))
    except ChatError as error:
        sys.stderr.write(f"desktop-chat: {error}\n")
        return ExitCode.FAILED
    sys.stdout.write(f"{count} conversation{'' if count == 1 else 's'} written to {wishes.export}\n")
    return ExitCode.GOOD


async def _export(wishes: Wishes, target: Path) -> int:
    paths = paths_for(wishes)
    paths.make()
    store = open_store(paths.database, paths.backups_dir)
    try:
        await store.open()
        return await store.export(target)
    finally:
        await store.close()
