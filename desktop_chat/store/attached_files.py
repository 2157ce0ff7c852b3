"""Files that the reader wants to attach, read in a thread of their own: a drive of the network may not answer."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from codecs import BOM_UTF8
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from desktop_chat.core.attachments import (
    BYTES_MAX,
    TEXT_BYTES_MAX,
    Attachment,
    NotAttachable,
    media_type_of,
    too_large,
)
from desktop_chat.core.events import with_whole_surrogates
from desktop_chat.core.other_text import in_utf8
from desktop_chat.store.worker import Worker

T = TypeVar("T")

DEADLINE_S: Final = 20.0
PICTURE_BYTES_MAX: Final = 60_000_000
"""Of a picture that is made smaller before it goes out."""

OTHER_TEXT_BYTES_MAX: Final = 2 * TEXT_BYTES_MAX
"""In UTF-16 nearly all letters take two bytes, in UTF-8 most take one."""

_HEAD_BYTES: Final = 16
"""So much tells what a large file is."""

_PIECE_BYTES: Final = 1 << 20
_ABSENT_ERRNOS: Final = frozenset({errno.ENOENT, errno.ENOTDIR})
_FORBIDDEN_ERRNOS: Final = frozenset({errno.EACCES, errno.EPERM})
_NO_WAIT: Final = getattr(os, "O_NONBLOCK", 0)
"""A pipe that nobody writes to would otherwise not be opened for ever."""

_BYTES_AS_THEY_ARE: Final = getattr(os, "O_BINARY", 0)


class FilesOnDisk:
    """Keeps to the port `AttachedFiles`: one file after the other, each with its own deadline.

    `fit` makes of a file's name and bytes what can go out, smaller if need be; it is called in the thread.
    """

    def __init__(self, fit: Callable[[str, bytes], bytes], *, deadline_s: float = DEADLINE_S) -> None:
        self._fit = fit
        self._deadline_s = deadline_s
        self._worker = Worker("attached files")
        self._turn = asyncio.Lock()

    async def read(self, path: Path) -> Attachment:
        """Read a file.

        Raises:  NotAttachable.
        Cancel:  leaves a read that hangs behind.
        """
        name = _name_of(path)
        async with self._turn:
            try:
                async with asyncio.timeout(self._deadline_s):
                    file = await self._do(lambda: _bytes_of(path, name))
            except TimeoutError as error:
                raise _silent(name, self._deadline_s) from error
            return await self._do(lambda: self._attached(name, file))

    async def take(self, name: str, make: Callable[[], bytes]) -> Attachment:
        """Attach what is no file yet; `make` gives its bytes, in the thread.

        Raises:  NotAttachable.
        """
        async with self._turn:
            return await self._do(lambda: self._attached(name, make()))

    def close(self) -> None:
        """Let the thread end; one that hangs is left behind and does not keep the program from ending."""
        self._worker.stop()

    async def _do(self, work: Callable[[], T]) -> T:
        future = self._worker.submit(work)
        try:
            return await asyncio.wrap_future(future)
        finally:
            if future.running():
                # What comes next must not wait as well.
                self._worker.replace_thread()

    def _attached(self, name: str, file: bytes) -> Attachment:
        return Attachment.of(name, _as_utf8(self._fit(name, file)))


def _as_utf8(file: bytes) -> bytes:
    """A text as it is attached; pictures, PDFs and what is too long for a text stay what they are."""
    is_text = file.startswith(BOM_UTF8) or media_type_of(file) is None
    return in_utf8(file) if is_text and len(file) <= OTHER_TEXT_BYTES_MAX else file


def _bytes_of(path: Path, name: str) -> bytes:
    try:
        # Asked before it is opened: to open a device may do something already.
        _check_kind(path.stat().st_mode, name)
        descriptor = os.open(path, os.O_RDONLY | _NO_WAIT | _BYTES_AS_THEY_ARE)
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            state = os.fstat(descriptor)
            _check_kind(state.st_mode, name)
            head = file.read(_HEAD_BYTES) or b""
            is_picture = (media_type_of(head) or "").startswith("image/")
            limit = PICTURE_BYTES_MAX if is_picture else BYTES_MAX
            if state.st_size > limit:
                raise too_large(name, state.st_size, limit)
            pieces, count = [head], len(head)
            while count <= limit and (piece := file.read(_PIECE_BYTES)):
                pieces.append(piece)
                count += len(piece)
    except OSError as error:
        raise _of_os_error(error, name) from error
    except ValueError as error:
        # No file has such a name: it holds a NUL.
        raise NotAttachable(f"“{name}” is not there.", "No file can have this name.") from error
    if count > limit:
        # It grows, or is one that the system makes up while it is read.
        raise too_large(name, count, limit)
    return b"".join(pieces)


def _check_kind(mode: int, name: str) -> None:
    if stat.S_ISDIR(mode):
        raise NotAttachable(f"“{name}” is a folder.", "Attach the files in it.")
    if not stat.S_ISREG(mode):
        raise NotAttachable(f"“{name}” is no file.", "It is a device or a pipe, and has no end.")


def _of_os_error(error: OSError, name: str) -> NotAttachable:
    if error.errno in _ABSENT_ERRNOS:
        return NotAttachable(f"“{name}” is not there.", "It may have been moved or deleted.")
    if error.errno in _FORBIDDEN_ERRNOS:
        return NotAttachable(f"“{name}” may not be read.", "Check its permissions.")
    return NotAttachable(f"“{name}” could not be read.", f"{error.strerror or error}.")


def _silent(name: str, deadline_s: float) -> NotAttachable:
    return NotAttachable(
        f"“{name}” could not be read within {deadline_s:g} seconds.",
        "Its drive does not answer: try again, or copy the file to this computer first.",
    )


def _name_of(path: Path) -> str:
    """The name as it can be stored: bytes that are no UTF-8 become signs."""
    return with_whole_surrogates(path.name or str(path))
