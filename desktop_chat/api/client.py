"""The client of the Messages API: sends what is asked, again where that makes sense, and gives what comes of it.

Importing this module is cheap; httpx and the certificates are loaded by `warm_up`, away from the GUI thread.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from desktop_chat.api import retry
from desktop_chat.api.answers import chunks_of, failure_of, json_body, opened_event, whole_reply
from desktop_chat.api.body import Upload
from desktop_chat.api.call import LINE, Call, host_of
from desktop_chat.api.connection_pool import connection_pool
from desktop_chat.api.http_faults import faults_told
from desktop_chat.api.inflate import Inflater
from desktop_chat.api.line_faults import LineFault, failure_of_line, failure_of_upload
from desktop_chat.api.model_list import ModelPage
from desktop_chat.api.quiet import Patience
from desktop_chat.api.relay import FellSilent, Outlet, relay
from desktop_chat.api.reply_reader import ReplyReader
from desktop_chat.api.retry import AttemptFailed
from desktop_chat.api.watch import Watch
from desktop_chat.api.wire import read_json
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.bad_line import BadLine
from desktop_chat.core.errors import Answer, BadReply
from desktop_chat.core.events import BodySent, LineOpened, RequestSent, RetryScheduled, StreamEvent
from desktop_chat.core.models import ModelInfo
from desktop_chat.core.provider import ProviderProfile
from desktop_chat.core.stream_observer import StreamObserver

if TYPE_CHECKING:
    import httpx

    from desktop_chat.api.bad_network import LineClock
    from desktop_chat.api.connection_pool import WrapTransport

MODEL_PAGES_MAX: Final = 20
MODELS_PER_PAGE: Final = 1_000

_STEPS: Final[Mapping[str, StreamEvent]] = {
    "http11.send_request_headers.started": LineOpened(),
    "http11.send_request_body.complete": BodySent(),
}
"""What httpcore calls the steps that a reader is told of."""


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
                self._http = connection_pool(self._options.wrap_transport, self._options.system_proxies)

    async def stream(
        self,
        body: Mapping[str, Any],
        profile: ProviderProfile,
        key: ApiKey | None,
        line: BadLine | None = None,
        observer: StreamObserver | None = None,
    ) -> AsyncGenerator[StreamEvent, None]:
        """See the port. Sends the request again by itself as long as nothing of a reply has been given."""
        # In a thread: files are megabytes.
        made = await asyncio.to_thread(Call.to, profile, key, "/v1/messages", {**body, "stream": True})
        call = replace(made, line=line)
        watch = Watch(observer, call) if observer is not None else None
        for attempt in range(1, self._options.attempts_max + 1):
            yield RequestSent(attempt, call.size_bytes)
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
        upload: Upload | None = None

        async def read(outlet: Outlet) -> None:
            nonlocal upload
            upload = None if call.body is None else Upload(call.body, outlet.touch)
            await self._read_reply(call, reader, outlet, watch, upload)

        try:
            async with aclosing(relay(read, self._options.patience)) as batches:
                async for batch in batches:
                    yield batch
        except AttemptFailed:
            # What happens to the line after the reply's end concerns nobody.
            if not reader.is_ended:
                raise
        except FellSilent as silence:
            if upload is not None and upload.is_under_way and not silence.has_slept:
                raise failure_of_upload(upload, call.asked.host, is_stalled=True) from silence
            fault = LineFault.SLEEP if silence.has_slept else LineFault.SILENCE
            raise failure_of_line(fault, None, call.asked.host, reader.has_bytes, reader.answer) from silence

    async def _read_reply(
        self, call: Call, reader: ReplyReader, outlet: Outlet, watch: Watch | None, upload: Upload | None
    ) -> None:
        async def tell_step(name: str, info: Mapping[str, Any]) -> None:
            if watch is not None:
                watch.traced(name, info)
            if step := _STEPS.get(name):
                await outlet.put([step])

        async with self._opened(call, reader, upload, {"trace": tell_step}) as response:
            outlet.touch()
            content_type = response.headers.get("content-type", "").lower()
            opened = opened_event(response, call.asked)
            reader.answer = Answer(request_id=opened.request_id)
            if watch is not None:
                watch.opened(response.status_code, opened.request_id, response.headers.multi_items())
            if response.status_code != 200 or not content_type.startswith("text/event-stream"):
                await outlet.put(await whole_reply(response, content_type, call.asked, watch))
                return
            await outlet.put([opened])
            inflater = Inflater(response.headers.get("content-encoding", ""))
            async with chunks_of(response) as chunks:
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
        self,
        call: Call,
        reader: ReplyReader | None = None,
        upload: Upload | None = None,
        extensions: Mapping[str, Any] = MappingProxyType({}),
    ) -> AsyncIterator[httpx.Response]:
        """Send a call and give its response with the headers read; closed at the end. `extensions` are httpx's.

        Raises:  AttemptFailed for every way in which the line can fail, here and inside the block.
        """
        http = await self._pool(call.line)
        with faults_told(call.asked.host, reader, upload):
            request = http.build_request(
                call.method,
                call.url,
                headers=dict(call.headers),
                content=upload,
                extensions={LINE: call.line, **extensions},
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
            upload = None if call.body is None else Upload(call.body, lambda: None)
            async with self._opened(call, upload=upload) as response:
                if response.status_code == 200:
                    return read_json(call.asked.masked(await json_body(response, call.asked)))
                raise await failure_of(response, call.asked)
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
                worse = worsened(self._options.wrap_transport, self._options.line_clock)
                self._worse_http = connection_pool(worse, self._options.system_proxies)


def _unexpected(profile: ProviderProfile, what: str) -> BadReply:
    return BadReply(
        f"{host_of(profile)} did not answer with {what}.",
        "It may be no Messages API server. Check the server address in the settings.",
    )
