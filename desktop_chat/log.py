"""The log: one rotating file that only its owner may read, and never a key in it."""

from __future__ import annotations

import io
import logging
import os
import re
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

FILE_NAME = "desktop-chat.log"
FILE_BYTES_MAX = 1_000_000
OLD_FILES_COUNT = 3

_FORMAT = "%(asctime)s.%(msecs)03d %(levelname)s %(name)s [%(threadName)s] %(message)s"
_TIME_FORMAT = "%Y-%m-%d %H:%M:%S"

# They log every request or every socket event, which says nothing that our own records do not.
_TALKATIVE = ("asyncio", "httpcore", "httpx", "keyring", "qasync")

_SECRETS = (
    (re.compile(r"\bsk-(ant-)?[\w-]{8,}"), r"sk-\1…"),
    (
        re.compile(
            r"""((?:proxy-)?authorization|x-api-key|api[_-]key)(["']?\s*[:=,]\s*(?:b(?=["']))?["']?)"""
            r"""((?:bearer|basic)\s+)?[^\s"',;)}\]]+""",
            re.IGNORECASE,
        ),
        r"\1\2\3…",
    ),
    # The password of a proxy or a server in its address.
    (re.compile(r"(\w://)[^\s/@]+@"), r"\1…@"),
)


def mask(text: str) -> str:
    """Replace everything that looks like a key, an authorization header or a password in an address."""
    for secret, shown in _SECRETS:
        text = secret.sub(shown, text)
    return text


class _MaskingFormatter(logging.Formatter):
    """Masks the finished text, so that arguments, tracebacks and stacks are covered."""

    def __init__(self) -> None:
        super().__init__(_FORMAT, _TIME_FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def _is_worth_it(record: logging.LogRecord) -> bool:
    """Some packages write what they do to the root logger, a line for every letter they draw."""
    return record.name != "root" or record.levelno >= logging.WARNING


class _PrivateFileHandler(RotatingFileHandler):
    """A rotating file that is readable by its owner only, from its first byte on."""

    def _open(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(
            io.FileIO(self.baseFilename, "a", opener=_open_private), encoding="utf-8", errors="replace"
        )


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class Log:
    """The running log; made once the logs folder exists, closed last of all.

    The file takes everything from INFO on; standard error takes bugs only. With `is_debug` both take everything.
    A file that cannot be written keeps nobody from reading: standard error takes its place, from WARNING on.
    """

    def __init__(self, logs_dir: Path, *, is_debug: bool = False) -> None:
        self.path = logs_dir / FILE_NAME
        self._handlers: list[logging.Handler] = []
        problem: OSError | None = None
        try:
            self._handlers.append(_PrivateFileHandler(self.path, maxBytes=FILE_BYTES_MAX, backupCount=OLD_FILES_COUNT))
        except OSError as error:
            problem = error
        # A program without a console, such as a bundle on Windows, has no standard error.
        if sys.stderr is not None:
            console = logging.StreamHandler(sys.stderr)
            least = logging.WARNING if problem else logging.CRITICAL
            console.setLevel(logging.DEBUG if is_debug else least)
            self._handlers.append(console)
        root = logging.getLogger()
        self._old_level = root.level
        self._old_raise = logging.raiseExceptions
        root.setLevel(logging.DEBUG if is_debug else logging.INFO)
        # A full disk must not make every record print a traceback.
        logging.raiseExceptions = is_debug
        for handler in self._handlers:
            handler.setFormatter(_MaskingFormatter())
            handler.addFilter(_is_worth_it)
            root.addHandler(handler)
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        if problem is not None:
            logging.getLogger(__name__).warning("no log file is written: %s", problem)

    def close(self) -> None:
        """Write everything down and leave logging as it was found; may be called twice."""
        root = logging.getLogger()
        for handler in self._handlers:
            root.removeHandler(handler)
            handler.close()
        if self._handlers:
            root.setLevel(self._old_level)
            logging.raiseExceptions = self._old_raise
            for name in _TALKATIVE:
                logging.getLogger(name).setLevel(logging.NOTSET)
        self._handlers = []
