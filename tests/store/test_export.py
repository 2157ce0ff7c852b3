"""The export file: complete or not there."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path

import pytest

from desktop_chat import __version__
from desktop_chat.core.errors import StoreError, StoreFull
from desktop_chat.core.export import message_json
from desktop_chat.core.messages import Draft, user_message
from desktop_chat.store.store import Store
from tests.helpers.attached_samples import noise, words
from tests.helpers.samples import full_reply, question
from tests.store.files import started
from tests.store.mounts import small_disk


async def fill(store: Store) -> None:
    asked = question("c1", "Half a pair: \ud83d", created_at=100.0, ended_at=100.0)
    await store.put(asked, "First")
    await store.put(full_reply("c1", asked.id))
    await store.put(question("c2", "Second", created_at=50.0, ended_at=50.0))
    await store.put(question("c3", "Thrown away"))
    await store.delete("c3")
    await store.put_draft("c4", Draft("Not sent", 0))


async def test_all_conversations_outside_the_trash_are_in_the_file(tmp_path: Path) -> None:
    target = tmp_path / "export.json"
    target.write_text("an older one", encoding="utf-8")
    async with started(tmp_path / "data", clock=lambda: 1_790_000_000.0) as store:
        await fill(store)
        assert await store.export(target) == 2
        stored = await store.load("c1")

    written = json.loads(target.read_text(encoding="utf-8"))
    assert (written["format"], written["version"], written["program_version"]) == (
        "desktop-chat-export",
        1,
        __version__,
    )
    assert written["exported_at"] == 1_790_000_000.0
    assert [conversation["id"] for conversation in written["conversations"]] == ["c1", "c2"]
    assert stored is not None
    assert written["conversations"][0]["messages"] == [
        message_json(message) for message in sorted(stored.messages, key=lambda message: message.id)
    ]


async def test_files_are_in_the_file_as_they_were_sent(tmp_path: Path) -> None:
    files = (noise("leaf.png", 400_000), words("seeds.txt", "Roggen, 小麦 \U0001f33e\n"))
    asked = user_message("c", None, "Was ist das? 世界", files)
    async with started(tmp_path / "data") as store:
        await store.put(asked, "Leaves")
        await store.put(full_reply("c", asked.id))
        await store.put(question("other"))
        assert await store.export(tmp_path / "export.json") == 2

    (written,) = (
        conversation
        for conversation in json.loads((tmp_path / "export.json").read_text(encoding="utf-8"))["conversations"]
        if conversation["id"] == "c"
    )
    assert written["title"] == "Leaves"
    (sent,) = (message for message in written["messages"] if message["id"] == asked.id)
    assert sent == message_json(asked)
    assert len(written["messages"]) == 2


async def test_an_empty_history_gives_an_empty_list(tmp_path: Path) -> None:
    async with started(tmp_path / "data") as store:
        assert await store.export(tmp_path / "export.json") == 0

    assert json.loads((tmp_path / "export.json").read_text(encoding="utf-8"))["conversations"] == []


async def test_a_full_disk_leaves_the_old_export(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "256k") as disk:
        target = disk.folder / "export.json"
        target.write_text("an older one", encoding="utf-8")
        async with started(tmp_path / "data") as store:
            await store.put(question("c", "words " * 100_000))
            with pytest.raises(StoreFull, match=str(disk.folder)):
                await store.export(target)

        assert [path.name for path in disk.folder.iterdir()] == ["export.json"]
        assert target.read_text(encoding="utf-8") == "an older one"


@pytest.mark.parametrize(("name", "words"), [("", "folder"), ("missing/export.json", "no folder")])
async def test_a_target_that_is_no_file_is_told(tmp_path: Path, name: str, words: str) -> None:
    async with started(tmp_path / "data") as store:
        await fill(store)
        with pytest.raises(StoreError, match=words):
            await store.export(tmp_path / name)


@pytest.mark.parametrize("steps", range(1, 5))
async def test_a_cancelled_export_leaves_nothing_behind(tmp_path: Path, steps: int) -> None:
    target = tmp_path / "export" / "export.json"
    target.parent.mkdir()
    async with started(tmp_path / "data") as store:
        await fill(store)
        exporting = asyncio.ensure_future(store.export(target))
        for _ in range(steps):
            # One answer of the store's thread, and with it one step of the export.
            await store.load("c1")
        exporting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await exporting

    assert [path.name for path in target.parent.iterdir()] in ([], ["export.json"])
