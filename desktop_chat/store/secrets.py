"""The API key in the OS keyring, asked in a thread of its own: a locked keyring may wait minutes for a person."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.errors import KeyringLocked, KeyringMissing, SecretError
from desktop_chat.store.keyring_backends import name_of, safe_backend
from desktop_chat.store.worker import Worker

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE: Final = "desktop-chat"
"""Under this name, with the server's origin as the user's name, the key is found in the keyring's own window."""
READ_DEADLINE_S: Final = 10.0
WRITE_DEADLINE_S: Final = 60.0
"""Longer: the keyring's own window may be open and somebody is looking for the password."""


_FOREIGN_ERRORS: Final = (
    ("secretstorage.exceptions", "SecretStorageException"),
    ("jeepney.wrappers", "DBusErrorResponse"),
    ("dbus.exceptions", "DBusException"),
    ("win32ctypes.pywin32.pywintypes", "error"),
)
"""What backends let through from the services behind them, by module."""


class Keyring:
    """Keeps to the port `SecretStore`."""

    def __init__(
        self,
        *,
        find_backend: Callable[[], KeyringBackend | None] = safe_backend,
        read_deadline_s: float = READ_DEADLINE_S,
        write_deadline_s: float = WRITE_DEADLINE_S,
    ) -> None:
        self._find_backend = find_backend
        self._read_deadline_s = read_deadline_s
        self._write_deadline_s = write_deadline_s
        self._worker = Worker("keyring")

    async def read(self, origin: str) -> ApiKey | None:
        """Read the key of a server; None when there is none.

        Raises:  KeyringMissing, KeyringLocked.
        """

        def read(backend: KeyringBackend) -> ApiKey | None:
            text = backend.get_password(SERVICE, origin)
            return ApiKey(text) if text else None

        return await self._ask(read, self._read_deadline_s)

    async def write(self, origin: str, key: ApiKey) -> None:
        """Store a key and read it back to be sure.

        Raises:  KeyringMissing, KeyringLocked.
        """

        def write(backend: KeyringBackend) -> None:
            backend.set_password(SERVICE, origin, key.reveal())
            if backend.get_password(SERVICE, origin) != key.reveal():
                raise _forgetful()

        await self._ask(write, self._write_deadline_s)

    async def delete(self, origin: str) -> None:
        """Forget a key; no error when there is none.

        Raises:  KeyringMissing, KeyringLocked.
        """

        def delete(backend: KeyringBackend) -> None:
            # Asked first: every backend has its own error for a key that is not there.
            if backend.get_password(SERVICE, origin) is not None:
                backend.delete_password(SERVICE, origin)

        await self._ask(delete, self._write_deadline_s)

    async def place(self) -> str:
        """Name of the keyring for people, e.g. `GNOME Keyring`; empty when there is none."""
        try:
            return await self._ask(name_of, self._read_deadline_s)
        except SecretError:
            return ""

    def close(self) -> None:
        """Let the thread end; one that hangs is left behind and does not keep the program from ending."""
        self._worker.stop()

    async def _ask(self, question: Callable[[KeyringBackend], T], deadline_s: float) -> T:
        import asyncio

        future = self._worker.submit(lambda: self._answer(question))
        try:
            async with asyncio.timeout(deadline_s):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            if future.running():
                # What is queued behind it must not wait as well.
                self._worker.replace_thread()
            raise _silent(deadline_s) from error

    def _answer(self, question: Callable[[KeyringBackend], T]) -> T:
        """Ask the keyring, in its thread; whatever it raises becomes a sentence."""
        try:
            backend = self._find_backend()
            if backend is None:
                raise _missing()
            return question(backend)
        except _expected_errors() as error:
            _clear_frames(error)
            raise (_missing() if _is_absence(error) else _locked()) from error


def _clear_frames(error: BaseException) -> None:
    """Drop the local variables an error holds on to: the key is among them, and the connection to the service."""
    import traceback

    for cause in (error, error.__cause__, error.__context__):
        if cause is not None:
            traceback.clear_frames(cause.__traceback__)


def _expected_errors() -> tuple[type[Exception], ...]:
    """The library's errors and, of the libraries that are in use, those that backends let through."""
    from keyring import errors

    expected: list[type[Exception]] = [errors.KeyringError, OSError]
    for module_name, error_name in _FOREIGN_ERRORS:
        module = sys.modules.get(module_name)
        if module is not None:
            expected.append(getattr(module, error_name))
    return tuple(expected)


def _is_absence(error: BaseException) -> bool:
    """Whether there is no service at all; the backend may have wrapped that in an error of its own."""
    names = {type(cause).__name__ for cause in (error, error.__cause__)}
    return not names.isdisjoint(("NoKeyringError", "SecretServiceNotAvailableException"))


# The sentences do not quote the backend: an error of its own might quote the key.


def _missing() -> KeyringMissing:
    return KeyringMissing(
        "There is no keyring to store the key in.",
        "Start or install one, such as GNOME Keyring or KWallet, or use the key for this session only. "
        "It is never stored in plain text.",
    )


def _forgetful() -> KeyringMissing:
    return KeyringMissing(
        "The keyring did not keep the key.", "It took the key and forgot it. Use the key for this session only."
    )


def _locked() -> KeyringLocked:
    return KeyringLocked("The keyring is locked.", "Unlock it and try again, or use the key for this session only.")


def _silent(deadline_s: float) -> KeyringLocked:
    return KeyringLocked(
        "The keyring does not answer.",
        f"It had {deadline_s:g} seconds. It may be asking for its password in a window of its own: answer there and "
        "try again, or use the key for this session only.",
    )
