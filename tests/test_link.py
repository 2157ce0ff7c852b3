"""The bad line of the tests is as bad as it says, over real sockets."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from tests.helpers.link import GOOD, LOSSY, NO_LINK, Conditions, Link, link_to
from tests.helpers.said_server import SaidServer, said_server

BODY = bytes(range(256)) * 400
ASKING = b"POST / HTTP/1.1\r\n\r\n"


@pytest.fixture
def server() -> Iterator[SaidServer]:
    with said_server(BODY) as made:
        yield made


def told(link: Link) -> bytes:
    """Ask, and read to the end."""
    with socket.create_connection(("127.0.0.1", link.port)) as line:
        line.sendall(ASKING)
        said = b""
        while more := line.recv(65536):
            said += more
        return said


def test_a_good_line_changes_nothing_and_counts(server: SaidServer) -> None:
    with link_to(server.port) as link:
        assert told(link) == BODY
        (carried,) = link.carried
        assert carried.closed.wait(5)
        assert (carried.up_bytes, carried.down_bytes) == (len(ASKING), len(BODY))
        assert carried.closed_by_server_at is not None


def test_a_slow_line_takes_its_time(server: SaidServer) -> None:
    with link_to(server.port, Conditions(delay_s=0.1, bytes_per_s=len(BODY) / 0.5)) as link:
        began_at = time.monotonic()
        assert told(link) == BODY
        assert time.monotonic() - began_at >= 0.7


def test_what_is_lost_comes_again_in_order_and_later(server: SaidServer) -> None:
    with link_to(server.port, LOSSY, seed=1, squeeze=50.0) as link:
        began_at = time.monotonic()
        assert told(link) == BODY
        assert time.monotonic() - began_at >= 0.05


def test_without_a_link_nothing_passes_and_nothing_is_lost(server: SaidServer) -> None:
    with link_to(server.port, NO_LINK) as link, socket.create_connection(("127.0.0.1", link.port)) as line:
        line.sendall(ASKING)
        line.settimeout(0.2)
        with pytest.raises(TimeoutError):
            line.recv(1)
        link.set(GOOD)
        line.settimeout(5)
        assert line.recv(1) == BODY[:1]


def test_a_reset_is_one_and_a_refusal_too(server: SaidServer) -> None:
    with link_to(server.port, NO_LINK) as link:
        with socket.create_connection(("127.0.0.1", link.port)) as line:
            line.sendall(ASKING)
            link.wait_for_connections(1)
            link.reset()
            with pytest.raises(ConnectionResetError):
                line.recv(1)
        link.refuse()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", link.port))
        link.accept()
        link.set(GOOD)
        assert told(link) == BODY


def test_the_far_end_is_closed_when_the_client_goes(server: SaidServer) -> None:
    with link_to(server.port, Conditions(bytes_per_s=1_000.0)) as link:
        with socket.create_connection(("127.0.0.1", link.port)) as line:
            line.sendall(ASKING)
            line.recv(1)
        (carried,) = link.carried
        assert carried.closed.wait(5)
        assert carried.closed_by_client_at is not None
