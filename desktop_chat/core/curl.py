"""A request as a command for a shell, to be sent again by hand."""

from __future__ import annotations

from typing import Final

from desktop_chat.core.stream_record import HIDDEN_KEY, SentRequest

ARGUMENT_BYTES_MAX: Final = 100_000
"""Linux takes no longer argument than 128 KiB; what is longer goes through a pipe."""

LEFT_OUT: Final = "Put the data of the files in the place of <base64, ... characters> and <text, ... characters> first."

_OWN_HEADERS: Final = frozenset({"host", "content-length", "connection", "cookie", "proxy-authorization"})
"""Made by curl itself, or hidden."""
_KEY_HEADERS: Final = frozenset({"x-api-key", "authorization"})


def curl_command(request: SentRequest) -> str | None:
    """Write the request as a command for a POSIX shell, which puts the key in; None when the body is gone.

    The name of the key stands for it in the headers alone: in the body it may be somebody's word. A body without its
    files is a command, too, and says that they are missing.
    """
    if request.body is None:
        return None
    is_long = len(request.body.encode("utf-8", "replace")) > ARGUMENT_BYTES_MAX
    sent = [(name, value) for name, value in request.headers if name.lower() not in _OWN_HEADERS]
    # Without the last one curl first asks whether it may send a long body.
    headers = [f"-H {_header(name, value)}" for name, value in (*sent, ("Expect", ""))]
    parts = [f"curl --no-buffer --globoff {_quoted(request.url)}", *headers]
    # No `#`: not every shell takes that for a comment where it is pasted.
    note = f": {_quoted(LEFT_OUT)}\n" if request.is_shortened else ""
    if is_long:
        command = " \\\n  ".join((*parts, "--data-binary @-"))
        return f"{note}printf %s {_quoted(request.body)} | {command}"
    return note + " \\\n  ".join((*parts, f"--data-raw {_quoted(request.body)}"))


def _header(name: str, value: str) -> str:
    if name.lower() in _KEY_HEADERS and value.endswith(HIDDEN_KEY):
        # In double quotes the shell puts the key in.
        return f'{_quoted(f"{name}: {value.removesuffix(HIDDEN_KEY)}")}"{HIDDEN_KEY}"'
    return _quoted(f"{name}: {value}" if value else f"{name}:")


def _quoted(text: str) -> str:
    """In single quotes nothing means anything to a shell but the quote that ends them."""
    return "'" + text.replace("'", "'\\''") + "'"
