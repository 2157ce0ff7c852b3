"""Where everything lies on disk."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop_chat.core.errors import StoreError, StoreFull, StoreReadOnly

APP_NAME: Final = "desktop-chat"


@dataclass(frozen=True, slots=True)
class Paths:
    """The files and folders of one data directory; nothing is written anywhere else."""

    database: Path
    settings: Path
    logs_dir: Path
    cache_dir: Path
    backups_dir: Path
    lock_file: Path
    """Held while the program runs on this data directory, so that a second start can find the first."""

    @classmethod
    def below(cls, folder: Path) -> Paths:
        """Everything under one folder."""
        folder = folder.expanduser().absolute()
        return cls._of(data=folder, settings=folder, logs=folder / "logs", cache=folder / "cache")

    @classmethod
    def standard(cls) -> Paths:
        """Where the system wants it for this person; Qt knows, and is loaded anyway."""
        from PySide6.QtCore import QStandardPaths

        def folder(place: QStandardPaths.StandardLocation) -> Path:
            return Path(QStandardPaths.writableLocation(place)) / APP_NAME

        places = QStandardPaths.StandardLocation
        return cls._of(
            data=folder(places.GenericDataLocation),
            settings=folder(places.GenericConfigLocation),
            logs=folder(places.GenericStateLocation) / "log",
            cache=folder(places.GenericCacheLocation),
        )

    @classmethod
    def _of(cls, *, data: Path, settings: Path, logs: Path, cache: Path) -> Paths:
        return cls(
            database=data / f"{APP_NAME}.sqlite3",
            settings=settings / "settings.json",
            logs_dir=logs,
            cache_dir=cache,
            backups_dir=data / "backups",
            lock_file=data / f"{APP_NAME}.lock",
        )

    def make(self) -> None:
        """Create the folders that are missing, open to their owner only, and see that all can be written.

        Raises:  StoreReadOnly, StoreFull, StoreError.
        """
        for folder in (self.database.parent, self.settings.parent, self.logs_dir, self.cache_dir, self.backups_dir):
            try:
                _make_folder(folder)
                _try_to_write(folder)
            except OSError as error:
                raise _told(error, folder) from error


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(0o700, exist_ok=True)
    # The umask can only take away, but it may have taken too much.
    folder.chmod(0o700)


def _try_to_write(folder: Path) -> None:
    """Make a file: permissions alone do not tell of read-only disks, nor anything on Windows."""
    probe = folder / f".probe-{os.getpid()}"
    os.close(os.open(probe, os.O_WRONLY | os.O_CREAT, 0o600))
    probe.unlink()


def _told(error: OSError, folder: Path) -> StoreError:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreReadOnly(
            "The data folder cannot be written.",
            f"{folder} may not be written by this program. Check its permissions, or choose another folder with "
            "--data-dir.",
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreFull("The disk is full.", f"There is no room left for {folder}.")
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return StoreReadOnly("The data folder cannot be made.", f"A file stands where {folder} should be.")
    return StoreError("The data folder cannot be used.", f"{folder}: {error.strerror or error}.")
