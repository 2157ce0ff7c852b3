"""The client of the Messages API: the one place that speaks HTTP. Only it and the transports around its own know httpx.

Importing this module is cheap; httpx and the certificates are loaded by `warm_up`, away from the GUI thread.
"""

from __future__ import annotations

import asyncio
import importlib
import socket
import ssl
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote

from desktop_chat.api import headers as said
from desktop_chat.api import retry
from desktop_chat.api.call import LINE, Call, host_of
from desktop_chat.api.failures import Asked, failure_of_answer, failure_of_event
from desktop_chat.api.inflate import Inflater
from desktop_chat.api.line_faults import LineFault, failure_of_line, is_garbled
from desktop_chat.api.model_list import ModelPage
from desktop_chat.api.proxies import proxy_routes
from desktop_chat.api.quiet import Patience
from desktop_chat.api.relay import FellSilent, Outlet, relay
from desktop_chat.api.reply_reader import ReplyReader
from desktop_chat.api.retry import AttemptFailed
from desktop_chat.api.sse import EVENT_BYTES_MAX
from desktop_chat.api.watch import Watch
from desktop_chat.api.wire import events_of_message, is_message, read_json
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.bad_line import BadLine
from desktop_chat.core.errors import Answer, ApiError, BadReply
from desktop_chat.core.events import (
    BodySent,
    LineOpened,
    RequestSent,
    ResponseOpened,
    RetryScheduled,
    StreamEvent,
)
from desktop_chat.core.models import ModelInfo
from desktop_chat.core.provider import ProviderProfile
from desktop_chat.core.stream_observer import StreamObserver

if TYPE_CHECKING:
    import httpx

    from desktop_chat.api.bad_network import LineClock

    WrapTransport: TypeAlias = Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]

CONNECT_S_MAX: Final = 10.0
ERROR_BODY_BYTES_MAX: Final = 64 * 1024
JSON_BODY_BYTES_MAX: Final = EVENT_BYTES_MAX
"""A whole reply in one piece, or a list of models."""

MODEL_PAGES_MAX: Final = 20
MODELS_PER_PAGE: Final = 1_000
_LOADED_LATE: Final = ("anyio._backends._asyncio", "anyio.streams.tls")
"""What httpx would load at the first request. MEASURED 130 ms on the GUI thread, 2026-11-23."""

_STEPS: Final[Mapping[str, StreamEvent]] = {
    "http11.send_request_headers.started": LineOpened(),
    "http11.send_request_body.complete": BodySent(),
}
"""What httpcore calls the steps that a reader is told of."""

IDLE_CONNECTION_S: Final = 90.0
"""How long a connection waits for the next question; a new one costs a handshake."""

KEEP_ALIVE_IDLE_S: Final = 30
"""TCP asks after a silent peer this often; routers forget idle lines after a few minutes."""


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """What tests and demonstrations turn; the defaults are what a person gets."""

    patience: Patience = Patience()
    deadline_s: float = 15.0
    """For the small calls: models and token counts."""
    attempts_max: int = retry.ATTEMPTS_MAX
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    system_proxies: Callable[[], Mapping[str, str]] | None = None
    """Where the proxies come from, instead of the environment or the system's settings."""
    wrap_transport: WrapTransport | None = None
    """Puts something between the client and the network, for instance one that makes faults."""
    line_clock: LineClock | None = None
    """How time passes under network conditions, instead of as it does."""


