"""The contract of `MessagesApi`, kept by the client over a socket and by the fake."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from desktop_chat.api.client import MessagesClient
from desktop_chat.chat.ports import MessagesApi
from desktop_chat.core.errors import KeyRejected, StreamBroken
from desktop_chat.core.models import ModelInfo
from desktop_chat.core.provider import ProviderProfile
from tests.helpers.contracts import PIECES, ApiCase, MessagesApiContract, profile_of
from tests.helpers.fake_api import FakeApi, Gate, reply_events
from tests.helpers.raw_server import Stall, Step, answer, raw_server, stream
from tests.helpers.streams import MESSAGE_START, reply, text_delta

_BLOCK = b'data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n'
_FIRST_PIECE = MESSAGE_START + _BLOCK + text_delta(PIECES[0])
_MODELS = {"data": [{"id": "claude-test"}]}


def _answers(case: ApiCase, wants_stream: bool) -> list[Step]:
    match case:
        case ApiCase.REPLIES if wants_stream:
            return stream(reply(*PIECES))
        case ApiCase.REPLIES:
            return answer(200, {"content-type": "application/json"}, json.dumps(_MODELS).encode())
        case ApiCase.REJECTS_KEY:
            body = {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}
            return answer(401, {"content-type": "application/json"}, json.dumps(body).encode())
        case ApiCase.CUTS:
            return stream(_FIRST_PIECE)
        case ApiCase.HOLDS:
            return stream(_FIRST_PIECE, Stall())


class TestMessagesClient(MessagesApiContract):
    """The real one, against a real socket."""

    def served(self, case: ApiCase) -> AbstractAsyncContextManager[tuple[MessagesApi, ProviderProfile]]:
        return self._served(case)

    @asynccontextmanager
    async def _served(self, case: ApiCase) -> AsyncGenerator[tuple[MessagesApi, ProviderProfile], None]:
        client = MessagesClient()
        async with raw_server(lambda request: _answers(case, b'"stream":true' in request.body)) as server:
            try:
                yield client, profile_of(server.url)
            finally:
                await client.close()


class TestFakeApi(MessagesApiContract):
    """The fake that tests of `chat` use."""

    def served(self, case: ApiCase) -> AbstractAsyncContextManager[tuple[MessagesApi, ProviderProfile]]:
        return self._served(case)

    @asynccontextmanager
    async def _served(self, case: ApiCase) -> AsyncGenerator[tuple[MessagesApi, ProviderProfile], None]:
        fake = FakeApi()
        fake.model_list = (ModelInfo("claude-test", "Claude Test"),)
        until_first_piece = reply_events(*PIECES)[:3]
        match case:
            case ApiCase.REPLIES:
                fake.script(*reply_events(*PIECES))
            case ApiCase.REJECTS_KEY:
                fake.script(KeyRejected("The key was not accepted."))
            case ApiCase.CUTS:
                fake.script(*until_first_piece, StreamBroken("The reply ended too early."))
            case ApiCase.HOLDS:
                fake.script(*until_first_piece, Gate())
        yield fake, profile_of()
