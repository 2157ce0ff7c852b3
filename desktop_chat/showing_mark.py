"""Remembers beyond a crash which conversation was being laid out or painted when the program died.

What it is told lies in a file mapped into memory, so telling costs no system call and outlives the process. It counts
only together with a stack that the interpreter has left behind (`crash.FAULTS_FILE`): a program that was killed in the
middle of a frame has nothing against the conversation.
"""

from __future__ import annotations

import faulthandler
import logging
import mmap
import os
import struct
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer

if TYPE_CHECKING:
    from desktop_chat.crash import CrashHooks

log = logging.getLogger(__name__)

MARK_FILE: Final = "showing"
HANG_S: Final = 15.0
"""A frame that takes so long has hung: its stack is written down, as that of a crash would be."""

_ARMED_S: Final = 10.0
"""So often the watch for a hang is set anew while frames follow each other; a hang is noticed 5 to 15 s after it began.
MEASURED on a machine with too much to do, 2026-11-23: 60 to 170 ms, as a thread of C is waited for."""

_DISARM_MS: Final = 3_000
"""After the last frame; standing still is no hang."""

_HEAD: Final = struct.Struct("<8sQ")
_MAGIC: Final = b"dcShow01"
_ID_BYTES_MAX: Final = 64
_SIZE: Final = _HEAD.size + _ID_BYTES_MAX
_NOTHING: Final = bytes(_ID_BYTES_MAX)


class ShowingMark:
    """One for the whole program. Without a file that can be written it does nothing."""

    def __init__(self, logs_dir: Path, hooks: CrashHooks) -> None:
        self._path = logs_dir / MARK_FILE
        self._hooks = hooks
        self._file: mmap.mmap | None = None
        self._armed_s: float | None = None
        self._is_resting = False
        self._disarming = QTimer()
        self._disarming.setSingleShot(True)
        self._disarming.setInterval(_DISARM_MS)
        self._disarming.timeout.connect(self._disarm)
        self.suspect_ids = {suspect_id} if (suspect_id := self._suspect_id()) else set()
        """The conversation in whose midst the last run crashed or hung."""
        self._begin()

    def _suspect_id(self) -> str | None:
        try:
            marked = self._path.read_bytes()
            magic, faults_bytes = _HEAD.unpack_from(marked)
        except (OSError, struct.error):
            return None
        conversation_id = marked[_HEAD.size : _SIZE].rstrip(b"\0").decode("ascii", "replace")
        if magic != _MAGIC or not conversation_id or self._hooks.faults_bytes <= faults_bytes:
            return None
        log.warning("the last run died while it showed the conversation %s", conversation_id)
        return conversation_id

    def _begin(self) -> None:
        try:
            number = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                os.fchmod(number, 0o600) if hasattr(os, "fchmod") else None
                os.ftruncate(number, _SIZE)
                self._file = mmap.mmap(number, _SIZE)
            finally:
                os.close(number)
        except (OSError, ValueError) as error:
            log.warning("what is shown cannot be marked: %s", error)
            return
        self._file[:] = _HEAD.pack(_MAGIC, self._hooks.faults_bytes) + _NOTHING

    def watch(self, conversation_id: str) -> ShowingWatch:
        """What the view of one conversation tells when it works."""
        shown = conversation_id.encode("ascii", "replace")[:_ID_BYTES_MAX]
        return ShowingWatch(self, shown.ljust(_ID_BYTES_MAX, b"\0"))

    def close(self) -> None:
        """The program ends in order; may be called twice."""
        self._disarming.stop()
        self._disarm()
        file, self._file = self._file, None
        if file is not None:
            file[_HEAD.size :] = _NOTHING
            file.close()

    def mark(self, shown: bytes) -> None:
        """Say what is being shown now, in as many bytes as there are for it; twice in every frame."""
        if self._file is None:
            return
        self._file[_HEAD.size :] = shown
        if self._is_resting:
            self._is_resting = False
            self._disarming.stop()
        now_s = time.monotonic()
        if self._armed_s is None or now_s - self._armed_s > _ARMED_S:
            self._armed_s = now_s
            self._hooks.watch_for_hang(HANG_S)

    def clear(self) -> None:
        """Say that it is done."""
        if self._file is not None:
            self._file[_HEAD.size :] = _NOTHING

    def rest(self) -> None:
        """No frame follows for now."""
        if self._armed_s is not None:
            self._is_resting = True
            self._disarming.start()

    def _disarm(self) -> None:
        if self._armed_s is not None:
            self._armed_s = None
            with suppress(RuntimeError):
                faulthandler.cancel_dump_traceback_later()


class ShowingWatch:
    """The mark in the hands of one view."""

    __slots__ = ("_mark", "_shown")

    def __init__(self, mark: ShowingMark, shown: bytes) -> None:
        self._mark = mark
        self._shown = shown

    def enter(self) -> None:
        """Begin something that has died before if the program dies now."""
        self._mark.mark(self._shown)

    def leave(self) -> None:
        """It went well."""
        self._mark.clear()

    def rest(self) -> None:
        """Nothing follows for now."""
        self._mark.rest()
