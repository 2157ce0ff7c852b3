"""Opens the database file and runs transactions on it; to be used in the store's thread only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

APPLICATION_ID: Final = 0x64634348
"""Tells this program's files from others' (`PRAGMA application_id`); the letters “dcCH”."""

BUSY_TIMEOUT_MS: Final = 5000
"""How long a statement waits for another program that holds the file."""

TAILS: Final = ("-wal", "-shm", "-journal")
"""What the names of the files end in that SQLite puts beside a database."""

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    # Every commit, small ones too: an unsynced one that a failing disk has dropped would be a hole in the log, and all
    # behind it lost with the next power cut. What streams in is in a file of its own.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What a reader deletes is gone from the file, not only from the list.
    "PRAGMA secure_delete = ON",
    # On macOS a plain fsync leaves the data in the drive's cache; elsewhere this changes nothing.
    "PRAGMA fullfsync = ON",
    "PRAGMA journal_size_limit = 16777216",
    # In KiB. Everything is read once and in order; the system keeps the file in memory anyway.
    "PRAGMA cache_size = -512",
)


def open_connection(path: Path, busy_timeout_ms: int) -> sqlite3.Connection:
    """Open the file, made with 0600 if it is missing, ready for transactions.

    Where connections cannot share memory, as on many network drives, it is opened for this one alone.

    Raises:  OSError, sqlite3.Error.
    """
    import sqlite3

    _own_file(path)
    try:
        return _connected(path, busy_timeout_ms, _PRAGMAS)
    except sqlite3.Error as error:
        if not _is_of_sharing(error):
            raise
    # The index of the log is kept in this program's memory then. It must be told before the file is touched.
    return _connected(path, busy_timeout_ms, ("PRAGMA locking_mode = EXCLUSIVE", *_PRAGMAS))


def is_shared(connection: sqlite3.Connection) -> bool:
    """Whether other connections may open the same file."""
    (mode,) = connection.execute("PRAGMA locking_mode").fetchone()
    return str(mode) != "exclusive"


def _connected(path: Path, busy_timeout_ms: int, pragmas: Sequence[str]) -> sqlite3.Connection:
    import sqlite3

    connection = sqlite3.connect(path, timeout=busy_timeout_ms / 1000, isolation_level=None)
    try:
        for pragma in pragmas:
            connection.execute(pragma)
        # The pragmas alone may not have touched the log of a file that is in WAL mode already.
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _is_of_sharing(error: sqlite3.Error) -> bool:
    """Whether it was the memory that connections share, or its locks, that failed."""
    name = getattr(error, "sqlite_errorname", "")
    return name == "SQLITE_PROTOCOL" or name.startswith("SQLITE_IOERR_SHM")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done inside the block, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk has ended the transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _own_file(path: Path) -> None:
    """Make the file readable for nobody else; SQLite gives `-wal` and `-shm` the same permissions."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
