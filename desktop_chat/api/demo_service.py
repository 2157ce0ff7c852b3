"""The inside of the demo server: takes connections, and brings requests, endpoints and faults together."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from typing import Any, Final, Protocol

from desktop_chat.api.demo_answers import continuation_of, without_quote
from desktop_chat.api.demo_api import MESSAGES, DemoApi, JsonAnswer, ReplyAnswer, body_of, methods_of
from desktop_chat.api.demo_events import events_of
from desktop_chat.api.demo_faults import NO_FAULTS, Faults, Pace, trick_in
from desktop_chat.api.demo_http import BodyWriter, Connection, Headers, HttpRequest
from desktop_chat.api.demo_ids import new_request_id
from desktop_chat.api.demo_limits import Limits
from desktop_chat.api.demo_problem import Problem, problem_for
from desktop_chat.api.demo_record import RecordedRequest
from desktop_chat.api.demo_reply import question_of
from desktop_chat.api.demo_stream import StreamPlayer
from desktop_chat.core.api_key import ApiKey

_JSON: Final = ("content-type", "application/json")
_STREAM_TYPE: Final = "text/event-stream; charset=utf-8"
_SECRET_HEADERS: Final = ("authorization", "x-api-key")
_PAGE: Final = (
    b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n"
    b"<body><center><h1>502 Bad Gateway</h1></center><hr><center>a proxy in between</center></body></html>\n"
)
_BAD_GATEWAY: Final = 502


class Owner(Protocol):
    """What the service needs of the `DemoServer` around it."""

    pace: Pace
    limits: Limits

    def take_faults(self, path: str) -> Faults: ...

    def record(self, request: RecordedRequest) -> None: ...


class Service:
    """Serves until it is stopped; lives in one loop, only `stop` may be called from elsewhere."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._api = DemoApi(owner.limits)
        self._clients: dict[asyncio.Task[None], asyncio.Task[None]] = {}
        self._loop = asyncio.get_running_loop()
        self._server: asyncio.Server | None = None
        self._stopped = asyncio.Event()
        self._failed_counts: dict[bytes, int] = {}

    async def listen(self, host: str, port: int) -> int:
        """Open the port and give its number.

        Raises:  OSError when it is taken.
        """
        self._server = await asyncio.start_server(self._serve, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def run_until_stopped(self) -> None:
        """Serve; then break all connections off and wait for their ends."""
        await self._stopped.wait()
        if self._server is not None:
            self._server.close()
        # WORKAROUND https://github.com/python/cpython/issues/113538 (3.11): a cancelled connection task is reported
        # as an error, so its inner task is cancelled and the connection ends by itself.
        for answering in self._clients.values():
            answering.cancel()
        await asyncio.gather(*self._clients)

    def stop(self) -> None:
        """End `run_until_stopped`; from any thread."""
        self._loop.call_soon_threadsafe(self._stopped.set)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        this = asyncio.current_task()
        assert this is not None
        connection = Connection(reader, writer)
        if self._stopped.is_set():
            return writer.close()
        try:
            async with asyncio.TaskGroup() as group:
                answering = group.create_task(self._answer_all(connection))
                self._clients[this] = answering
                pumping = group.create_task(connection.pump())
                # Whichever ends first ends the other: nobody is left to answer, or nothing is left to say.
                pumping.add_done_callback(lambda _: answering.cancel())
                answering.add_done_callback(lambda _: pumping.cancel())
        finally:
            self._clients.pop(this, None)
            writer.close()

    async def _answer_all(self, connection: Connection) -> None:
        while (request := await connection.next_request()) is not None:
            record = RecordedRequest(
                time.monotonic(), request.method, request.target, _masked(request), raw_body=request.body
            )
            self._owner.record(record)
            is_whole = False
            try:
                await self._answer(connection, request, record)
                is_whole = True
            except ConnectionError:
                return
            finally:
                if not is_whole:
                    record.closed_at = connection.gone_at or time.monotonic()
                record.done.set()

    async def _answer(self, connection: Connection, request: HttpRequest, record: RecordedRequest) -> None:
        started_at = asyncio.get_running_loop().time()
        request_id = new_request_id()
        try:
            if request.method == "OPTIONS":
                record.status = 204
                allow = ", ".join((*methods_of(request.path), "OPTIONS"))
                return await connection.answer(204, [*self._api.headers(request_id), ("allow", allow)])
            faults = self._faults_for(request)
            if faults.first_byte_delay_s:
                await asyncio.sleep(faults.first_byte_delay_s)
            if faults.drops_before_headers:
                return connection.reset()
            if faults.is_html:
                record.status = faults.status or _BAD_GATEWAY
                return await connection.answer(record.status, [("content-type", "text/html")], _PAGE)
            self._api.check_access(request)
            if faults.status is not None:
                raise problem_for(faults.status, _retry_headers(faults))
            answer = self._api.answer(request, faults)
        except Problem as problem:
            record.status = problem.status
            headers = [*self._api.headers(request_id), *problem.headers, _JSON]
            is_head = request.method == "HEAD"
            return await connection.answer(problem.status, headers, problem.body(request_id), is_head=is_head)
        record.status = 200
        sender = _Sender(connection, request, faults, self._owner.pace, request_id, self._api.headers(request_id))
        return await sender.send(answer, started_at)

    def _faults_for(self, request: HttpRequest) -> Faults:
        """The server's faults, or those a person asks for in the question."""
        faults = self._owner.take_faults(request.path)
        if faults != NO_FAULTS or request.path != MESSAGES or b"/demo" not in request.body:
            return faults
        body = body_of(request)
        messages: Any = body.get("messages")
        interrupted = continuation_of(messages)
        # What is quoted of an answer asks for nothing.
        trick = trick_in(without_quote(question_of(body))[0] if interrupted is None else interrupted.own_words)
        if trick is None and interrupted is not None:
            messages = messages[: interrupted.messages_count]
            trick = trick_in(interrupted.question)
            if trick is not None and trick.fails_count is None:
                # An answer that was cut for a demonstration can be continued.
                return trick.faults_once_over
        if trick is None:
            return faults
        if trick.fails_count is None:
            return trick.faults
        asked = hashlib.sha256(json.dumps(messages, sort_keys=True).encode()).digest()
        failed_count = self._failed_counts.get(asked, 0)
        self._failed_counts[asked] = failed_count + 1
        return trick.faults if failed_count < trick.fails_count else trick.faults_once_over


class _Sender:
    """Sends one good answer, whole or as a stream."""

    def __init__(
        self,
        connection: Connection,
        request: HttpRequest,
        faults: Faults,
        pace: Pace,
        request_id: str,
        headers: Headers,
    ) -> None:
        self._connection = connection
        self._is_head = request.method == "HEAD"
        self._faults = faults
        self._pace = pace
        self._request_id = request_id
        self._headers = headers

    async def send(self, answer: JsonAnswer | ReplyAnswer, started_at: float) -> None:
        if isinstance(answer, ReplyAnswer) and answer.is_stream:
            return await self._stream(answer, started_at)
        value = answer.reply.message() if isinstance(answer, ReplyAnswer) else answer.value
        content_type = ("content-type", self._faults.content_type or _JSON[1])
        body = json.dumps(value, ensure_ascii=False).encode()
        return await self._connection.answer(200, [*self._headers, content_type], body, is_head=self._is_head)

    async def _stream(self, answer: ReplyAnswer, started_at: float) -> None:
        faults = self._faults
        encoding = [("content-encoding", "gzip")] if faults.gzip else []
        content_type = ("content-type", faults.content_type or _STREAM_TYPE)
        await self._connection.open_stream([*self._headers, content_type, ("cache-control", "no-cache"), *encoding])
        writer = BodyWriter(self._connection, faults.chunk_bytes, faults.in_one_write, faults.gzip)
        player = StreamPlayer(writer, faults, self._pace, self._request_id)
        if faults.replay is not None:
            return await player.replay(faults.replay.read_bytes())
        piece_characters = faults.piece_characters if faults.reply_text is not None else None
        return await player.play(events_of(answer.reply, piece_characters), started_at)


def _retry_headers(faults: Faults) -> tuple[tuple[str, str], ...]:
    wanted = {
        "retry-after": faults.retry_after,
        "retry-after-ms": faults.retry_after_ms,
        "x-should-retry": None if faults.should_retry is None else str(faults.should_retry).lower(),
    }
    return tuple((name, value) for name, value in wanted.items() if value is not None)


def _masked(request: HttpRequest) -> dict[str, str]:
    return {
        name: ApiKey(value.removeprefix("Bearer ")).mask if name in _SECRET_HEADERS else value
        for name, value in request.headers.items()
    }
