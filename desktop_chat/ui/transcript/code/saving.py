"""Saving code, a picture or a file where the reader chooses: without blocking, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TypeAlias

from PySide6.QtCore import QFileInfo, QIODevice, QObject, QSaveFile, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from desktop_chat.core.events import with_whole_surrogates
from desktop_chat.ui.thread_work import ThreadWork

Content: TypeAlias = str | Callable[[], Iterable[bytes]]
"""Code, or what makes the bytes of a file, bit by bit and in a thread; it raises ValueError where it is damaged."""

_ENDINGS: Final = {
    "bash": "sh", "batch": "bat", "c": "c", "c#": "cs", "c++": "cpp", "clojure": "clj", "cmake": "cmake",
    "console": "txt", "cpp": "cpp", "cs": "cs", "csharp": "cs", "css": "css", "csv": "csv", "cypher": "cypher",
    "dart": "dart", "diff": "diff", "elixir": "ex", "elm": "elm", "erlang": "erl", "fish": "fish", "fortran": "f90",
    "fsharp": "fs", "go": "go", "golang": "go", "gradle": "gradle", "graphql": "graphql", "groovy": "groovy",
    "haskell": "hs", "hcl": "hcl", "html": "html", "ini": "ini", "java": "java", "javascript": "js", "js": "js",
    "json": "json", "jsonc": "json", "jsonl": "jsonl", "jsx": "jsx", "julia": "jl", "kotlin": "kt", "kt": "kt",
    "latex": "tex", "less": "less", "lisp": "lisp", "lua": "lua", "markdown": "md", "matlab": "m", "md": "md",
    "mermaid": "mmd", "nix": "nix", "objective-c": "m", "ocaml": "ml", "patch": "patch", "perl": "pl", "php": "php",
    "powershell": "ps1", "prolog": "pl", "proto": "proto", "protobuf": "proto", "ps1": "ps1", "py": "py",
    "python": "py", "python3": "py", "r": "r", "rb": "rb", "rs": "rs", "rst": "rst", "ruby": "rb", "rust": "rs",
    "scala": "scala", "scheme": "scm", "scss": "scss", "sh": "sh", "shell": "sh", "sql": "sql", "svelte": "svelte",
    "svg": "svg", "swift": "swift", "tex": "tex", "terraform": "tf", "toml": "toml", "ts": "ts", "tsx": "tsx",
    "tsv": "tsv", "typescript": "ts", "vb": "vb", "vue": "vue", "xml": "xml", "yaml": "yaml", "yml": "yml",
    "zig": "zig", "zsh": "zsh",
}  # fmt: skip
_WHOLE_NAMES: Final = {"dockerfile": "Dockerfile", "docker": "Dockerfile", "make": "Makefile", "makefile": "Makefile"}
_NAME_IN_COMMENT: Final = re.compile(
    r"\s*(?:#|//|--|;|%|<!--|/\*)+\s*(?:file(?:name)?:\s*)?((?:[\w.-]+[/\\])*([\w-][\w.-]*\.[A-Za-z]\w{0,9}))\s*(?:-->|\*/)?\s*"
)
"""A first line that is nothing but a comment with a file's name; a shebang has a slash first and does not fit."""


def suggested_name(language: str, code: str) -> str:
    """A file name for code: the one its first line tells, or one with the ending of its language."""
    told = _NAME_IN_COMMENT.fullmatch(code.partition("\n")[0][:200])
    if told:
        return told[2]
    word = language.strip().lower()
    if word in _WHOLE_NAMES:
        return _WHOLE_NAMES[word]
    ending = _ENDINGS.get(word, "txt")
    return f"{_STEMS.get(ending, 'code')}.{ending}"


_STEMS: Final = {
    "py": "script", "sh": "script", "zsh": "script", "fish": "script", "ps1": "script", "bat": "script",
    "rb": "script", "pl": "script", "lua": "script", "html": "page", "css": "style", "sql": "query", "md": "text",
    "txt": "text", "diff": "changes", "patch": "changes", "json": "data", "csv": "data", "xml": "data", "yaml": "data",
    "yml": "data", "toml": "data",
}  # fmt: skip


def write_whole(path: str, content: Content) -> str:
    """Write a file, byte for byte; give why it could not be done, or nothing. Not on the GUI thread.

    What stood in the file before stays until all of the new content is on the disk.
    """
    # A link is followed, so that it is not replaced by a file.
    file = QSaveFile(QFileInfo(path).canonicalFilePath() or path)
    if not file.open(QIODevice.OpenModeFlag.WriteOnly):
        return file.errorString()
    pieces = (with_whole_surrogates(content).encode(),) if isinstance(content, str) else content()
    try:
        for piece in pieces:
            file.write(piece)
    except ValueError:
        file.cancelWriting()
        return "It is damaged: what stands in the conversation is not the whole file."
    # `commit` waits for the disk, too, but lets no other thread run meanwhile: 15 ms with 20 MB.
    if file.flush() and file.handle() >= 0:
        # Some network drives cannot; `commit` does not insist on it either.
        with contextlib.suppress(OSError):
            os.fsync(file.handle())
    return "" if file.commit() else file.errorString()


def folder_to_save_in() -> str:
    """Where a file is saved unless the reader says otherwise: among the downloads, at home where there are none."""
    places = QStandardPaths.StandardLocation
    downloads = QStandardPaths.writableLocation(places.DownloadLocation)
    return downloads if downloads and Path(downloads).is_dir() else QStandardPaths.writableLocation(places.HomeLocation)


class Saving(QObject):
    """Asks where to save something, and saves it there."""

    saved = Signal(str)
    """The path."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._work = ThreadWork(self)
        self._folder = ""
        """Where the last file went."""

    def ask(self, content: Content, name: str, title: str = "Save code") -> QFileDialog:
        """Open the question where to; an existing file is never replaced without another one."""
        folder = self._folder or folder_to_save_in()
        dialog = QFileDialog(self._window, title, str(Path(folder) / name))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.fileSelected.connect(lambda path: self._save(path, content, title))
        dialog.open()
        return dialog

    def _save(self, path: str, content: Content, title: str) -> None:
        self._work.begin(lambda: write_whole(path, content), lambda reason: self._end(path, content, title, reason))

    def _end(self, path: str, content: Content, title: str, reason: str) -> None:
        if not reason:
            self._folder = str(Path(path).parent)
            self.saved.emit(path)
            return
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"It could not be saved as {Path(path).name}.")
        box.setInformativeText(reason)
        box.addButton("Save elsewhere…", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Close)
        box.accepted.connect(lambda: self.ask(content, Path(path).name, title))
        box.open()
