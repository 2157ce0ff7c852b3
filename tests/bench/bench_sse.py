"""What one event costs on its way from bytes to the reply: `python -m tests.bench.bench_sse` prints JSON.

Shape:   per way of cutting the stream, our cost and that of the peers in the same run, and how often ours fits into
         theirs.
Units:   microseconds of CPU per event; medians of ROUNDS, taken in turn so that a busy machine is unfair to none.
"""

from __future__ import annotations

import asyncio
import codecs
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from statistics import median
from typing import Any, Final

import anthropic
import httpx
import httpx2
from httpx_sse._decoders import SSEDecoder, SSELineDecoder

from desktop_chat.api.asked import Asked
from desktop_chat.api.client import ClientOptions, MessagesClient
from desktop_chat.api.reply_reader import ReplyReader
from desktop_chat.api.sse import SseDecoder
from desktop_chat.core.events import REPLY_EVENTS, Reply, apply
from desktop_chat.core.provider import profile_for
from tests.helpers.streams import MESSAGE_START, MESSAGE_STOP, sse, text_delta

EVENTS: Final = 10_000
ROUNDS: Final = 7
BIG_CHUNK_BYTES: Final = 64 * 1024
TINY_CHUNK_BYTES: Final = 37
HEADERS: Final = {"content-type": "text/event-stream"}
WORDS: Final = tuple(f"word{number} " for number in range(EVENTS - 3))
"""The start of the reply, that of its block, and its end come on top."""


def _chunkings() -> dict[str, list[bytes]]:
    block = sse({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
    pieces = [text_delta(word) for word in WORDS]
    events = [MESSAGE_START, block, *pieces, MESSAGE_STOP]
    data = b"".join(events)
    cut = {
        size: [data[at : at + size] for at in range(0, len(data), size)] for size in (BIG_CHUNK_BYTES, TINY_CHUNK_BYTES)
    }
    return {"event_a_chunk": events, "chunks_64_kib": cut[BIG_CHUNK_BYTES], "chunks_37_bytes": cut[TINY_CHUNK_BYTES]}


def _decode(chunks: Sequence[bytes]) -> int:
    decoder = SseDecoder()
    return sum(len(decoder.feed(chunk)) for chunk in chunks)


def _decode_with_httpx_sse(chunks: Sequence[bytes]) -> int:
    # Its inner parts, without the cost of a response around them: the fastest it can be.
    lines, decoder, text = SSELineDecoder(), SSEDecoder(), codecs.getincrementaldecoder("utf-8")("replace")
    return sum(decoder.decode(line) is not None for chunk in chunks for line in lines.decode(text.decode(chunk)))


def _build_reply(chunks: Sequence[bytes]) -> int:
    reader, reply, count = ReplyReader(Asked("bench")), Reply(), 0
    for chunk in chunks:
        for event in reader.feed(chunk):
            count += 1
            if isinstance(event, REPLY_EVENTS):
                apply(reply, event)
    reader.check_end()
    return count


async def _in_memory(chunks: Sequence[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def _stream_with_sdk(chunks: Sequence[bytes]) -> int:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, headers=HEADERS, content=_in_memory(chunks)))
    async with anthropic.AsyncAnthropic(
        api_key="bench", base_url="http://bench", http_client=httpx2.AsyncClient(transport=transport)
    ) as client:
        messages: list[Any] = [{"role": "user", "content": "Hi"}]
        stream = await client.messages.create(model="bench", max_tokens=9, messages=messages, stream=True)
        # Counted, not kept: ten thousand kept objects would charge the garbage collector to the SDK.
        count = 0
        async for _event in stream:
            count += 1
        return count


async def _stream_with_ours(chunks: Sequence[bytes]) -> int:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=HEADERS, content=_in_memory(chunks)))
    client = MessagesClient(ClientOptions(wrap_transport=lambda _real: transport))
    reply = Reply()
    async with aclosing(client.stream({}, profile_for("http://bench"), None)) as events:
        async for event in events:
            if isinstance(event, REPLY_EVENTS):
                apply(reply, event)
    await client.close()
    # The client hands over in one piece what came together: the text tells how many there were.
    return EVENTS if reply.content() == ({"type": "text", "text": "".join(WORDS)},) else 0


def _run(stream: Callable[[Sequence[bytes]], Any]) -> Callable[[Sequence[bytes]], int]:
    return lambda chunks: asyncio.run(stream(chunks))


_WAYS: Final[dict[str, Callable[[Sequence[bytes]], int]]] = {
    "decode_us": _decode,
    "httpx_sse_decode_us": _decode_with_httpx_sse,
    "reply_us": _build_reply,
    "client_us": _run(_stream_with_ours),
    "sdk_us": _run(_stream_with_sdk),
}


def measure() -> dict[str, dict[str, float]]:
    """Measure every way of decoding under every way of cutting."""
    result: dict[str, dict[str, float]] = {}
    for name, chunks in _chunkings().items():
        times: dict[str, list[float]] = {way: [] for way in _WAYS}
        # The first round only warms up.
        for number in range(ROUNDS + 1):
            for way, work in _WAYS.items():
                began = time.process_time()
                count = work(chunks)
                spent_s = time.process_time() - began
                assert count == EVENTS, (way, count)
                if number:
                    times[way].append(spent_s / EVENTS * 1e6)
        row = {way: round(median(values), 2) for way, values in times.items()}
        row["sdk_over_reply"] = round(row["sdk_us"] / row["reply_us"], 2)
        row["sdk_over_client"] = round(row["sdk_us"] / row["client_us"], 2)
        row["httpx_sse_over_decode"] = round(row["httpx_sse_decode_us"] / row["decode_us"], 2)
        result[name] = row
    return result


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
