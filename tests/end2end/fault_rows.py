"""Every fault of a network and of a server that is tried on the whole program, and what is expected of it.

Everything that waits is ten times as fast as in life; see `squeezed`.
"""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from desktop_chat.api.demo_faults import Faults
from desktop_chat.core.activity import Phase
from desktop_chat.core.messages import MessageStatus
from tests.helpers.link import GOOD, LOSSY, MODEM, SLOW_3G, Conditions
from tests.helpers.streams import MESSAGE_START, MESSAGE_STOP, TEXT_START, sse, text_delta

if TYPE_CHECKING:
    from tests.end2end.fault_trial import Stage

TEXT: Final = "".join(
    f"Sentence {number} of a reply, with 世界 and 👩‍🚀 in it, so that a cut may fall anywhere.\n\n"
    for number in range(40)
)
PIECE_CHARACTERS: Final = 20
CUT_AT: Final = 30
"""Events that come before something happens."""

GOOD_REPLY: Final = Faults(reply_text=TEXT, piece_characters=PIECE_CHARACTERS)
UNHURRIED: Final = Faults(reply_text=TEXT, piece_characters=PIECE_CHARACTERS, events_per_s=60.0)
"""About three seconds for the whole of it: still on its way when something happens to it."""


class Repair(StrEnum):
    """How a reader gets the whole text in the end."""

    NONE = "none needed"
    CONTINUE = "Continue"
    RETRY = "Retry"
    NEVER = "not here"
    """This server will never answer."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fault: what goes wrong, and what is seen, stored and asked for.

    Shape:   exactly one of `faults` (the demo server's), `says` (bytes, whatever is asked) or `flood` is the server.
    Units:   `gaps_s` are the least waits between two tries in a world that is not squeezed; they may be longer.
    """

    shown: str
    """Part of the strip at the message; empty when there is none."""
    status: MessageStatus
    kind: str = ""
    """Of the failure that is stored."""
    text: str = "part"
    """How much of it is stored: none, part, whole."""
    tries: int = 1
    gaps_s: tuple[float, ...] = ()
    told: str = ""
    """What the status line says meanwhile."""
    repair: Repair = Repair.CONTINUE
    faults: Faults | None = None
    says: bytes | None = None
    flood: str | None = None
    line: Conditions = GOOD
    reconnects: bool = False
    is_tls: bool = False
    is_refused: bool = False
    """Whether nobody listens at the end of the line."""
    act: Callable[[Stage], Awaitable[None]] | None = None
    """What happens while the reply is on its way."""

    @property
    def is_line_kept(self) -> bool:
        """Whether the answer was read to its end, so that the line is good for the next question."""
        faults = self.faults
        if faults is None or self.status is MessageStatus.STOPPED or self.act is not None:
            return self.status is MessageStatus.COMPLETE
        is_answer = faults.status is not None or faults.is_html or faults.content_type is not None
        is_whole = faults.empty_body or faults.cut_after_events is not None
        return is_answer or is_whole or self.status is MessageStatus.COMPLETE


def _cut(**faults: Any) -> Faults:
    return Faults(reply_text=TEXT, piece_characters=PIECE_CHARACTERS, **faults)


