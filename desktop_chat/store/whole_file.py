"""Replaces a file in one step: after a crash there is the old one or the new one, never half of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO

from desktop_chat.core.errors import StoreError
from desktop_chat.store.failures import told_in_words


class WholeFile:
    """A file that appears under its name only when it is complete.

    Order:   write to `text`, then `finish`; or `discard`, which after `finish` does nothing.
    Raises:  OSError.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # The process id keeps two programs that write the same file apart.
        self._unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
        # O_BINARY: Windows would write every line end as two characters otherwise.
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        descriptor = os.open(self._unfinished, flags, 0o600)
        self.text: TextIO = os.fdopen(descriptor, "w", encoding="utf-8", newline="\n")

    def finish(self) -> None:
        """Bring the text to the disk and put the file in its place, readable for its owner only."""
        self.text.flush()
        os.fsync(self.text.fileno())
        self.text.close()
        self._unfinished.replace(self._path)
        sync_folder(self._path.parent)

    def discard(self) -> None:
        """Leave no trace of what was not finished."""
        if not self.text.closed:
            _close_quietly(self.text)
        self._unfinished.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a file whole.

    Raises:  StoreError and its kinds.
    """
    if path.is_dir():
        raise StoreError("This is a folder.", f"{path} cannot be written: give the name of a file.")
    with told_in_words(path):
        replace_text(path, text)


def replace_text(path: Path, text: str) -> None:
    """The same for who has words of its own for what can go wrong.

    Raises:  OSError.
    """
    file = WholeFile(path)
    try:
        file.text.write(text)
        file.finish()
    finally:
        file.discard()


def _close_quietly(text: TextIO) -> None:
    try:
        text.close()
    except OSError:
        # A full disk: what is still buffered is being thrown away anyhow.
        return


def sync_folder(folder: Path) -> None:
    """Make new names in it durable too; Windows can neither open folders nor needs it."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
