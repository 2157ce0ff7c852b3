"""Which links may be opened, how their target is shown before, and which of them deserve a second look."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from desktop_chat.ui.transcript.markdown.blocks import Span
from desktop_chat.ui.transcript.markdown.visible_text import visible

_SCHEMES: Final = frozenset({"http", "https", "mailto"})
_SHOWN_CHARACTERS_MAX: Final = 300
_HOST_IN_TEXT: Final = re.compile(
    r"(?:https?://)?(?:[^\s/@]+@)?((?:[\w-]+\.)+[^\W\d_]{2,})(?::\d+)?(?:[/?#]\S*)?", re.I
)
"""A text that is an address as a whole: its host is group 1."""

_FILE_ENDINGS: Final = frozenset(
    "c cc cpp cs css go h hs html ini java js json kt lua md mov php pl ps py rb rs sh sql "
    "swift toml ts txt vue xml yaml yml zip".split()
)
"""A text such as `readme.md` is a file's name, although there are servers whose names end like that."""


def openable(href: str) -> str | None:
    """The target, when it is a web or mail address; None for everything else."""
    target = href.strip()
    # Some browsers read a backslash as a slash: where it leads depends on who reads it.
    if "\\" in target or any(character.isspace() or character != visible(character) for character in target):
        return None
    parts = _parts_of(target)
    if parts is None or parts.scheme.lower() not in _SCHEMES:
        return None
    return target if parts.netloc or (parts.scheme.lower() == "mailto" and parts.path) else None


def is_link(span: Span) -> bool:
    """Whether a span leads somewhere: an address that may not be opened is text."""
    return bool(span.href) and openable(span.href) is not None


def shown_target(href: str) -> str:
    """The real target in one line: a host that only looks like another one is written in its wire form."""
    target = visible(href.strip()).replace("\n", " ").replace("\t", " ")
    parts = _parts_of(target)
    host = (parts.hostname or "") if parts else ""
    if not host.isascii():
        target = f"{target}  ({_wire_form(host)})"
    if openable(href) is None:
        target = f"{target}  (cannot be opened)"
    return target if len(target) <= _SHOWN_CHARACTERS_MAX else target[:_SHOWN_CHARACTERS_MAX] + "…"


def doubt_about(href: str, text: str) -> str:
    """Why a link that can be opened should be looked at twice, in a sentence; empty when nothing speaks against it."""
    parts = _parts_of(href.strip())
    if openable(href) is None or parts is None or not parts.hostname:
        return ""
    host = parts.hostname
    if parts.username is not None:
        return f"What stands before the @ is only a user name. The link leads to {host}."
    if not host.isascii() or any(name.startswith("xn--") for name in host.split(".")):
        return f"The name of the server is written in letters that may look like others: {_wire_form(host)}."
    said = _said_host(text.strip())
    if said and not f".{host.casefold()}".endswith(f".{said.casefold().removeprefix('www.')}"):
        return f"The text says {visible(said)}, but the link leads to {host}."
    return ""


def _said_host(text: str) -> str:
    """The server a text claims to be the address of; empty when it claims none."""
    found = _HOST_IN_TEXT.fullmatch(text)
    if found is None or (found[1] == text and text.rpartition(".")[2].casefold() in _FILE_ENDINGS):
        return ""
    return found[1]


def _parts_of(target: str) -> SplitResult | None:
    try:
        parts = urlsplit(target)
        _ = parts.hostname, parts.port
    except ValueError:
        return None
    return parts


def _wire_form(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode()
