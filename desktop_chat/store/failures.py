"""Turns what sqlite3 and the file system raise into sentences for the reader: the edge of the store."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop_chat.core.errors import StoreCorrupt, StoreError, StoreFull, StoreLocked, StoreReadOnly, StoreTooNew

if TYPE_CHECKING:
    import sqlite3

ROOM_BYTES_MIN: Final = 256 * 1024
"""With less free space than this an unclear disk error is put down to the full disk."""
PAGE_BYTES: Final = 4096

_LOCKING_ERRORS: Final = frozenset(
    {
        "SQLITE_PROTOCOL",
        "SQLITE_IOERR_LOCK",
        "SQLITE_IOERR_UNLOCK",
        "SQLITE_IOERR_RDLOCK",
        "SQLITE_IOERR_CHECKRESERVEDLOCK",
        "SQLITE_IOERR_SHMLOCK",
        "SQLITE_IOERR_SHMMAP",
        "SQLITE_IOERR_SHMOPEN",
        "SQLITE_IOERR_SHMSIZE",
    }
)
_FULL_ERRNOS: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_LOCKS_ERRNOS: Final = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
_READ_ONLY_ERRNOS: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def told_in_words(path: Path) -> Iterator[None]:
    """Raise what goes wrong with this file inside the block as a StoreError.

    Raises:  StoreFull, StoreReadOnly, StoreLocked, StoreCorrupt, StoreError; sqlite3 errors that only a bug in a
             statement can cause come through as they are.
    """
    import sqlite3

    try:
        yield
    except sqlite3.Error as error:
        failure = _of_sqlite(error, path)
        if failure is None:
            raise
        raise failure from error
    except OSError as error:
        raise of_os_error(error, path) from error


def of_os_error(error: OSError, path: Path) -> StoreError:
    """Say what the file system refused."""
    if error.errno in _FULL_ERRNOS:
        return full(path)
    if error.errno in _READ_ONLY_ERRNOS:
        return read_only(path)
    if error.errno == errno.ENOENT:
        return StoreError("The file cannot be written.", f"There is no folder {path.parent}.")
    return StoreError("The disk could not do it.", f"{path}: {error.strerror or error}.")


def full(path: Path) -> StoreFull:
    """The sentence for a disk without room."""
    return StoreFull(
        "The disk is full.",
        f"There is no room left in {path.parent}. What was stored before is safe; make room and try again.",
    )


def read_only(path: Path) -> StoreReadOnly:
    """The sentence for a file that may not be written."""
    return StoreReadOnly(
        "Nothing can be stored here.",
        f"{path} or its folder may not be written by this program. Check its permissions, or choose another folder.",
    )


def corrupt(path: Path, reason: str) -> StoreCorrupt:
    """The sentence for a file that is damaged or no database; `reason` is a clause."""
    return StoreCorrupt("The history file is damaged.", f"{path} {reason}. It was left as it is.")


def too_new(path: Path, version: int, known_version: int) -> StoreTooNew:
    """The sentence for a database of a newer program."""
    return StoreTooNew(
        "The history was written by a newer version of this program.",
        f"{path} has format {version}; this program knows formats up to {known_version}. It was left untouched: "
        "update the program, or choose another folder.",
    )


def unlockable(path: Path) -> StoreError:
    """The sentence for a drive on which files cannot be locked."""
    return StoreError(
        "The history cannot be locked.",
        f"{path.parent} does not lock files, as happens on network drives, and without that the history could be "
        "damaged. Choose a folder on a disk of this computer with --data-dir.",
    )


def _of_sqlite(error: sqlite3.Error, path: Path) -> StoreError | None:
    import sqlite3

    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # Raised by the sqlite3 module itself, for text that is not UTF-8: only damage puts it there.
        is_damage = isinstance(error, sqlite3.OperationalError) and "decode" in str(error)
        return corrupt(path, "holds text that cannot be read") if is_damage else None
    if error.sqlite_errorname in _LOCKING_ERRORS:
        return unlockable(path)
    match code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return full(path)
        case sqlite3.SQLITE_BUSY if not _can_lock(path):
            # SQLite takes a drive that refuses all locks for one on which somebody else holds them.
            return unlockable(path)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreLocked(
                "Another program holds the history.", f"{path} is locked. Close the other program and try again."
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return full(path) if _has_no_room(path) else read_only(path)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return corrupt(path, "is not a readable database")
        case sqlite3.SQLITE_IOERR:
            return _refusal(path) or StoreError(
                "The disk could not do it.", f"{path}: {error} ({error.sqlite_errorname})."
            )
    return None


def _has_no_room(path: Path) -> bool:
    import shutil

    try:
        return shutil.disk_usage(path.parent).free < ROOM_BYTES_MIN
    except OSError:
        return False


def _refusal(path: Path) -> StoreError | None:
    """Whether the disk takes no more, for want of room or of permission: SQLite keeps to itself what it was told."""
    if _has_no_room(path):
        return full(path)
    probe = path.with_name(f".{path.name}.probe-{os.getpid()}")
    try:
        descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, bytes(PAGE_BYTES))
        finally:
            os.close(descriptor)
            probe.unlink(missing_ok=True)
    except OSError as error:
        told = of_os_error(error, path)
        return told if isinstance(told, StoreFull | StoreReadOnly) else None
    return None


def _can_lock(path: Path) -> bool:
    """Whether files beside this one can be locked, tried out on one that nobody else knows."""
    if os.name == "nt":
        return True
    import fcntl

    probe = path.with_name(f".{path.name}.probe-{os.getpid()}")
    try:
        with probe.open("wb") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _NO_LOCKS_ERRNOS
    finally:
        probe.unlink(missing_ok=True)
    return True