def _answer(status: str, content_type: str, body: bytes = b"", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\nconnection: close\r\n{more}\r\n".encode() + body


def _stream(*events: bytes, more: str = "") -> bytes:
    return _answer("200 OK", "text/event-stream", b"".join(events), more)


_OPEN: Final = MESSAGE_START + TEXT_START
_END: Final = sse({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}) + MESSAGE_STOP
_HALF: Final = TEXT[: len(TEXT) // 2]
_CONFUSED: Final[tuple[dict[str, Any], ...]] = (
    {"type": "content_block_delta", "index": "0", "delta": {"type": "text_delta", "text": "lost"}},
    {"type": "content_block_delta", "index": 10**9, "delta": {"type": "text_delta", "text": "lost"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": ["lost"]}},
)
_PACKER: Final = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
_PACKED: Final = _PACKER.compress(_OPEN + text_delta(_HALF)) + _PACKER.flush(zlib.Z_SYNC_FLUSH)

# --- what happens on the line while the reply comes


async def _stop(stage: Stage) -> None:
    await stage.text_of_at_least(100)
    stage.click_stop()


async def _reset(stage: Stage) -> None:
    await stage.text_of_at_least(100)
    stage.link.reset()


async def _hang_up(stage: Stage) -> None:
    await stage.text_of_at_least(100)
    stage.link.hang_up()


async def _no_link_for_a_while(stage: Stage) -> None:
    await stage.text_of_at_least(100)
    await stage.no_link_until(Phase.QUIET)


async def _no_link_for_long(stage: Stage) -> None:
    await stage.text_of_at_least(100)
    await stage.no_link_until(Phase.IDLE, Phase.RECONNECTING)


_FAILED: Final = MessageStatus.FAILED
_COMPLETE: Final = MessageStatus.COMPLETE
BACK_OFF_S: Final = (0.375, 0.75, 1.5, 3.0)
"""Half a second, doubled each time, less the quarter that chance may take."""

ROWS: Final[Mapping[str, Row]] = {
    # --- before the reply
    "connection refused": Row(
        "refuses the connection", _FAILED, "NoConnection", "none", 5, told="try", repair=Repair.RETRY,
        faults=GOOD_REPLY, is_refused=True,
    ),
    "certificate of its own": Row(
        "is not trusted", _FAILED, "NoConnection", "none", 0, repair=Repair.NEVER, says=b"", is_tls=True
    ),
    "reset before the first byte": Row(
        "closed the connection without a reply", _FAILED, "NoConnection", "none", 5, BACK_OFF_S, "try",
        Repair.RETRY, Faults(drops_before_headers=True),
    ),
    "end before the first event": Row(
        "closed the connection without a reply", _FAILED, "NoConnection", "none", 5, BACK_OFF_S, "try",
        Repair.RETRY, Faults(empty_body=True),
    ),
    "stall before the first byte": Row(
        "fell silent", _FAILED, "NoConnection", "none", told="quiet", repair=Repair.RETRY,
        faults=Faults(first_byte_delay_s=600.0),
    ),
    "429 for a moment": Row(
        "", _COMPLETE, text="whole", tries=2, gaps_s=(3.0,), told="try", repair=Repair.NONE,
        faults=_cut(status=429, retry_after_ms="300", count=1),
    ),
    "429 for two minutes": Row(
        "asks to wait 2 minutes", _FAILED, "RateLimited", "none", repair=Repair.RETRY,
        faults=Faults(status=429, retry_after="120"),
    ),
    "529 twice": Row(
        "", _COMPLETE, text="whole", tries=3, gaps_s=BACK_OFF_S[:2], told="try", repair=Repair.NONE,
        faults=_cut(status=529, count=2),
    ),
    "529 for ever": Row(
        "is overloaded", _FAILED, "Overloaded", "none", 5, BACK_OFF_S, "try", Repair.RETRY, Faults(status=529)
    ),
    "500 for ever": Row(
        "error of its own", _FAILED, "Overloaded", "none", 5, BACK_OFF_S, "try", Repair.RETRY, Faults(status=500)
    ),
    "503 with a web page": Row(
        "out of service", _FAILED, "Overloaded", "none", 5, BACK_OFF_S, "try", Repair.RETRY,
        Faults(is_html=True, status=503),
    ),
    "500 that forbids another try": Row(
        "error of its own", _FAILED, "Overloaded", "none", repair=Repair.RETRY,
        faults=Faults(status=500, should_retry=False),
    ),
    "a web page": Row(
        "web page instead of a reply", _FAILED, "BadReply", "none", repair=Repair.RETRY,
        faults=Faults(is_html=True, status=200),
    ),
    "a web page that says 404": Row(
        "does not offer the Messages API", _FAILED, "BadReply", "none", repair=Repair.RETRY,
        faults=Faults(is_html=True, status=404),
    ),
    "404 of the API": Row(
        "does not know this kind of request", _FAILED, "Refused", "none", repair=Repair.RETRY, faults=Faults(status=404)
    ),
    "another content type": Row(
        "form that is no reply", _FAILED, "BadReply", "none", repair=Repair.RETRY,
        faults=Faults(content_type="text/plain"),
    ),
    "a wrong key": Row(
        "The key was not accepted", _FAILED, "KeyRejected", "none", repair=Repair.RETRY, faults=Faults(status=401)
    ),
    "no right to it": Row(
        "not allowed", _FAILED, "KeyRejected", "none", repair=Repair.RETRY, faults=Faults(status=403)
    ),
    "too large": Row("too large", _FAILED, "Refused", "none", repair=Repair.RETRY, faults=Faults(status=413)),
    "a redirect": Row(
        "sends the request elsewhere", _FAILED, "BadReply", "none", repair=Repair.RETRY,
        says=_answer("307 Temporary Redirect", "text/html", more="location: http://127.0.0.1:9/elsewhere\r\n"),
    ),
    "no HTTP at all": Row(
        "does not answer as http should", _FAILED, "NoConnection", "none", repair=Repair.RETRY,
        says=b"220 mail.example ESMTP\r\n\r\n",
    ),
    # --- in the middle of the reply
    "an end too early": Row("ended too early", _FAILED, "StreamBroken", faults=_cut(cut_after_events=CUT_AT)),
    "a stream without a word": Row(
        "ended too early", _FAILED, "StreamBroken", "none", repair=Repair.RETRY, faults=_cut(cut_after_events=2)
    ),
    "reset by the server": Row(
        "connection broke off", _FAILED, "StreamBroken", faults=_cut(reset_after_events=CUT_AT, events_per_s=500.0)
    ),
    "reset on the way": Row("connection broke off", _FAILED, "StreamBroken", faults=UNHURRIED, act=_reset),
    "closed on the way": Row("connection broke off", _FAILED, "StreamBroken", faults=UNHURRIED, act=_hang_up),
    "reset, and it goes on by itself": Row(
        "", _COMPLETE, text="whole", tries=2, told="connection lost", repair=Repair.NONE, faults=UNHURRIED, act=_reset,
        reconnects=True,
    ),
    "cut before the first word, and it goes on by itself": Row(
        "", _COMPLETE, text="whole", tries=2, told="connection lost", repair=Repair.NONE,
        faults=_cut(cut_after_events=2, count=1), reconnects=True,
    ),
    "stall in the middle": Row(
        "fell silent", _FAILED, "StreamBroken", told="quiet", faults=_cut(stall_after_events=CUT_AT)
    ),
    "a pause in the middle": Row(
        "", _COMPLETE, text="whole", told="quiet", repair=Repair.NONE,
        faults=_cut(stall_after_events=CUT_AT, stall_s=0.8),
    ),
    "an error event": Row("overloaded", _FAILED, "Overloaded", faults=_cut(error_at_event=CUT_AT)),
    "events of wrong types": Row(
        "3 parts of this reply could not be read", _COMPLETE, "PartsSkipped", "whole", repair=Repair.NONE,
        says=_stream(
            _OPEN, text_delta(_HALF), *map(sse, _CONFUSED), text_delta(TEXT[len(_HALF) :]), _END
        ),
    ),
    "an event that is no JSON": Row(
        "1 part of this reply could not be read", _COMPLETE, "PartsSkipped", "whole", repair=Repair.NONE,
        says=_stream(_OPEN, text_delta(_HALF), b'data: {"type":\n\n', text_delta(TEXT[len(_HALF) :]), _END),
    ),
    "an event cut in two by the end": Row(
        "ended too early", _FAILED, "StreamBroken", says=_stream(_OPEN, text_delta(_HALF), text_delta("lost")[:-20])
    ),
    "damaged gzip": Row(
        "compressed answer is damaged", _FAILED, "BadReply",
        says=_stream(_PACKED, b"\xff" * 4_000, more="content-encoding: gzip\r\n"),
    ),
    "a line without an end": Row(
        "event without an end", _FAILED, "BadReply", "none", repair=Repair.RETRY, flood="a line without an end"
    ),
    "headers without an end": Row(
        "headers without an end", _FAILED, "NoConnection", "none", repair=Repair.RETRY, flood="headers without an end"
    ),
    # --- a bad line
    "slow 3G": Row("", _COMPLETE, text="whole", repair=Repair.NONE, faults=GOOD_REPLY, line=SLOW_3G),
    "30 % loss": Row("", _COMPLETE, text="whole", repair=Repair.NONE, faults=GOOD_REPLY, line=LOSSY),
    "56 kbit/s": Row("", _COMPLETE, text="whole", repair=Repair.NONE, faults=GOOD_REPLY, line=MODEM),
    "no link for a while": Row(
        "", _COMPLETE, text="whole", told="quiet", repair=Repair.NONE, faults=UNHURRIED, act=_no_link_for_a_while
    ),
    "no link until it is given up": Row(
        "fell silent", _FAILED, "StreamBroken", told="quiet", faults=UNHURRIED, act=_no_link_for_long
    ),
    "the same, and it goes on by itself": Row(
        "", _COMPLETE, text="whole", tries=2, told="connection lost", repair=Repair.NONE, faults=UNHURRIED,
        act=_no_link_for_long, reconnects=True,
    ),
    # --- ends that are none of the line
    "max_tokens": Row(
        "Reached the limit", _COMPLETE,
        says=_stream(_OPEN, text_delta(_HALF), _END.replace(b"end_turn", b"max_tokens")),
    ),
    "a refusal": Row("Declined", _COMPLETE, text="any", repair=Repair.RETRY, faults=Faults(refuses=True)),
    "Stop": Row("Stopped", MessageStatus.STOPPED, faults=UNHURRIED, act=_stop),
}  # fmt: skip
