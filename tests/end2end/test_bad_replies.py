"""What servers send that is no good reply, or a strange one: told at the message, and nothing that came is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import pytest
from PySide6.QtCore import QElapsedTimer, QTimer

from desktop_chat.api.demo_faults import Faults
from desktop_chat.core.messages import MessageStatus
from tests.end2end.running import Place, Running, until
from tests.helpers.streams import reply, sse, text_delta

Run = Callable[[], Running]

TEXT = "Half of this will never come. " * 20
BIG_BYTES = 8 * 1024 * 1024
LONG_S_MAX = 60.0


@dataclass(frozen=True, slots=True)
class Bad:
    """A fault, and what the reader is told about it."""

    faults: Faults
    kind: str
    words: str
    has_text: bool = False


BAD = {
    "a web page": Bad(Faults(is_html=True, status=200), "BadReply", "web page instead of a reply"),
    "a web page that says 404": Bad(Faults(is_html=True, status=404), "BadReply", "does not offer the Messages API"),
    "404 of the API": Bad(Faults(status=404), "Refused", "does not know this kind of request"),
    "another content type": Bad(Faults(content_type="text/plain"), "BadReply", "form that is no reply"),
    "wrong key": Bad(Faults(status=401), "KeyRejected", "The key was not accepted"),
    "no right to it": Bad(Faults(status=403), "KeyRejected", "not allowed"),
    "too large": Bad(Faults(status=413), "Refused", "too large"),
    "an end too early": Bad(Faults(reply_text=TEXT, cut_after_events=30), "StreamBroken", "ended too early", True),
    "a broken line": Bad(Faults(reply_text=TEXT, reset_after_events=30), "StreamBroken", "", True),
    "an error event": Bad(Faults(reply_text=TEXT, error_at_event=30), "Overloaded", "overloaded", True),
    "a stream without a word": Bad(Faults(reply_text=TEXT, cut_after_events=2), "StreamBroken", "ended too early"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_answer_is_told_at_the_message_and_can_be_asked_again(run: Run, place: Place, name: str) -> None:
    bad = BAD[name]
    place.server.faults = replace(bad.faults, count=1)
    async with run() as program:
        program.let_cut_replies_be()
        program.type_and_send("hello")
        failed = await program.reply()
        assert failed.status is MessageStatus.FAILED
        assert failed.failure is not None
        assert failed.failure.kind == bad.kind
        assert bad.words in f"{failed.failure.title} {failed.failure.detail}"
        assert bool(failed.text) is bad.has_text
        assert TEXT.startswith(failed.text)
        program.window.deck.page().regenerate()
        good = await program.reply()
        assert good.status is MessageStatus.COMPLETE


# --- strange, but good


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


def _many_characters() -> tuple[bytes, str]:
    # Without a blank: the hardest to lay out, too.
    text = "x" * 30_000
    return reply(*text), text


def _one_large_event() -> tuple[bytes, str]:
    line = f"{'All in one event, eight megabytes of it. ' * 10}\n\n"
    text = line * (BIG_BYTES // len(line))
    return reply(text), text


@pytest.mark.parametrize("make", [_invalid_utf8, _unknown_events, _many_characters, _one_large_event])
async def test_a_strange_stream_is_read_to_its_end(
    run: Run, place: Place, tmp_path: Path, make: Callable[[], tuple[bytes, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    stream, text = make()
    path = tmp_path / "strange.sse"
    path.write_bytes(stream)
    place.server.faults = Faults(replay=path)
    async with run() as program:
        session = program.session
        with Gaps() as gaps:
            program.window.ask("hello")
            await until(lambda: not session.is_busy and len(session.path()) == 2, LONG_S_MAX)
            message = session.path()[-1]
            assert message.status is MessageStatus.COMPLETE
            assert message.text == text
            # While all of that is still on its way to the screen, there is another tab to work in.
            place.server.faults = Faults()
            program.window.deck.open_new()
            program.type_and_send("and now something short")
            assert (await program.reply()).status is MessageStatus.COMPLETE
    with capsys.disabled():
        print(f"\n{make.__name__}: longest gap between two ticks {gaps.longest_ms} ms", end=" ")


class Gaps:
    """How long the GUI thread was away at most; printed, not judged, for the machine may be busy."""

    def __init__(self) -> None:
        self.longest_ms = 0
        self._clock = QElapsedTimer()
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)

    def __enter__(self) -> Self:
        self._clock.start()
        self._timer.start(2)
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        self.longest_ms = max(self.longest_ms, self._clock.restart())
