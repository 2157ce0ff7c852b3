"""What servers send that is strange, but a good reply: read to its end, in a window that stays awake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop_chat.api.demo_faults import Faults
from desktop_chat.core.messages import MessageStatus
from tests.end2end.running import Place, Run, until
from tests.helpers.streams import reply, sse, text_delta

BIG_BYTES = 8 * 1024 * 1024
LONG_S_MAX = 60.0


def _invalid_utf8() -> tuple[bytes, str]:
    return reply("before #after").replace(b"#", b"\xff\xfe\xc3"), "before \ufffd\ufffd\ufffdafter"


def _unknown_events() -> tuple[bytes, str]:
    strange: list[Any] = [
        {"type": "from_the_future", "index": 0, "text": "not for the reader"},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "hologram_delta", "hologram": [1, 2]}},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "hologram", "depth": 3}},
        {"type": "content_block_stop", "index": 1},
        {"type": 7},
        {"type": "content_block_delta"},
    ]
    between = b"".join(sse(event) for event in strange) + b"data: [1, 2]\n\ndata: not json\n\n: a comment\n\nid: 7\n\n"
    whole = reply("one ", "two")
    marker = text_delta("two")
    return whole.replace(marker, between + marker), "one two"


def _strange_characters() -> tuple[bytes, str]:
    # A pair in two halves, a half alone, NUL, line ends of other scripts, a change of direction.
    pieces = ("a\ud83d", "\ude00 b", "\ud83d c", "\x00 d", "\u2028e\u2029", "\u0085f \u202eg", "\ufeffh")
    return reply(*pieces), "a😀 b\ufffd c\x00 d\u2028e\u2029\u0085f \u202eg\ufeffh"


def _many_characters() -> tuple[bytes, str]:
    # Without a blank: the hardest to lay out, too.
    text = "x" * 30_000
    return reply(*text), text


def _one_large_event() -> tuple[bytes, str]:
    line = f"{'All in one event, eight megabytes of it. ' * 10}\n\n"
    text = line * (BIG_BYTES // len(line))
    return reply(text), text


@pytest.mark.parametrize(
    "make", [_invalid_utf8, _unknown_events, _strange_characters, _many_characters, _one_large_event]
)
async def test_a_strange_stream_is_read_to_its_end(
    run: Run, place: Place, tmp_path: Path, make: Callable[[], tuple[bytes, str]]
) -> None:
    stream, text = make()
    path = tmp_path / "strange.sse"
    path.write_bytes(stream)
    place.server.faults = Faults(replay=path)
    async with run() as program:
        session = program.session
        program.window.ask("hello")
        await until(lambda: not session.is_busy and len(session.path()) == 2, LONG_S_MAX)
        message = session.path()[-1]
        assert message.status is MessageStatus.COMPLETE
        assert message.text == text
        stored = await program.program._store.load(message.conversation_id)
        assert stored is not None and stored.messages[-1] == message
        # While all of that is still on its way to the screen, there is another tab to work in.
        place.server.faults = Faults()
        program.window.deck.open_new()
        program.type_and_send("and now something short")
        assert (await program.reply()).status is MessageStatus.COMPLETE
