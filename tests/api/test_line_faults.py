"""Each way in which a line fails has its own sentence that names the host."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest

from desktop_chat.api.line_faults import LineFault, failure_of_line
from desktop_chat.core.errors import NoConnection, StreamBroken
from desktop_chat.core.failure import Action

_UNTRUSTED = ssl.SSLCertVerificationError(1, "certificate verify failed")
_UNTRUSTED.verify_message = "self-signed certificate"


@pytest.mark.parametrize(
    ("cause", "part_of_title", "is_temporary"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "cannot be found", True),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "refuses the connection", True),
        (OSError(errno.ENETUNREACH, "unreachable"), "cannot be reached", True),
        (_UNTRUSTED, "not trusted", False),
        (ssl.SSLError(1, "wrong version number"), "No secure connection", False),
        (OSError("All connection attempts failed"), "No connection to", True),
        (None, "No connection to", True),
    ],
)
def test_what_stands_behind_a_failed_connection_is_told(
    cause: BaseException | None, part_of_title: str, is_temporary: bool
) -> None:
    outer = RuntimeError("wrapped")
    outer.__cause__ = ExceptionGroup("several addresses", [cause]) if isinstance(cause, Exception) else cause
    failed = failure_of_line(LineFault.CONNECT, outer, "api.example:8443")
    assert type(failed.error) is NoConnection
    assert part_of_title in failed.error.title
    assert "api.example:8443" in failed.error.title
    assert failed.is_temporary is is_temporary


@pytest.mark.parametrize("fault", list(LineFault))
def test_every_fault_names_the_host_and_says_what_to_do(fault: LineFault) -> None:
    error = failure_of_line(fault, None, "api.example").error
    assert isinstance(error, NoConnection)
    assert "api.example" in error.title
    assert error.detail


@pytest.mark.parametrize("fault", list(LineFault))
def test_after_the_first_byte_it_is_a_broken_stream(fault: LineFault) -> None:
    failed = failure_of_line(fault, None, "api.example", has_bytes=True)
    assert type(failed.error) is StreamBroken
    assert not failed.is_temporary
    assert "kept" in failed.error.detail


def test_silence_is_not_tried_again_by_itself() -> None:
    assert not failure_of_line(LineFault.SILENCE, None, "api.example").is_temporary


def test_the_reason_why_a_certificate_is_not_trusted_is_told() -> None:
    assert "self-signed certificate" in failure_of_line(LineFault.CONNECT, _UNTRUSTED, "api.example").error.detail


def test_a_wrong_address_leads_to_the_settings() -> None:
    assert failure_of_line(LineFault.ADDRESS, None, "a b").error.action is Action.OPEN_SETTINGS
