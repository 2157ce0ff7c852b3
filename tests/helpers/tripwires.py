"""Tripwires on loopback and on disk: they tell when somebody who was only to show a text reached for what it names."""

from __future__ import annotations

import ctypes
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

IN_OPEN: Final = 0x20
"""Of <sys/inotify.h>: a file was opened."""

_EVENT: Final = struct.Struct("iIII")
PIXEL: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True)
class Tripwires:
    """A server nobody may call and a picture nobody may open."""

    port: int
    picture: Path
    _listener: socket.socket
    _watch_fd: int

    def calls(self) -> int:
        """How many connections have come since the last look."""
        count = 0
        while True:
            try:
                connection, _ = self._listener.accept()
            except BlockingIOError:
                return count
            connection.close()
            count += 1

    def opens(self) -> int:
        """How often the picture has been opened since the last look."""
        try:
            told = os.read(self._watch_fd, 65_536)
        except BlockingIOError:
            return 0
        return len(told) // _EVENT.size

    def armed(self, text: str) -> str:
        """A text with the tripwires put in the places of `WEB` and `FILE`."""
        return text.replace("WEB", f"127.0.0.1:{self.port}").replace("FILE", str(self.picture))


@contextmanager
def tripwires(folder: Path) -> Iterator[Tripwires]:
    """Set up both; Linux only, for watching the file."""
    picture = folder / "bait.png"
    picture.write_bytes(PIXEL)
    libc = ctypes.CDLL(None, use_errno=True)
    watch_fd = libc.inotify_init1(os.O_NONBLOCK)
    if watch_fd < 0 or libc.inotify_add_watch(watch_fd, os.fsencode(picture), IN_OPEN) < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    try:
        with closing(socket.create_server(("127.0.0.1", 0))) as listener:
            listener.setblocking(False)
            yield Tripwires(listener.getsockname()[1], picture, listener, watch_fd)
    finally:
        os.close(watch_fd)
