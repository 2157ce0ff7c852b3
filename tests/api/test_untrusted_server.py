"""A server whose certificate nobody vouches for gets nothing, and is told as such."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from desktop_chat.api.client import MessagesClient
from desktop_chat.core.errors import NoConnection
from desktop_chat.core.events import ReplyEnded
from desktop_chat.core.failure import Action
from desktop_chat.core.provider import ProviderProfile, profile_for
from tests.helpers.certificates import Certificate, made_in
from tests.helpers.contracts import BODY, KEY
from tests.helpers.machine import needs
from tests.helpers.raw_server import RawServer, in_turn, stream
from tests.helpers.streams import reply

pytestmark = needs("openssl", "openssl")


@asynccontextmanager
async def tls_server(certificate: Certificate) -> AsyncGenerator[tuple[RawServer, ProviderProfile], None]:
    raw = RawServer(in_turn(stream(reply("Hi"))))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.own, certificate.key)
    server = await asyncio.start_server(raw.serve, "127.0.0.1", 0, ssl=context)
    try:
        yield raw, profile_for(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    ("names", "days", "is_known", "why"),
    [
        ("IP:127.0.0.1", ("", ""), False, "self-signed"),
        ("IP:127.0.0.1", ("200101", "200201"), True, "expired"),
        ("IP:127.0.0.1", ("490101", "490201"), True, "not yet valid"),
        ("IP:127.0.0.2,DNS:server.example", ("", ""), True, "not valid for '127.0.0.1'"),
    ],
)
async def test_a_bad_certificate_is_told_with_its_reason_and_nothing_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: str, days: tuple[str, str], is_known: bool, why: str
) -> None:
    certificate = made_in(tmp_path, names, *days)
    if is_known:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.own))
    client = MessagesClient()
    async with tls_server(certificate) as (raw, profile):
        with pytest.raises(NoConnection) as caught:
            [event async for event in client.stream(BODY, profile, KEY)]
        with pytest.raises(NoConnection, match="is not trusted"):
            await client.models(profile, KEY)
    await client.close()
    assert "is not trusted" in caught.value.title
    assert why in caught.value.detail
    assert "Nothing was sent" in caught.value.detail
    # All that is offered is to try again: there is no way around it.
    assert caught.value.action is Action.RETRY
    assert raw.requests == []


async def test_a_certificate_that_the_system_trusts_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = made_in(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.own))
    client = MessagesClient()
    async with tls_server(certificate) as (raw, profile):
        events = [event async for event in client.stream(BODY, profile, KEY)]
    await client.close()
    assert isinstance(events[-1], ReplyEnded)
    assert raw.requests[0].headers["authorization"] == f"Bearer {KEY.reveal()}"