class MessagesClient:
    """`chat.ports.MessagesApi` over HTTP. One connection pool for all tabs."""

    def __init__(self, options: ClientOptions = ClientOptions()) -> None:
        self._options = options
        self._http: httpx.AsyncClient | None = None
        self._worse_http: httpx.AsyncClient | None = None
        """For requests under network conditions alone, and made with the first of them."""
        self._making = threading.Lock()

    def warm_up(self) -> None:
        """Load httpx and the system's certificates and make the connection pool.

        Takes a few hundred milliseconds: call it in a thread, after the first paint. May be called again.
        """
        with self._making:
            if self._http is None:
                self._http = _connection_pool(self._options)

    async def stream(
        self,
        body: Mapping[str, Any],
        profile: ProviderProfile,
        key: ApiKey | None,
        line: BadLine | None = None,
        observer: StreamObserver | None = None,
    ) -> AsyncGenerator[StreamEvent, None]:
        """See the port. Sends the request again by itself as long as nothing of a reply has been given."""
        call = replace(Call.to(profile, key, "/v1/messages", {**body, "stream": True}), line=line)
        watch = Watch(observer, call) if observer is not None else None
        for attempt in range(1, self._options.attempts_max + 1):
            yield RequestSent(attempt, len(call.content or b""))
            try:
                async with aclosing(self._attempt(call, watch)) as batches:
                    async for batch in batches:
                        for event in batch:
                            yield event
                return
            except AttemptFailed as failed:
                delay_s = retry.delay_s(failed, attempt, self._options.attempts_max)
                if delay_s is None:
                    raise failed.error from failed.__cause__
                failure = failed.error.failure()
            if watch is not None:
                watch.retried(failure, delay_s)
            yield RetryScheduled(delay_s, attempt + 1, self._options.attempts_max, failure)
            await self._options.sleep(delay_s)

    async def models(self, profile: ProviderProfile, key: ApiKey | None) -> tuple[ModelInfo, ...]:
        """See the port."""
        models: dict[str, ModelInfo] = {}
        after = ""
        async with self._deadline(profile):
            for _ in range(MODEL_PAGES_MAX):
                path = f"/v1/models?limit={MODELS_PER_PAGE}{after}"
                page = ModelPage.read(await self._fetch(Call.to(profile, key, path)))
                if page is None:
                    raise _unexpected(profile, "a list of models")
                models |= {model.id: model for model in page.models}
                if page.next_after is None:
                    break
                after = f"&after_id={quote(page.next_after, safe='')}"
        return tuple(models.values())

    async def count_tokens(self, body: Mapping[str, Any], profile: ProviderProfile, key: ApiKey | None) -> int:
        """See the port."""
        countable = {name: value for name, value in body.items() if name not in ("stream", "max_tokens")}
        async with self._deadline(profile):
            answer = await self._fetch(Call.to(profile, key, "/v1/messages/count_tokens", countable))
        count = answer.get("input_tokens") if isinstance(answer, dict) else None
        if type(count) is not int or count < 0:
            raise _unexpected(profile, "a count of tokens")
        return count

    async def close(self) -> None:
        """Close all connections. A later call opens new ones."""
        pools, self._http, self._worse_http = (self._http, self._worse_http), None, None
        for http in pools:
            if http is not None:
                await http.aclose()

    # --- one attempt ----------------------------------------------------------------------------------------------

    async def _attempt(self, call: Call, watch: Watch | None) -> AsyncGenerator[list[StreamEvent], None]:
        """Send the call once and give the events of its reply in batches, one per chunk.

        Raises:  AttemptFailed.
        """
        reader = ReplyReader(call.asked, watch=watch)

        async def read(outlet: Outlet) -> None:
            await self._read_reply(call, reader, outlet, watch)

        try:
            async with aclosing(relay(read, self._options.patience)) as batches:
                async for batch in batches:
                    yield batch
        except AttemptFailed:
            # What happens to the line after the reply's end concerns nobody.
            if not reader.is_ended:
                raise
        except FellSilent as silence:
            fault = LineFault.SLEEP if silence.has_slept else LineFault.SILENCE
            raise failure_of_line(fault, None, call.asked.host, reader.has_bytes, reader.answer) from silence

    async def _read_reply(self, call: Call, reader: ReplyReader, outlet: Outlet, watch: Watch | None) -> None:
        async def tell_step(name: str, info: Mapping[str, Any]) -> None:
            if watch is not None:
                watch.traced(name, info)
            if step := _STEPS.get(name):
                await outlet.put([step])

        async with self._opened(call, reader, {"trace": tell_step}) as response:
            outlet.touch()
            content_type = response.headers.get("content-type", "").lower()
            opened = _opened_event(response, call.asked)
            reader.answer = Answer(request_id=opened.request_id)
            if watch is not None:
                watch.opened(response.status_code, opened.request_id, response.headers.multi_items())
            if response.status_code != 200 or not content_type.startswith("text/event-stream"):
                await outlet.put(await _whole_reply(response, content_type, call.asked, watch))
                return
            await outlet.put([opened])
            inflater = Inflater(response.headers.get("content-encoding", ""))
            async with _chunks_of(response) as chunks:
                async for chunk in chunks:
                    outlet.touch()
                    for piece in inflater.feed(chunk):
                        if batch := reader.feed(piece):
                            await outlet.put(batch)
                        if reader.failure:
                            raise reader.failure
                        if inflater.is_packed:
                            # One read may unpack to a thousand pieces: the window has its turn, and Stop its chance.
                            await asyncio.sleep(0)
                    if reader.is_ended:
                        outlet.end()
            reader.check_end()

    @asynccontextmanager
    async def _opened(
        self, call: Call, reader: ReplyReader | None = None, extensions: Mapping[str, Any] | None = None
    ) -> AsyncIterator[httpx.Response]:
        """Send a call and give its response with the headers read; closed at the end. `extensions` are httpx's.

        Raises:  AttemptFailed for every way in which the line can fail, here and inside the block.
        """
        http = await self._pool(call.line)
        with _faults_told(call.asked.host, reader):
            request = http.build_request(
                call.method,
                call.url,
                headers=dict(call.headers),
                content=call.content,
                extensions={LINE: call.line, **(extensions or {})} if call.line else dict(extensions or {}),
            )
            response = await http.send(request, stream=True)
            try:
                yield response
            finally:
                await response.aclose()

    async def _fetch(self, call: Call) -> Any:
        """Send a small call and give the JSON of its answer, None when it is none.

        Raises:  ApiError of the tree.
        """
        try:
            async with self._opened(call) as response:
                if response.status_code == 200:
                    return read_json(call.asked.masked(await _json_body(response, call.asked)))
                raise await _failure_of(response, call.asked)
        except AttemptFailed as failed:
            raise failed.error from failed.__cause__

    @asynccontextmanager
    async def _deadline(self, profile: ProviderProfile) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._options.deadline_s):
                yield
        except TimeoutError as error:
            raise failure_of_line(LineFault.CONNECT_TIMEOUT, None, host_of(profile)).error from error

    async def _pool(self, line: BadLine | None) -> httpx.AsyncClient:
        if (http := self._http if line is None else self._worse_http) is not None:
            return http
        # In a thread even now: loading would freeze the window.
        await asyncio.get_running_loop().run_in_executor(None, self.warm_up if line is None else self._warm_up_worse)
        return await self._pool(line)

    def _warm_up_worse(self) -> None:
        from desktop_chat.api.bad_network import worsened

        with self._making:
            if self._worse_http is None:
                self._worse_http = _connection_pool(worsened(self._options))


