"""A server whose certificate nobody vouches for gets nothing, and is told as such."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from desktop_chat.api.client import MessagesClient
from desktop_chat.core.errors import NoConnection
from desktop_chat.core.events import ReplyEnded
from desktop_chat.core.provider import ProviderProfile, profile_for
from tests.helpers.contracts import BODY, KEY
from tests.helpers.raw_server import RawServer, in_turn, stream
from tests.helpers.streams import reply

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="makes its certificate with the openssl program")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of its own for this machine, and its key."""
    key, own = tmp_path / "key.pem", tmp_path / "own.pem"
    assert OPENSSL is not None
    options = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(own)]
    subprocess.run([OPENSSL, "req", *options, *names, *files], check=True, capture_output=True, timeout=60)
    return own, key


@asynccontextmanager
async def tls_server(own: Path, key: Path) -> AsyncGenerator[tuple[RawServer, ProviderProfile], None]:
    raw = RawServer(in_turn(stream(reply("Hi"))))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, key)
    server = await asyncio.start_server(raw.serve, "127.0.0.1", 0, ssl=context)
    try:
        yield raw, profile_for(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    finally:
        server.close()
        await server.wait_closed()


async def test_an_untrusted_certificate_is_told_and_nothing_is_sent(certificate: tuple[Path, Path]) -> None:
    client = MessagesClient()
    async with tls_server(*certificate) as (raw, profile):
        with pytest.raises(NoConnection) as caught:
            [event async for event in client.stream(BODY, profile, KEY)]
    await client.close()
    assert "is not trusted" in caught.value.title
    assert "self-signed" in caught.value.detail
    assert raw.requests == []


async def test_a_certificate_that_the_system_trusts_is_enough(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    client = MessagesClient()
    async with tls_server(*certificate) as (raw, profile):
        events = [event async for event in client.stream(BODY, profile, KEY)]
    await client.close()
    assert isinstance(events[-1], ReplyEnded)
    assert raw.requests[0].headers["authorization"] == f"Bearer {KEY.reveal()}"
