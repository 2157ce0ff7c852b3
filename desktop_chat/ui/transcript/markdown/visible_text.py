"""Text as it may be shown: control and bidi override characters become visible signs, one for one.

Qt counts text in UTF-16 units; the functions here cut and count the same way, so that positions fit.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_PICTURES: Final = 0x2400
"""Unicode block “Control Pictures”: U+2400 + n is the picture of control character n."""

_DELETE: Final = 0x7F
_SIGN_FOR_OTHERS: Final = "\ufffd"
_SIGN_FOR_TAGS: Final = "\U0001f3f7"
"""Two UTF-16 units, as a tag character has: a label, for text that is written so that nobody sees it."""

_KEPT: Final = frozenset("\n\t")
_FLAG_OR_TAG: Final = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{2,6}\U000e007f|([\U000e0000-\U000e007f])")
"""The flags of Scotland and others are spelt with tag characters; those stay as they are."""


_RIGHT_TO_LEFT: Final = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""The blocks of the scripts that do."""


def _signs() -> dict[int, str]:
    signs = {code: chr(_PICTURES + code) for code in range(0x20) if chr(code) not in _KEPT}
    signs[_DELETE] = "\u2421"
    hidden = [*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C, 0xFEFF, 0x2028, 0x2029]
    hidden += [*range(0xFFF9, 0xFFFC), *range(0xD800, 0xE000)]  # ruby marks; halves of characters
    signs.update(dict.fromkeys(hidden, _SIGN_FOR_OTHERS))
    return signs


_SIGNS: Final = _signs()
_HAS_TAG: Final = re.compile("[\U000e0000-\U000e007f]")


def visible(text: str) -> str:
    """Replace what would act instead of being read; the length stays the same."""
    if text.isascii() and text.isprintable():
        return text
    shown = text.translate(_SIGNS)
    if _HAS_TAG.search(shown) is None:
        return shown
    return _FLAG_OR_TAG.sub(lambda found: _SIGN_FOR_TAGS if found[1] else found[0], shown)


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, start: int, end: int) -> str:
    """The part between two positions in UTF-16 units."""
    if text.isascii():
        return text[start:end]
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "replace")


def has_right_to_left(text: str) -> bool:
    """Whether anything in a text runs from right to left."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left."""
    if text.isascii():
        return False
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False