async def _whole_reply(
    response: httpx.Response, content_type: str, asked: Asked, watch: Watch | None
) -> list[StreamEvent]:
    """Read an answer that is no stream: some servers ignore `stream` and send the reply whole.

    Raises:  AttemptFailed when it is no reply at all.
    """
    if response.status_code == 200 and content_type.startswith("application/json"):
        body = await _json_body(response, asked)
        answer = read_json(body)
        if is_message(answer):
            events = list(events_of_message(answer))
            if watch is not None:
                watch.arrived_whole(body, events)
            return [_opened_event(response, asked), *events]
        if isinstance(answer, dict) and "error" in answer:
            raise failure_of_event(answer, body, asked, has_output=False)
        raise failure_of_answer(200, response.headers, body.encode(), asked)
    raise await _failure_of(response, asked)


async def _failure_of(response: httpx.Response, asked: Asked) -> AttemptFailed:
    body = await _body(response, ERROR_BODY_BYTES_MAX)
    return failure_of_answer(response.status_code, response.headers, body, asked)


async def _json_body(response: httpx.Response, asked: Asked) -> str:
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
    async with _chunks_of(response) as chunks:
        async for chunk in chunks:
            for piece in inflater.feed(chunk):
                body += piece
                if len(body) >= bytes_max:
                    return bytes(body[:bytes_max])
                if inflater.is_packed:
                    await asyncio.sleep(0)
    return bytes(body)


