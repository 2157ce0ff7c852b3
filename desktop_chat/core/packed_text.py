"""Text blocks as they are kept in memory by the thousand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

_KEYS: Final = ("type", "text")


class PackedText(Mapping[str, Any]):
    """A text block of the API, `{"type": "text", "text": …}`, that keeps its text as UTF-8.

    One dash or curly quote makes every character of a `str` two bytes: MEASURED 37 MB for 10,000 messages of 16 MB of
    text, 22 MB so, 2026-11-23. Reading it costs a copy.
    """

    __slots__ = ("_utf8",)

    def __init__(self, text: str) -> None:
        # The API may send half a surrogate pair.
        self._utf8 = text.encode("utf-8", "surrogatepass")

    def __getitem__(self, key: str) -> str:
        if key == "text":
            return self._utf8.decode("utf-8", "surrogatepass")
        if key == "type":
            return "text"
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(_KEYS)

    def __len__(self) -> int:
        return len(_KEYS)

    def __repr__(self) -> str:
        return repr(dict(self))


def packed(block: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same block; packed if it is text and nothing else.

    Raises:  TypeError when it is no block at all, as in a damaged file.
    """
    if not isinstance(block, Mapping):
        raise TypeError("a block must be an object")
    text = block.get("text")
    is_plain = len(block) == len(_KEYS) and block.get("type") == "text" and isinstance(text, str)
    return PackedText(text) if is_plain and isinstance(text, str) else block
