"""Replies and conversations as a model writes them, made of dice: the same seed gives the same text.

Shape:   per 100 KB about 40 % prose, 40 code blocks, and in the rest lists (flat, nested, numbered, tasks), tables,
         maths, quotes, headings, footnotes; links, emoji and other scripts now and then.
Units:   sizes of replies in UTF-8 bytes, lengths of messages in characters.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from desktop_chat.core.messages import Message, MessageStatus, Role
from tests.bench.corpus_code import code_block

WORDS: Final = (
    "the server answers with a stream of small events and every client that waits for it keeps what came so far a of "
    "to in is that for with as on are this by be it from at which not or can when if than then more only also between "
    "retry budget window token model prompt context cache journal layout frame table paint measure quickly often "
    "because although however therefore exactly rarely connection timeout header request reply message thread loop "
    "memory disk index query schema transaction commit branch release deployment container process signal handler "
    "latency throughput percentile average queue worker scheduler buffer chunk boundary character encoding surrogate "
    "function argument decorator iterator generator exception context protocol interface dataclass annotation"
).split()
OTHER_SCRIPTS: Final = (
    "日本語の文章",
    "中文字符",
    "한국어",
    "Привет",
    "مرحبا",
    "naïve café",
    "Zürich",
    "🙂",
    "🚀",
    "✅",
    "👩‍💻",
    "→",
    "≤",
)
INLINE_MATHS: Final = (
    "$x^2 + y^2 = r^2$",
    "$O(n \\log n)$",
    "$\\alpha_i$",
    "\\(e^{i\\pi} + 1 = 0\\)",
    "$\\frac{a}{b}$",
)
DISPLAY_MATHS: Final = (
    "$$\n\\int_0^\\infty e^{-x^2}\\,dx = \\frac{\\sqrt{\\pi}}{2}\n$$",
    "$$\\sum_{k=1}^{n} k = \\frac{n(n+1)}{2}$$",
    "\\[\nP(A \\mid B) = \\frac{P(B \\mid A)\\,P(A)}{P(B)}\n\\]",
)
_PROSE_SHARE: Final = 0.4
_BYTES_PER_CODE_BLOCK: Final = 2_500
_PIECE_CHARACTERS: Final = (1, 8)
_MESSAGE_CHARACTERS: Final = (200, 3_000)
_POOL_BYTES: Final = 300_000
_CREATED_AT: Final = 1_790_000_000.0


def reply_text(size_bytes: int, seed: int = 1) -> str:
    """One reply of about that size, of whole blocks."""
    return "".join(blocks(size_bytes, seed))


def blocks(size_bytes: int, seed: int = 1) -> Iterator[str]:
    """The blocks of a reply, each with the empty line after it."""
    dice = random.Random(seed)
    size = prose = code_blocks = number = 0
    deck: list[Callable[[random.Random], str]] = []
    while size < size_bytes:
        if code_blocks * _BYTES_PER_CODE_BLOCK < size and number % 2:
            kind, text = "code", code_block(dice)
            code_blocks += 1
        elif prose <= size * _PROSE_SHARE:
            kind, text = "prose", _paragraph(dice)
        else:
            if not deck:
                deck = [make for make, count in _OTHERS.items() for _ in range(count)]
                dice.shuffle(deck)
            kind, text = "other", deck.pop()(dice)
        text += "\n\n"
        count = len(text.encode())
        size += count
        prose += count if kind == "prose" else 0
        number += 1
        yield text


def chunks(text: str, seed: int = 1) -> Iterator[str]:
    """The text in pieces as tokens come."""
    dice, at = random.Random(seed), 0
    while at < len(text):
        length = dice.randint(*_PIECE_CHARACTERS)
        yield text[at : at + length]
        at += length


def conversation(count: int, seed: int = 2, conversation_id: str = "bench") -> tuple[Message, ...]:
    """Questions and replies in turn, one path; ids in the order of the messages."""
    dice = random.Random(seed)
    pool = list(blocks(_POOL_BYTES, seed))
    prose = [text for text in pool if text[0].isalpha()]
    base = Message("", conversation_id, None, Role.USER, (), MessageStatus.COMPLETE, _CREATED_AT)
    made: list[Message] = []
    for number in range(count):
        is_question = number % 2 == 0
        text = _joined(dice, prose if is_question else pool, dice.randint(*_MESSAGE_CHARACTERS))
        made.append(
            replace(
                base,
                id=f"{number:012x}{dice.getrandbits(80):020x}",
                parent_id=made[-1].id if made else None,
                role=Role.USER if is_question else Role.ASSISTANT,
                content=({"type": "text", "text": text},),
                created_at=_CREATED_AT + number,
                ended_at=_CREATED_AT + number,
                model=None if is_question else "claude-opus-4-8",
            )
        )
    return tuple(made)


def paragraph(size_bytes: int, between: str = " ") -> str:
    """One paragraph that does not end; without anything between its words it is one word."""
    dice, words, size = random.Random(4), [], 0
    while size < size_bytes:
        words.append(dice.choice(WORDS))
        size += len(words[-1]) + len(between)
    return between.join(words)[:size_bytes]


def long_fence(lines: int) -> str:
    """One code block that does not end soon."""
    dice, made = random.Random(5), list[str]()
    while len(made) < lines:
        made += code_block(dice, "python").splitlines()[1:-1]
    return "```python\n" + "\n".join(made[:lines]) + "\n```\n"


def long_table(rows: int) -> str:
    """One table that does not end soon."""
    dice = random.Random(6)
    return _table(dice, rows) + "\n"


def _joined(dice: random.Random, pool: list[str], length: int) -> str:
    taken: list[str] = []
    size = 0
    while size < length:
        taken.append(dice.choice(pool))
        size += len(taken[-1])
    return "".join(taken)[:length]


# --- blocks ---


def _sentence(dice: random.Random, least: int = 6, most: int = 20) -> str:
    words = dice.choices(WORDS, k=dice.randint(least, most))
    at = dice.randrange(len(words))
    chance = dice.random()
    if chance < 0.12:
        words[at] = f"**{words[at]} {dice.choice(WORDS)}**"
    elif chance < 0.2:
        words[at] = f"*{words[at]}*"
    elif chance < 0.38:
        words[at] = f"`{words[at]}_{dice.choice(WORDS)}()`"
    elif chance < 0.43:
        words[at] = f"[{words[at]} {dice.choice(WORDS)}](https://example.org/{words[at]}/{dice.randint(1, 99)})"
    elif chance < 0.47:
        words[at] = dice.choice(INLINE_MATHS)
    elif chance < 0.51:
        words[at] = dice.choice(OTHER_SCRIPTS)
    elif chance < 0.53:
        words[at] = f"~~{words[at]}~~"
    elif chance < 0.55:
        words[at] = f"${dice.randint(1, 99)} and ${dice.randint(1, 99)}"
    text = " ".join(words)
    return text[0].upper() + text[1:] + dice.choice("....:?!")


def _paragraph(dice: random.Random) -> str:
    return " ".join(_sentence(dice) for _ in range(dice.randint(2, 6)))


def _heading(dice: random.Random) -> str:
    return f"{'#' * dice.randint(2, 4)} {' '.join(dice.choices(WORDS, k=dice.randint(2, 6))).capitalize()}"


def _list(dice: random.Random) -> str:
    mark = dice.choice("-*")
    between = "\n\n" if dice.random() < 0.2 else "\n"
    return between.join(f"{mark} {_sentence(dice)}" for _ in range(dice.randint(3, 7)))


def _numbered_list(dice: random.Random) -> str:
    items = range(1, dice.randint(4, 8))
    return "\n".join(f"{number}. **{dice.choice(WORDS)}**: {_sentence(dice)}" for number in items)


def _nested_list(dice: random.Random) -> str:
    lines: list[str] = []
    for _ in range(dice.randint(2, 4)):
        lines.append(f"- {_sentence(dice, 4, 10)}")
        for _ in range(dice.randint(1, 3)):
            lines.append(f"  - {_sentence(dice, 4, 10)}")
            if dice.random() < 0.3:
                lines.append(f"    1. {_sentence(dice, 4, 10)}")
    return "\n".join(lines)


def _task_list(dice: random.Random) -> str:
    return "\n".join(f"- [{dice.choice(' x')}] {_sentence(dice, 4, 10)}" for _ in range(dice.randint(3, 6)))


def _table(dice: random.Random, rows: int = 0) -> str:
    lines = ["| Count | What | Who | Share |", "|------:|:-----|:---:|------:|"]
    for _ in range(rows or dice.randint(3, 9)):
        what, who = " ".join(dice.choices(WORDS, k=dice.randint(2, 6))), dice.choice(WORDS)
        lines.append(f"| {dice.randint(1, 9999)} | {what} | `{who}` | {dice.random():.2%} |")
    return "\n".join(lines)


def _maths(dice: random.Random) -> str:
    return dice.choice(DISPLAY_MATHS)


def _quote(dice: random.Random) -> str:
    return "\n".join(f"> {_sentence(dice)}" for _ in range(dice.randint(1, 4)))


def _footnote(dice: random.Random) -> str:
    label = f"{dice.choice(WORDS)}{dice.randint(1, 9999)}"
    return f"{_sentence(dice)[:-1]}[^{label}].\n\n[^{label}]: {_sentence(dice)}"


def _rule(_dice: random.Random) -> str:
    return "---"


_OTHERS: Final[dict[Callable[[random.Random], str], int]] = {
    _heading: 9, _list: 3, _numbered_list: 2, _nested_list: 2, _task_list: 1, _table: 4, _maths: 4, _quote: 2,
    _footnote: 2, _rule: 1,
}  # fmt: skip
"""What else there is, and how often; dealt like cards, so that every reply has some of each."""