@asynccontextmanager
async def _chunks_of(response: httpx.Response) -> AsyncIterator[AsyncIterator[bytes]]:
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


def _opened_event(response: httpx.Response, asked: Asked) -> ResponseOpened:
    return ResponseOpened(_request_id(response, asked), said.rate_limits(response.headers, time.time()))


def _request_id(response: httpx.Response, asked: Asked) -> str | None:
    return asked.masked(said.request_id(response.headers) or "") or None


def _unexpected(profile: ProviderProfile, what: str) -> BadReply:
    return BadReply(
        f"{host_of(profile)} did not answer with {what}.",
        "It may be no Messages API server. Check the server address in the settings.",
    )


@contextmanager
def _faults_told(host: str, reader: ReplyReader | None) -> Iterator[None]:
    """Turn whatever the line does into AttemptFailed; errors of ours pass as they are."""
    import httpx

    def failed(fault: LineFault, cause: BaseException) -> AttemptFailed:
        if reader is None:
            return failure_of_line(fault, cause, host)
        return failure_of_line(fault, cause, host, reader.has_bytes, reader.answer)

    try:
        yield
    except ApiError as error:
        raise AttemptFailed(error, is_temporary=False) from error.__cause__
    except (httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise failed(LineFault.CONNECT_TIMEOUT, error) from error
    except httpx.ProxyError as error:
        raise failed(LineFault.PROXY, error) from error
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL, UnicodeError) as error:
        # UnicodeError: a host name that cannot be written in the form of the name service.
        raise failed(LineFault.ADDRESS, error) from error
    except httpx.ConnectError as error:
        raise failed(LineFault.CONNECT, error) from error
    except httpx.RemoteProtocolError as error:
        raise failed(LineFault.GARBLED if is_garbled(error) else LineFault.BROKEN, error) from error
    except (httpx.TransportError, OSError) as error:
        raise failed(LineFault.BROKEN, error) from error


def _connection_pool(options: ClientOptions) -> httpx.AsyncClient:
    from urllib.request import getproxies

    import httpx
    import truststore

    from desktop_chat.api.closing import ClosingTransport
    from desktop_chat.api.gathering import gathering

    for name in _LOADED_LATE:
        importlib.import_module(name)
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    wrap = options.wrap_transport or (lambda transport: transport)
    limits = httpx.Limits(max_connections=100, keepalive_expiry=IDLE_CONNECTION_S)

    def transport(proxy: str | None = None) -> httpx.AsyncBaseTransport:
        options = _socket_options()
        made = httpx.AsyncHTTPTransport(
            verify=context, trust_env=False, limits=limits, proxy=proxy, socket_options=options
        )
        return wrap(ClosingTransport(gathering(made)))

    def through(proxy: str) -> httpx.AsyncBaseTransport:
        try:
            return transport(proxy)
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            return httpx.MockTransport(partial(_refuse_proxy, str(error)))

    direct = transport()
    routes = proxy_routes((options.system_proxies or getproxies)())
    return httpx.AsyncClient(
        transport=direct,
        mounts={pattern: through(proxy) if proxy else direct for pattern, proxy in routes.items()},
        # Silence is watched by `relay`: a read timeout would be one timer per read (see `quiet`).
        timeout=httpx.Timeout(CONNECT_S_MAX, read=None),
        trust_env=False,
        follow_redirects=False,
    )


def _refuse_proxy(why: str, _request: httpx.Request) -> httpx.Response:
    """Stand in for a proxy of a kind that is not supported, such as SOCKS: told when it is used, not at the start."""
    import httpx

    raise httpx.ProxyError(f"unusable proxy: {why}")


def _socket_options() -> list[tuple[int, int, int]]:
    # Not every system has these two names.
    intervals = [getattr(socket, name) for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL") if hasattr(socket, name)]
    return [
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
        *((socket.IPPROTO_TCP, name, KEEP_ALIVE_IDLE_S) for name in intervals),
    ]
