"""The journal folds into the very reply that streamed, and damage costs no more than the damaged row."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop_chat.core.conversation import ConversationTree
from desktop_chat.core.events import (
    BlockEnded,
    BlockStarted,
    CitationArrived,
    FieldsArrived,
    InputJsonArrived,
    Reply,
    ReplyChanged,
    ReplyEnded,
    ReplyEvent,
    ReplyStarted,
    SignatureArrived,
    TextArrived,
    ThinkingArrived,
    apply,
)
from desktop_chat.core.messages import Message, MessageStatus, Seam
from desktop_chat.core.usage import Usage
from desktop_chat.paths import Paths
from tests.helpers.samples import reply
from tests.store.files import journal_in, started

EVENTS: tuple[ReplyEvent, ...] = (
    ReplyStarted("msg_1", "claude-opus-4-8-20260101", {"input_tokens": 12, "output_tokens": 1}),
    BlockStarted(0, {"type": "thinking", "thinking": "", "signature": ""}),
    ThinkingArrived(0, "Hm"),
    ThinkingArrived(0, " …"),
    SignatureArrived(0, "c2lnbmVk"),
    BlockEnded(0),
    BlockStarted(1, {"type": "text", "text": ""}),
    CitationArrived(1, {"type": "char_location", "cited_text": "so"}),
    TextArrived(1, "Half a pair \ud83d"),
    TextArrived(1, "\ude00 and \x00 nothing"),
    BlockStarted(2, {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}),
    InputJsonArrived(2, '{"a": [1, '),
    BlockStarted(3, {"type": "compaction"}),
    FieldsArrived(3, {"content": "shorter"}),
    ReplyChanged("max_tokens", None, {"type": "x"}, {"output_tokens": 44}),
)


async def _stored(folder: Path, reply_id: str) -> Message:
    async with started(folder) as store:
        stored = await store.load("c")
        assert stored is not None
        return ConversationTree(stored.messages)[reply_id]


async def test_every_kind_of_event_comes_back(tmp_path: Path) -> None:
    begun, streamed = reply("c", None), Reply()
    async with started(tmp_path) as store:
        await store.put(begun)
        for event in EVENTS:
            apply(streamed, event)
            await store.append_journal([(begun.id, [event])])

    message = await _stored(tmp_path, begun.id)

    assert message.content == streamed.content()
    assert message.text == "Half a pair 😀 and \x00 nothing"
    assert (message.usage, message.model) == (streamed.usage, "claude-opus-4-8-20260101")
    assert (message.stop_reason, message.stop_details) == ("max_tokens", {"type": "x"})


def cut(line: bytes) -> bytes:
    return line[:-3] + b"\n"


def another_byte(line: bytes) -> bytes:
    return line.replace(b"two", b"tw\xff")


def blank(line: bytes) -> bytes:
    return bytes(len(line))


def rewritten(line: bytes, old: str, new: str) -> bytes:
    """A line whose checksum is right and whose content is not."""
    text = line[9:-1].decode().replace(old, new).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def another_letter(line: bytes) -> bytes:
    return rewritten(line, '"t"', '"?"')


def a_number_for_text(line: bytes) -> bytes:
    return rewritten(line, '"two "', "5")


def text_for_an_index(line: bytes) -> bytes:
    return rewritten(line, '"t",0', '"t","0"')


def no_list(line: bytes) -> bytes:
    return rewritten(line, line[9:-1].decode(), "7")


@pytest.mark.parametrize(
    "damage", [cut, another_byte, blank, another_letter, a_number_for_text, text_for_an_index, no_list]
)
async def test_a_damaged_line_loses_only_itself(
    tmp_path: Path,
    damage: Callable[[bytes], bytes],
    expect_log: Callable[[str], None],
) -> None:
    expect_log("of the journal are damaged")
    begun = reply("c", None)
    async with started(tmp_path) as store:
        await store.put(begun)
        for text in ("one ", "two ", "three "):
            await store.append_journal([(begun.id, [TextArrived(0, text)])])
            store._database.journal.sync()
    path = journal_in(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], damage(lines[1]), lines[2]]))

    message = await _stored(tmp_path, begun.id)

    assert (message.text, message.status) == ("one three ", MessageStatus.INTERRUPTED)


@pytest.mark.parametrize("damage", [b"\xff", b'[["t",0,5]]', b'[["t","0","x"]]', b"7"])
async def test_a_damaged_row_of_an_older_program_loses_only_itself(
    tmp_path: Path, damage: bytes, expect_log: Callable[[str], None]
) -> None:
    expect_log("journal of reply .* is damaged")
    begun = reply("c", None)
    async with started(tmp_path) as store:
        await store.put(begun)
    with closing(sqlite3.connect(Paths.below(tmp_path).database)) as database:
        database.executemany(
            "INSERT INTO journal (reply_id, arrived_at, events) VALUES (?, 1.5, CAST(? AS TEXT))",
            [(begun.id, b'[["t",0,"one "]]'), (begun.id, damage), (begun.id, b'[["t",0,"three "]]')],
        )
        database.commit()

    message = await _stored(tmp_path, begun.id)

    assert (message.text, message.status) == ("one three ", MessageStatus.INTERRUPTED)
    with closing(sqlite3.connect(Paths.below(tmp_path).database)) as database:
        assert database.execute("SELECT count(*) FROM journal").fetchone() == (0,)


async def test_a_damaged_reply_does_not_keep_the_others_from_starting(
    tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("message bad is damaged")
    async with started(tmp_path) as store:
        await store.put(reply("c", None, id="good"))
        await store.put(reply("c2", None, id="bad"))
        await store.append_journal([("good", [TextArrived(0, "kept")])])
    with closing(sqlite3.connect(Paths.below(tmp_path).database)) as database:
        database.execute("UPDATE messages SET content = 'no JSON' WHERE id = 'bad'")
        database.commit()

    assert (await _stored(tmp_path, "good")).text == "kept"


# --- a reply that was continued


FIRST = {"type": "text", "text": "Half an answ"}


def continued(**fields: Any) -> Message:
    """A reply that has just begun to go on."""
    values = {
        "content": (FIRST,),
        "usage": Usage(3, 2),
        "cost_usd": 0.5,
        "seams": (Seam(1, 1_790_000_060.0),),
        **fields,
    }
    return reply("c", None, **values)


async def test_what_was_there_before_is_folded_with_what_came(tmp_path: Path) -> None:
    begun = continued()
    async with started(tmp_path) as store:
        await store.put(begun)
        await store.append_journal([(begun.id, [ReplyStarted("msg_2", "claude-x", {"input_tokens": 7})])])
        await store.append_journal([(begun.id, [BlockStarted(1, {"type": "text", "text": ""}), TextArrived(1, "er.")])])

    message = await _stored(tmp_path, begun.id)

    assert message.content == (FIRST, {"type": "text", "text": "er."})
    assert (message.status, message.seams) == (MessageStatus.INTERRUPTED, begun.seams)
    assert (message.usage, message.cost_usd, message.model) == (Usage(10, 2), None, "claude-x")


@pytest.mark.parametrize(
    "events",
    [
        (),
        (BlockStarted(1, {"type": "text", "text": ""}),),
        (BlockStarted(1, {"type": "thinking", "thinking": ""}), SignatureArrived(1, "c2ln")),
    ],
)
async def test_a_part_without_a_word_leaves_no_seam(tmp_path: Path, events: Sequence[ReplyEvent]) -> None:
    before = Seam(0, 1_790_000_030.0)
    begun = continued(seams=(before, Seam(1, 1_790_000_060.0)))
    async with started(tmp_path) as store:
        await store.put(begun)
        await store.append_journal([(begun.id, events)])

    message = await _stored(tmp_path, begun.id)

    assert (message.content, message.seams, message.status) == ((FIRST,), (before,), MessageStatus.INTERRUPTED)
    assert (message.usage, message.cost_usd) == (Usage(3, 2), 0.5)
    assert message.ended_at is not None
    assert message.ended_at >= 1_790_000_060.0


async def test_a_second_part_that_was_whole_makes_the_reply_complete(tmp_path: Path) -> None:
    begun = continued()
    async with started(tmp_path) as store:
        await store.put(begun)
        await store.append_journal([(begun.id, [TextArrived(1, "er."), ReplyEnded()])])

    message = await _stored(tmp_path, begun.id)

    assert (message.status, message.text) == (MessageStatus.COMPLETE, "Half an answer.")


async def test_a_row_that_holds_the_first_part_needs_its_journal_no_more(tmp_path: Path) -> None:
    begun = continued(content=(), seams=())
    async with started(tmp_path) as store:
        await store.put(begun)
        await store.append_journal([(begun.id, [TextArrived(0, "Half an answ")])])
        await store.put(replace(begun, content=(FIRST,), seams=(Seam(1, 1_790_000_060.0),)))
        await store.append_journal([(begun.id, [TextArrived(1, "er.")])])

    assert (await _stored(tmp_path, begun.id)).text == "Half an answer."


async def test_a_cancelled_write_is_done_all_the_same(tmp_path: Path) -> None:
    gate = threading.Event()
    async with started(tmp_path) as store:
        busy = asyncio.ensure_future(store._database.read(lambda _: gate.wait()))
        writing = asyncio.ensure_future(store.put(reply("c", None)))
        # One turn of the loop lets both be handed to the thread, which is held up by the first.
        await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        gate.set()
        await busy

        assert await store.load("c") is not None
