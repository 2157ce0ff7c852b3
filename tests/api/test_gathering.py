"""Small pieces are gathered; nothing is lost, nothing waits that is no trickle."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from anyio import EndOfStream
from anyio._backends._asyncio import SocketStream
from anyio.abc import ByteStream

from desktop_chat.api.gathering import (
    PAUSE_S,
    SMALL_BYTES,
    SMALL_COUNT,
    GatheringBackend,
    GatheringStream,
    gathering,
)

PIECES = [f"data: {number}\n\n".encode() for number in range(200)]
SPACING_S = 0.002


class Pieces(ByteStream):
    """A line on which these pieces come, one a read."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = list(pieces)

    async def receive(self, max_bytes: int = 65536) -> bytes:
        if not self._pieces:
            raise EndOfStream
        return self._pieces.pop(0)

    async def send(self, item: bytes) -> None: ...

    async def send_eof(self) -> None: ...

    async def aclose(self) -> None: ...

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        return {}


class Rests:
    """Takes down how long was waited."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


async def test_a_head_and_a_handshake_do_not_wait() -> None:
    rests = Rests()
    stream = GatheringStream(Pieces([b"small"] * SMALL_COUNT), rests)
    for _ in range(SMALL_COUNT):
        await stream.receive()
    assert rests.seconds == []


async def test_a_trickle_waits_less_than_a_frame() -> None:
    rests = Rests()
    stream = GatheringStream(Pieces([b"small"] * (SMALL_COUNT + 3)), rests)
    for _ in range(SMALL_COUNT + 3):
        await stream.receive()
    assert len(rests.seconds) == 3
    assert all(0 < seconds <= PAUSE_S for seconds in rests.seconds)


async def test_large_pieces_do_not_wait_and_end_a_trickle() -> None:
    rests = Rests()
    stream = GatheringStream(Pieces([b"small"] * SMALL_COUNT + [b"x" * SMALL_BYTES] * 5), rests)
    for _ in range(SMALL_COUNT + 5):
        await stream.receive()
    assert len(rests.seconds) == 1


async def test_a_question_of_ours_ends_a_trickle() -> None:
    rests = Rests()
    stream = GatheringStream(Pieces([b"small"] * (SMALL_COUNT + 1)), rests)
    for _ in range(SMALL_COUNT):
        await stream.receive()
    await stream.send(b"GET /")
    await stream.receive()
    assert rests.seconds == []


@pytest.mark.parametrize("is_encrypted", [False, True], ids=["plain", "encrypted"])
async def test_a_stream_is_read_whole_with_few_reads(
    is_encrypted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = 0
    receive = GatheringStream.receive

    async def counted(stream: GatheringStream, max_bytes: int = 65536) -> bytes:
        nonlocal reads
        reads += 1
        return await receive(stream, max_bytes)

    monkeypatch.setattr(GatheringStream, "receive", counted)
    server_side, client_side = _contexts(tmp_path) if is_encrypted else (None, None)
    async with _trickling(server_side) as port:
        transport = gathering(httpx.AsyncHTTPTransport(verify=client_side or True, trust_env=False))
        async with httpx.AsyncClient(transport=transport) as client:
            scheme = "https" if is_encrypted else "http"
            async with client.stream("GET", f"{scheme}://127.0.0.1:{port}/") as response:
                text = b"".join([chunk async for chunk in response.aiter_raw()])
    assert text == b"".join(PIECES)
    # As many as pieces if each were read by itself; a slow machine only makes them fewer.
    assert SMALL_COUNT < reads < len(PIECES) / 3


async def test_encrypted_records_that_came_together_are_one_read(tmp_path: Path) -> None:
    server_side, client_side = _contexts(tmp_path)
    reads: list[bytes] = []
    async with _trickling(server_side) as port:
        opened = await GatheringBackend().connect_tcp("127.0.0.1", port)
        line = await opened.start_tls(client_side, "127.0.0.1")
        await line.write(b"GET / HTTP/1.1\r\n\r\n")
        while reads[-1:] != [b""]:
            reads.append(await line.read(65536))
        await line.aclose()
    assert b"".join(reads).endswith(b"data: 199\n\n\r\n0\r\n\r\n")
    # Each piece is a record of its own.
    assert SMALL_COUNT < len(reads) < len(PIECES) / 3


async def test_a_line_that_is_reset_while_small_pieces_come_is_told_as_broken() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(SMALL_COUNT):
            writer.write(b"small")
            await writer.drain()
            await asyncio.sleep(SPACING_S)
        # Closed with a reset: nothing is waited for.
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        line = await GatheringBackend().connect_tcp("127.0.0.1", server.sockets[0].getsockname()[1])
        with pytest.raises(httpcore.ReadError):
            while await line.read(65536):
                pass
        await line.aclose()


async def test_to_a_server_that_has_spoken_nothing_more_is_sent_and_its_words_are_read() -> None:
    async def speak(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"too large")
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server:
        line = await GatheringBackend().connect_tcp("127.0.0.1", server.sockets[0].getsockname()[1])
        async with asyncio.timeout(5):
            while not line.get_extra_info("is_readable"):  # noqa: ASYNC110  the system tells nobody
                await asyncio.sleep(0.001)
        # The end of a request is nothing that goes over the line.
        await line.write(b"")
        with pytest.raises(httpcore.WriteError):
            await line.write(b"more")
        assert await line.read(65_536) == b"too large"
        await line.aclose()


async def test_what_has_gathered_is_read_without_asking_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = 0
    receive = SocketStream.receive

    async def counted(stream: SocketStream, max_bytes: int = 65536) -> bytes:
        nonlocal waits
        waits += 1
        return await receive(stream, max_bytes)

    monkeypatch.setattr(SocketStream, "receive", counted)
    text = b""
    async with _trickling(None) as port:
        line = await GatheringBackend().connect_tcp("127.0.0.1", port)
        await line.write(b"GET / HTTP/1.1\r\n\r\n")
        while piece := await line.read(65536):
            text += piece
        await line.aclose()
    assert all(piece in text for piece in PIECES)
    # The first few, and the end; on a machine at rest no others.
    assert waits < len(PIECES) / 10


@asynccontextmanager
async def _trickling(context: ssl.SSLContext | None) -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        for piece in PIECES:
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
            await asyncio.sleep(SPACING_S)
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


def _contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's, with a certificate of their own."""
    pytest.importorskip("cryptography", reason="only Linux has it, for its keyring")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.datetime.now(datetime.UTC)
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .sign(key, hashes.SHA256())
    )
    both = folder / "both.pem"
    encoding = serialization.Encoding.PEM
    secret = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    both.write_bytes(secret + certificate.public_bytes(encoding))
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(both)
    return server_side, ssl.create_default_context(cafile=str(both))
