"""Puts another file in the place of the database; a crash at any moment leaves the one or the other, and loses none.

The file that is to come lies ready under a name of its own, whole. It is taken at the next start, or at once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from desktop_chat.core.backups import BackupCopy, CopyKind
from desktop_chat.core.errors import StoreCorrupt
from desktop_chat.core.salvage import SalvageReport
from desktop_chat.store.backups import copied, keep_replaced, reading
from desktop_chat.store.connection import TAILS
from desktop_chat.store.failures import corrupt, told_in_words
from desktop_chat.store.file_header import look
from desktop_chat.store.salvage import salvage
from desktop_chat.store.whole_file import sync_folder

log = logging.getLogger(__name__)


def next_file(path: Path) -> Path:
    """Where the file lies that takes the database's place at the next start."""
    return path.with_name(f"{path.stem}.next{path.suffix}")


def repair_mark(path: Path) -> Path:
    """The file that stands while a repair was asked for and has not been done."""
    return path.with_name(path.name + ".repair")


def was_cut_off(path: Path) -> bool:
    """Whether whoever had the database open last did not close it: its log is still there."""
    return any(path.with_name(path.name + tail).exists() for tail in ("-wal", "-journal"))


def take_next(path: Path, backups_dir: Path) -> None:
    """Take the file that lies ready, if there is one; today's becomes a copy, or is put aside when it is damaged.

    To be called while nobody has the database open.

    Raises:  StoreError; then everything is where it was, and the next start tries again.
    """
    ready = next_file(path)
    if not ready.exists():
        return
    with told_in_words(path):
        if path.exists():
            _put_away(path, backups_dir)
        ready.replace(path)
        sync_folder(path.parent)
    log.info("the copy that lay ready is in use now")


def set_aside(path: Path) -> Path:
    """Rename a damaged file, with its log; gives the new name."""
    kept = path.with_name(f"{path.stem}.damaged-{time.strftime('%Y%m%d-%H%M%S')}{path.suffix}")
    with told_in_words(path):
        for tail in (*TAILS, ""):
            part = path.with_name(path.name + tail)
            if part.exists():
                part.rename(kept.with_name(kept.name + tail))
        repair_mark(path).unlink(missing_ok=True)
        sync_folder(path.parent)
    return kept


def make_ready(copy: BackupCopy, path: Path, on_progress: Callable[[float], None]) -> None:
    """Lay a copy ready; a damaged one as far as it can be repaired. An older format is brought up to date on opening.

    Raises:  StoreCorrupt when the copy is not sound; StoreFull … when there is no room.
    """
    source, unfinished = Path(copy.path), _unfinished(path)
    try:
        if copy.kind is CopyKind.DAMAGED:
            salvage(source, unfinished, on_progress)
        else:
            _duplicate(source, unfinished)
        with told_in_words(path):
            unfinished.replace(next_file(path))
            sync_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def drop_ready(path: Path) -> None:
    """Leave everything as it is at the next start."""
    with told_in_words(path):
        next_file(path).unlink(missing_ok=True)


def repair(path: Path, on_progress: Callable[[float], None]) -> SalvageReport:
    """Salvage the database into a new file that takes its place; the damaged one is kept under another name.

    Raises:  StoreError; then nothing has changed.
    """
    unfinished = _unfinished(path)
    report = salvage(path, unfinished, on_progress)
    with told_in_words(path):
        unfinished.replace(next_file(path))
    kept = set_aside(path)
    with told_in_words(path):
        next_file(path).replace(path)
        sync_folder(path.parent)
    return report.kept_as(str(kept))


def _unfinished(path: Path) -> Path:
    ready = next_file(path)
    return ready.with_name(ready.name + ".part")


def _put_away(path: Path, backups_dir: Path) -> None:
    import sqlite3

    if repair_mark(path).exists():
        set_aside(path)
        return
    try:
        look(path)
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            # What stands in its log goes into the file.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = DELETE")
        finally:
            connection.close()
    except (sqlite3.DatabaseError, StoreCorrupt) as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        log.warning("the database is damaged and put aside: %s", error)
        set_aside(path)
    else:
        keep_replaced(path, backups_dir)
        sync_folder(backups_dir)


def _duplicate(source: Path, target: Path) -> None:
    with told_in_words(target), reading(source) as connection, copied(connection, target) as copy:
        if copy.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise corrupt(source, "has damaged parts")
