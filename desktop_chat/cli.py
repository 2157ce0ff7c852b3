"""The command line: documented and stable."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop_chat import __version__
from desktop_chat.core.provider import profile_for
from desktop_chat.core.settings import Theme

if TYPE_CHECKING:
    from desktop_chat.core.network_conditions import NetworkConditions

SIZE_MIN_PX: Final = 200
SIZE_MAX_PX: Final = 8_000

_NETWORK_HELP: Final = (
    "make the network worse on purpose, for this run: slow-3g, train, overloaded or flaky, or values joined by commas: "
    "latency=300ms jitter=200ms rate=50kB/s cut=20kB stall=5kB:8s status=529:2 retry-after=5s error=80 malformed=30 "
    "share=50%% spread=50%% seed=7; values after a profile take the place of its own"
)


class ExitCode(IntEnum):
    """What the program says when it ends."""

    GOOD = 0
    FAILED = 1
    BAD_USAGE = 2
    CUT = 3
    """The reply broke off, was stopped or reached its limit; what came was printed and is kept."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks for; None where it says nothing."""

    is_demo: bool = False
    data_dir: Path | None = None
    base_url: str | None = None
    model: str | None = None
    ask: str | None = None
    is_once: bool = False
    screenshot: Path | None = None
    size_px: tuple[int, int] | None = None
    theme: Theme | None = None
    export: Path | None = None
    network: NetworkConditions | None = None
    is_self_test: bool = False
    is_debug: bool = False


def parser() -> argparse.ArgumentParser:
    """Build the parser; its help is the reference."""
    made = argparse.ArgumentParser(
        prog="desktop-chat",
        description="A native desktop client for Claude.",
        epilog="Exit codes with --once: 0 complete, 1 failed, 2 bad usage, 3 cut and kept.",
        allow_abbrev=False,
    )
    add = made.add_argument
    add("--demo", dest="is_demo", action="store_true", help="talk to the built-in demonstration server; no key needed")
    add("--data-dir", type=Path, metavar="DIR", help="keep database, settings, logs and cache below DIR")
    add("--base-url", type=_url, metavar="URL", help="server that speaks the Messages API, for this run")
    add("--model", type=_words, metavar="ID", help="model for new conversations, for this run")
    add("--ask", type=_words, metavar="TEXT", help="open a tab and send TEXT")
    add("--once", dest="is_once", action="store_true", help="with --ask: print the reply when it has ended, and quit")
    add("--screenshot", type=Path, metavar="FILE", help="save a picture of the window (PNG) once it is settled")
    add("--size", dest="size_px", type=_size, metavar="WxH", help="size of the window in pixels, for this run")
    add("--theme", type=Theme, choices=list(Theme), metavar="light|dark|system", help="colours, for this run")
    add("--export", type=Path, metavar="FILE.json", help="write all conversations as JSON and quit; no window")
    add("--network", type=_network, metavar="PROFILE", help=_NETWORK_HELP)
    add("--self-test", dest="is_self_test", action="store_true", help="check the installation, print JSON, quit")
    add("--debug", dest="is_debug", action="store_true", help="log more, also to standard error")
    add("--version", action="version", version=f"desktop-chat {__version__}")
    return made


def wishes_from(arguments: Sequence[str]) -> Wishes:
    """Read the command line.

    Raises:  SystemExit(2) with a sentence on standard error for a bad one.
    """
    made = parser()
    wishes = Wishes(**vars(made.parse_args(arguments)))
    if wishes.is_once and wishes.ask is None:
        made.error("--once needs --ask TEXT")
    if wishes.is_demo and wishes.base_url is not None:
        made.error("--demo brings its own server; leave --base-url out")
    if wishes.export is not None and (wishes.ask is not None or wishes.screenshot is not None or wishes.is_self_test):
        made.error("--export works alone")
    for option, path in (("--screenshot", wishes.screenshot), ("--export", wishes.export)):
        if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
            made.error(f"{option}: {path} cannot be written: there is no such folder, or it is a folder itself")
    return wishes


def _words(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    # Bytes that are no text come as lone surrogates, which can be neither stored nor sent.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _url(text: str) -> str:
    try:
        return profile_for(text).base_url
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _network(text: str) -> NetworkConditions:
    # Few starts ask for it.
    from desktop_chat.core.conditions_text import conditions_from

    try:
        return conditions_from(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{3,4})x(\d{3,4})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"“{text}” is no size; it should look like 1280x840")
    width_px, height_px = int(match[1]), int(match[2])
    if not all(SIZE_MIN_PX <= side <= SIZE_MAX_PX for side in (width_px, height_px)):
        raise argparse.ArgumentTypeError(f"each side must lie between {SIZE_MIN_PX} and {SIZE_MAX_PX} pixels")
    return width_px, height_px
