"""Which links may be opened, and how their target is shown before."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from desktop_chat.ui.transcript.visible_text import visible

_SCHEMES: Final = frozenset({"http", "https", "mailto"})
_SHOWN_CHARACTERS_MAX: Final = 300


def openable(href: str) -> str | None:
    """The target, when it is a web or mail address; None for everything else."""
    target = href.strip()
    if any(character.isspace() or character != visible(character) for character in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme.lower() not in _SCHEMES:
        return None
    return target if parts.netloc or (parts.scheme.lower() == "mailto" and parts.path) else None


def shown_target(href: str) -> str:
    """The real target in one line: a host that only looks like another one is written in its wire form."""
    target = visible(href.strip()).replace("\n", " ").replace("\t", " ")
    try:
        host = urlsplit(target).hostname or ""
    except ValueError:
        host = ""
    if host and not host.isascii():
        try:
            wire = host.encode("idna").decode()
        except UnicodeError:
            wire = host.encode("ascii", "backslashreplace").decode()
        target = f"{target}  ({wire})"
    if openable(href) is None:
        target = f"{target}  (cannot be opened)"
    return target if len(target) <= _SHOWN_CHARACTERS_MAX else target[:_SHOWN_CHARACTERS_MAX] + "…"
