"""What an answer holds when it has come: its body within bounds, a reply in one piece, the words of a failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from desktop_chat.api import headers as said
from desktop_chat.api.asked import Asked
from desktop_chat.api.failures import failure_of_answer, failure_of_event
from desktop_chat.api.inflate import Inflater
from desktop_chat.api.retry import AttemptFailed
from desktop_chat.api.sse import EVENT_BYTES_MAX
from desktop_chat.api.watch import Watch
from desktop_chat.api.wire import events_of_message, is_message, read_json
from desktop_chat.core.errors import Answer, BadReply
from desktop_chat.core.events import ResponseOpened, StreamEvent

if TYPE_CHECKING:
    import httpx

ERROR_BODY_BYTES_MAX: Final = 64 * 1024
JSON_BODY_BYTES_MAX: Final = EVENT_BYTES_MAX
"""A whole reply in one piece, or a list of models."""


async def whole_reply(
    response: httpx.Response, content_type: str, asked: Asked, watch: Watch | None
) -> list[StreamEvent]:
    """Read an answer that is no stream: some servers ignore `stream` and send the reply whole.

    Raises:  AttemptFailed when it is no reply at all.
    """
    if response.status_code == 200 and content_type.startswith("application/json"):
        body = await json_body(response, asked)
        answer = read_json(body)
        if is_message(answer):
            events = list(events_of_message(answer))
            if watch is not None:
                watch.arrived_whole(body, events)
            return [opened_event(response, asked), *events]
        if isinstance(answer, dict) and "error" in answer:
            raise failure_of_event(answer, body, asked, has_output=False)
        raise failure_of_answer(200, response.headers, body.encode(), asked)
    raise await failure_of(response, asked)


async def failure_of(response: httpx.Response, asked: Asked) -> AttemptFailed:
    """Read what an answer that is no reply says."""
    body = await _body(response, ERROR_BODY_BYTES_MAX)
    return failure_of_answer(response.status_code, response.headers, body, asked)


async def json_body(response: httpx.Response, asked: Asked) -> str:
    """Read a body that is JSON.

    Raises:  BadReply when it grows beyond the limit.
    """
    body = await _body(response, JSON_BODY_BYTES_MAX)
    if len(body) == JSON_BODY_BYTES_MAX:
        raise BadReply(
            f"{asked.host} sent an answer without an end.",
            f"It grew beyond {JSON_BODY_BYTES_MAX // (1024 * 1024)} MB, so the connection was closed. This is a fault "
            "of the server.",
            Answer(request_id=_request_id(response, asked)),
        )
    return body.decode("utf-8", "replace")


async def _body(response: httpx.Response, bytes_max: int) -> bytes:
    """Read a body, unpacked, up to its end or a limit."""
    inflater = Inflater(response.headers.get("content-encoding", ""))
    body = bytearray()
    async with chunks_of(response) as chunks:
        async for chunk in chunks:
            for piece in inflater.feed(chunk):
                body += piece
                if len(body) >= bytes_max:
                    return bytes(body[:bytes_max])
                if inflater.is_packed:
                    await asyncio.sleep(0)
    return bytes(body)


@asynccontextmanager
async def chunks_of(response: httpx.Response) -> AsyncIterator[AsyncIterator[bytes]]:
    """The body's bytes as they come, in a block that may be left at any chunk.

    Order:   the response is closed before its iterators. On a loop without hooks for generators, qasync's, an
             iterator that is dropped closes the line outside of any task, which httpcore cannot do.
    """
    chunks = response.aiter_raw()
    try:
        yield chunks
    finally:
        try:
            await response.aclose()
        finally:
            if isinstance(chunks, AsyncGenerator):
                await chunks.aclose()


def opened_event(response: httpx.Response, asked: Asked) -> ResponseOpened:
    """What the head of an answer tells a reader."""
    return ResponseOpened(_request_id(response, asked), said.rate_limits(response.headers))


def _request_id(response: httpx.Response, asked: Asked) -> str | None:
    return asked.masked(said.request_id(response.headers) or "") or None
