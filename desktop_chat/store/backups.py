"""Copies of the database: made, checked, counted, and dropped when they grow too many.

All lie in one folder under names of their own: `<name>-weekly-<moment>`, `<name>-format-<version>-<moment>` before an
update, `<name>-replaced-<moment>` when another one was put back. A damaged file stays beside the database.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop_chat.core.backups import BackupCopy, CopyKind
from desktop_chat.core.errors import StoreCorrupt
from desktop_chat.store.connection import APPLICATION_ID
from desktop_chat.store.failures import corrupt
from desktop_chat.store.file_header import look

if TYPE_CHECKING:
    import sqlite3

_KEPT_MAX: Final = {CopyKind.WEEKLY: 4, CopyKind.BEFORE_UPDATE: 5, CopyKind.REPLACED: 5}
_WEEK_S: Final = 7 * 86_400.0
_STEP_PAGES: Final = 64
_STEP_PAUSE_S: Final = 0.002
"""Between two steps of a copy that is made in the background."""

_NOW: Final = "SELECT (SELECT count(*) FROM conversations), (SELECT count(*) FROM messages)"
_STATE: Final = """
    SELECT (SELECT count(*) FROM messages), (SELECT max(id) FROM messages), count(*), max(updated_at),
           total(length(title)), total(is_pinned), count(deleted_at)
    FROM conversations
"""
"""Differs whenever something was written, renamed, pinned or deleted since."""


def back_up(
    connection: sqlite3.Connection,
    path: Path,
    backups_dir: Path,
    kind: CopyKind,
    version: int | None = None,
    between: Callable[[], None] | None = None,
) -> Path:
    """Copy the database, check the copy, and keep the last few of its kind; the copy's path is given back.

    With `between` it is copied in small steps, and that is called after each of them; what it raises ends it.

    Raises:  StoreCorrupt when the copy is not sound: then nothing may be changed.
    """
    copy = _name(path, backups_dir, kind, version)
    unfinished = copy.with_name(copy.name + ".part")
    try:
        _copy(connection, unfinished, path, between)
        unfinished.replace(copy)
    finally:
        unfinished.unlink(missing_ok=True)
    drop_oldest(path, backups_dir, kind)
    return copy


def _name(path: Path, backups_dir: Path, kind: CopyKind, version: int | None = None) -> Path:
    moment = time.strftime("%Y-%m-%d-%H%M%S")
    family = kind.value if version is None else f"{kind.value}-{version}"
    return backups_dir / f"{path.stem}-{family}-{moment}{path.suffix}"


def keep_replaced(path: Path, backups_dir: Path) -> Path:
    """Make a copy of the file itself: it must be closed and without a log."""
    copy = _name(path, backups_dir, CopyKind.REPLACED)
    path.replace(copy)
    drop_oldest(path, backups_dir, CopyKind.REPLACED)
    return copy


def drop_oldest(path: Path, backups_dir: Path, kind: CopyKind) -> None:
    """Drop the copies of one kind that are too many."""
    for old in _of_kind(path, backups_dir, kind)[: -_KEPT_MAX[kind]]:
        old.unlink(missing_ok=True)


def _of_kind(path: Path, backups_dir: Path, kind: CopyKind) -> list[Path]:
    """The copies of one kind, oldest first: names of different formats do not sort by date."""
    copies = backups_dir.glob(f"{path.stem}-{kind.value}-*{path.suffix}")
    return sorted(copies, key=lambda copy: (copy.stat().st_mtime_ns, copy.name))


def _copy(connection: sqlite3.Connection, target: Path, path: Path, between: Callable[[], None] | None) -> None:
    with copied(connection, target, between) as copy:
        answer = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if answer != "ok":
            raise corrupt(path, f"has damaged parts ({' '.join(answer.split())})")
        if _row_counts(copy) != _row_counts(connection):
            raise corrupt(path, "could not be copied completely")


@contextmanager
def copied(
    connection: sqlite3.Connection, target: Path, between: Callable[[], None] | None = None
) -> Iterator[sqlite3.Connection]:
    """Copy a database into a file for its owner only, and give a connection to the copy for a look at it.

    With `between` it is copied in small steps, and that is called after each of them; what it raises ends it.
    """
    import sqlite3

    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
    copy = sqlite3.connect(target, isolation_level=None)
    try:
        # Nobody else knows it yet, and network drives share nothing.
        copy.execute("PRAGMA locking_mode = EXCLUSIVE")
        if between is None:
            connection.backup(copy)
        else:
            in_steps = between
            connection.backup(copy, pages=_STEP_PAGES, sleep=_STEP_PAUSE_S, progress=lambda *_: in_steps())
        # One file, without the `-wal` a copy in WAL mode would want beside it.
        copy.execute("PRAGMA journal_mode = DELETE")
        yield copy
    finally:
        copy.close()


def _row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


# --- every week -----------------------------------------------------------------------------------------------------


def back_up_weekly(
    connection: sqlite3.Connection, path: Path, backups_dir: Path, now: float, between: Callable[[], None]
) -> Path | None:
    """Make the copy of this week if it is due: the last is a week old, and something has changed since.

    Raises:  as `back_up`.
    """
    last = next(reversed(_of_kind(path, backups_dir, CopyKind.WEEKLY)), None)
    # One that seems to be of tomorrow is young, too: the clock was set back.
    if last is not None and abs(now - last.stat().st_mtime) < _WEEK_S:
        return None
    # What is seen now is copied, whatever is written meanwhile.
    connection.execute("BEGIN")
    try:
        state = connection.execute(_STATE).fetchone()
        is_empty = not state[0]
        if is_empty or (last is not None and _state_of(last) == state):
            return None
        return back_up(connection, path, backups_dir, CopyKind.WEEKLY, between=between)
    finally:
        connection.execute("ROLLBACK")


def _state_of(copy: Path) -> tuple[object, ...] | None:
    import sqlite3

    try:
        with reading(copy) as connection:
            return tuple(connection.execute(_STATE).fetchone())
    except sqlite3.Error:
        return None


# --- what there is --------------------------------------------------------------------------------------------------


def copies(path: Path, backups_dir: Path, newest_version: int) -> tuple[BackupCopy, ...]:
    """All copies that can be put back, newest first; foreign ones and those of a newer program are left out."""
    kinds = (CopyKind.WEEKLY, CopyKind.BEFORE_UPDATE, CopyKind.REPLACED)
    found = [_described(copy, kind, newest_version) for kind in kinds for copy in _of_kind(path, backups_dir, kind)]
    found += [_damaged(file) for file in path.parent.glob(f"{path.stem}.damaged-*{path.suffix}")]
    return tuple(sorted((copy for copy in found if copy is not None), key=lambda copy: copy.made_at, reverse=True))


def _described(copy: Path, kind: CopyKind, newest_version: int) -> BackupCopy | None:
    import sqlite3

    try:
        header = look(copy)
        if header is None or header.application_id != APPLICATION_ID or header.user_version > newest_version:
            return None
        with reading(copy) as connection:
            conversation_count, message_count = connection.execute(_NOW).fetchone()
        found = copy.stat()
    except (sqlite3.Error, StoreCorrupt, OSError):
        return None
    return BackupCopy(str(copy), kind, found.st_mtime, found.st_size, conversation_count, message_count)


def _damaged(file: Path) -> BackupCopy | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return BackupCopy(str(file), CopyKind.DAMAGED, found.st_mtime, found.st_size)


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """Look into a database that nobody writes, and leave nothing beside it."""
    import sqlite3

    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()
