"""One program per data directory: the second one raises the first one's window and goes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDeadlineTimer, QLockFile, QObject, QThread

from desktop_chat.core.errors import StoreError, StoreReadOnly

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

CALL_DEADLINE_MS: Final = 3_000
CALL_AGAIN_MS: Final = 50
MESSAGE_BYTES_MAX: Final = 1_000_000


class SingleInstance(QObject):
    """Holds the lock of a data directory, and answers those who come later."""

    def __init__(self, lock_file: Path) -> None:
        super().__init__()
        self._lock = QLockFile(str(lock_file))
        # A lock is stale only when its process is gone, however old it is.
        self._lock.setStaleLockTime(0)
        self._lock_file = lock_file
        self._server: QLocalServer | None = None

    @property
    def _address(self) -> str:
        """Name of the local socket: short, whatever the folder is called, because systems limit its length."""
        import hashlib

        place = str(self._lock_file.resolve()).encode(errors="surrogateescape")
        return f"desktop-chat-{hashlib.sha256(place).hexdigest()[:24]}"

    def acquire(self) -> bool:
        """Take the lock; False when another program holds it.

        Raises:  StoreReadOnly when no lock can be made in this folder.
        """
        if self._lock.tryLock(0):
            # Qt makes it as the umask lets it.
            with suppress(OSError):
                self._lock_file.chmod(0o600)
            return True
        is_held = self._lock.error() is QLockFile.LockError.LockFailedError and not self._lock_file.is_dir()
        if not is_held:
            raise StoreReadOnly("The data directory cannot be used.", f"{self._lock_file} cannot be made.")
        return False

    def call_first(self, ask: str | None) -> bool:
        """Have the first program show its window, and ask there; False when it does not answer."""
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        deadline = QDeadlineTimer(CALL_DEADLINE_MS)
        socket.connectToServer(self._address)
        while not socket.waitForConnected(CALL_DEADLINE_MS):
            # It holds the lock, but takes calls only once it has loaded: people click twice.
            if deadline.hasExpired():
                return False
            QThread.msleep(CALL_AGAIN_MS)
            socket.connectToServer(self._address)
        socket.write((ask or "").encode(errors="replace") + b"\0")
        socket.flush()
        # The first program closes the line once it has read the message.
        return socket.waitForDisconnected(CALL_DEADLINE_MS)

    def no_answer(self) -> StoreError:
        """What to tell when the first program holds the lock and takes no call."""
        # 0 when the file tells nothing.
        process_id, _host, _program = self._lock.getLockInfo()
        which = f"It is process {process_id}. " if process_id else ""
        return StoreError(
            "It already runs with this data directory, but does not answer.",
            f"{which}Wait a moment and start again; if it still hangs, end it first. What it has stored is safe.",
        )

    def listen(self, on_call: Callable[[str], None]) -> None:
        """Answer later programs; `on_call` gets the text to ask, empty for none."""
        from PySide6.QtNetwork import QLocalServer

        server = self._server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        # We hold the lock, so whatever answers to this name is a left-over of a crash.
        QLocalServer.removeServer(self._address)
        server.listen(self._address)
        server.newConnection.connect(lambda: self._serve(on_call))

    def release(self) -> None:
        """Stop answering and give the lock back."""
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    def _serve(self, on_call: Callable[[str], None]) -> None:
        assert self._server is not None
        socket = self._server.nextPendingConnection()
        received = bytearray()

        def read() -> None:
            received.extend(socket.readAll().data())
            if b"\0" in received or len(received) > MESSAGE_BYTES_MAX:
                text = bytes(received).partition(b"\0")[0].decode(errors="replace")
                socket.disconnectFromServer()
                on_call(text)

        socket.readyRead.connect(read)
        socket.disconnected.connect(socket.deleteLater)
        if socket.bytesAvailable():
            read()
