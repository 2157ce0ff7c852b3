"""Chooses the demonstration's answers: prepared texts in `resources/demo/`, picked by the words of the question."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from desktop_chat.api.demo_almanac import almanac
from desktop_chat.api.demo_faults import TRICKS, without_trick
from desktop_chat.api.demo_tokens import blocks_of
from desktop_chat.resources import resource_path

OPENING: Final = "This is the built-in demonstration"
"""How every answer begins: nobody shall take it for a model."""
LONG_BYTES: Final = 20_000
VERY_LONG_BYTES: Final = 100_000
_QUESTION_CHARACTERS_SHOWN: Final = 160
_WORD: Final = re.compile(r"[\w-]+")
_WANTS_LONG: Final = re.compile(
    r"\bvery\s+long\b|\blong(?:er)?\s+(?:answer|reply|text|one|message)\b|\A\W*long\W*\Z", re.IGNORECASE
)
"""Not every “long”: “how long should I wait” wants a short answer."""
_WANTS_MORE: Final = re.compile(r"\b(?:interrupted|cut off|continue|carry on|go on)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """One prepared answer."""

    text: str
    thinking: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    file: str
    words: frozenset[str]
    title: str
    try_it: str
    thinking: str


def answer_for(question: str) -> Answer:
    """Choose by the words of the question; the same question always has the same answer."""
    asked = {word.lower() for word in _WORD.findall(question)}
    if wanted := _WANTS_LONG.search(question):
        size_bytes = VERY_LONG_BYTES if "very" in wanted[0].lower() else LONG_BYTES
        return Answer(_long(size_bytes), "A long answer is wanted, so everything that is prepared goes into it.")
    best = max(_entries(), key=lambda entry: len(asked & entry.words))
    if asked & best.words:
        return Answer(_opened(_read(best.file)), best.thinking)
    return Answer(_default(question), "No prepared answer fits this question, so the list of what there is may help.")


def continuation_of(messages: Sequence[Mapping[str, Any]]) -> str | None:
    """The rest of a prepared answer that was interrupted; None when that is not what is asked for.

    Two forms: the conversation ends with the beginning of the answer (a prefill), or a question asks to go on.
    """
    *before, last = messages
    if last.get("role") == "user":
        if not _WANTS_MORE.search(_text_of(last)):
            return None
        while before and before[-1].get("role") != "assistant":
            before.pop()
        if not before:
            return None
        last = before.pop()
    if last.get("role") != "assistant" or not before:
        return None
    begun = _text_of(last)
    whole = answer_for(without_trick(_text_of(before[-1]))).text
    is_begun = bool(begun.strip()) and whole.startswith(begun) and len(begun) < len(whole)
    return whole[len(begun) :] if is_begun else None


def _default(question: str) -> str:
    shown = " ".join(question.split())
    if len(shown) > _QUESTION_CHARACTERS_SHOWN:
        shown = shown[:_QUESTION_CHARACTERS_SHOWN].rstrip() + "…"
    quoted = re.sub(r"([\\`*_{}\[\]<>#|$])", r"\\\1", shown)
    answers = "\n".join(f"| {entry.title} | *{entry.try_it}* |" for entry in _entries())
    tricks = "\n".join(f"| `/demo {trick.name}` | {trick.shows} |" for trick in TRICKS)
    return _opened(_read("default.md")).format(question=quoted or "…", answers=answers, tricks=tricks)


def _long(size_bytes: int) -> str:
    """All prepared answers as chapters of one, and an almanac of numbers up to the size."""
    chapters = [f"## {entry.title}\n\n{_read(entry.file)}" for entry in _entries()]
    text = _opened("Everything that is prepared, one chapter after the other.\n\n" + "\n\n".join(chapters))
    missing_bytes = size_bytes - len(text.encode())
    return f"{text}\n\n{almanac(missing_bytes)}" if missing_bytes > 0 else text


def _opened(text: str) -> str:
    return f"{OPENING}: a prepared answer, no model was asked.\n\n{text}"


@cache
def _entries() -> tuple[_Entry, ...]:
    table = tomllib.loads(_read("answers.toml"))
    return tuple(
        _Entry(row["file"], frozenset(row["words"]), row["title"], row["try"], row["thinking"].strip())
        for row in table["answer"]
    )


@cache
def _read(file: str) -> str:
    return resource_path(f"demo/{file}").read_text(encoding="utf-8").strip()


def _text_of(message: Mapping[str, Any]) -> str:
    blocks = blocks_of(message.get("content"))
    return "".join(str(block["text"]) for block in blocks if block.get("type") == "text")
