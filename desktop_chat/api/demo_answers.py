"""Chooses the demonstration's answers: prepared texts in `resources/demo/`, picked by the words of the question."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from desktop_chat.api.demo_almanac import almanac
from desktop_chat.api.demo_faults import TRICKS, without_trick
from desktop_chat.api.demo_files import words_for_files
from desktop_chat.api.demo_tokens import blocks_of, mappings_in
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
_QUOTE: Final = re.compile(r"^<{6,}\n(.*)\n>{6,}$", re.DOTALL | re.MULTILINE)
_REPEATED_LETTERS_MIN: Final = 12


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


def answer_for(question: str, sent: str = "") -> Answer:
    """Choose by the words of the question; the same question always has the same answer.

    `sent` says what came with it, and is repeated.
    """
    asked = {word.lower() for word in _WORD.findall(question)}
    if wanted := _WANTS_LONG.search(question):
        size_bytes = VERY_LONG_BYTES if "very" in wanted[0].lower() else LONG_BYTES
        return Answer(_long(size_bytes, sent), "A long answer is wanted, so everything that is prepared goes into it.")
    best = max(_entries(), key=lambda entry: len(asked & entry.words))
    if asked & best.words:
        return Answer(_opened(_read(best.file), sent), best.thinking)
    return Answer(
        _default(question, sent), "No prepared answer fits this question, so the list of what there is may help."
    )


@dataclass(frozen=True, slots=True)
class Continuation:
    """The rest of an answer that was interrupted."""

    question: str
    """With its trick, if it has one."""
    messages_count: int
    """How many messages there were up to the question."""
    begun: str
    rest: str
    own_words: str
    """What was said to have it go on, without what is quoted; empty when the answer was only begun."""

    def repeating(self, characters_max: int) -> str:
        """The rest behind a repetition of the end: a few words at least, so that it can be known for one."""
        most = min(characters_max, len(self.begun))
        chance = random.Random(self.begun)  # noqa: S311  the same every time
        start = len(self.begun) - chance.randint(0, most)
        while start > len(self.begun) - most and _letters_count(self.begun[start:]) < _REPEATED_LETTERS_MIN:
            start -= 1
        return self.begun[start:] + self.rest


def continuation_of(messages: object, prepared: str | None = None) -> Continuation | None:
    """What an answer that was interrupted goes on with; None when that is not what is asked for.

    Two forms: the conversation ends with the beginning of the answer (a prefill), or with a wish that it goes on,
    which may quote the end. Nothing need be missing then but the word that it has ended. `prepared` is the whole
    answer where it does not follow from the question.
    """
    said = list(mappings_in(messages))
    own_words, quoted = "", ""
    if said and said[-1].get("role") == "user":
        own_words, quoted = without_quote(_text_of(said.pop()))
        if not _WANTS_MORE.search(own_words):
            return None
    if len(said) < 2 or said[-1].get("role") != "assistant" or said[-2].get("role") != "user":
        return None
    question = _text_of(said[-2])
    sent = words_for_files(blocks_of(said[-2].get("content")))
    whole = prepared or answer_for(without_trick(question), sent).text
    end = _end_of(whole, _text_of(said[-1]), quoted)
    if not end or (end == len(whole) and own_words and not quoted):
        return None
    return Continuation(question, len(said) - 1, whole[:end], whole[end:], own_words)


def without_quote(asked: str) -> tuple[str, str]:
    """A wish without the text that it quotes between two lines of signs, and that text."""
    found = _QUOTE.search(asked)
    return (asked[: found.start()] + asked[found.end() :], found[1]) if found else (asked, "")


def _letters_count(text: str) -> int:
    return sum(map(str.isalnum, text))


def _end_of(whole: str, begun: str, quoted: str) -> int:
    """Where an answer was interrupted; 0 when it is not this one."""
    if begun.strip() and whole.startswith(begun):
        return len(begun)
    # What came before need not be sent whole: then the quoted end that lies nearest.
    ends = [found.end() for found in re.finditer(re.escape(quoted), whole)] if quoted.strip() else []
    return min(ends, key=lambda end: abs(end - len(begun)), default=0)


def _default(question: str, sent: str) -> str:
    shown = " ".join(question.split())
    if len(shown) > _QUESTION_CHARACTERS_SHOWN:
        shown = shown[:_QUESTION_CHARACTERS_SHOWN].rstrip() + "…"
    quoted = re.sub(r"([\\`*_{}\[\]<>#|$])", r"\\\1", shown)
    # Of a trick alone nothing is left to be quoted.
    asked = f"You asked: “{quoted}”\n\n" if quoted else ""
    answers = "\n".join(f"| {entry.title} | *{entry.try_it}* |" for entry in _entries())
    tricks = "\n".join(f"| `/demo {trick.name}` | {trick.shows} |" for trick in TRICKS)
    return _opened(_read("default.md").format(asked=asked, answers=answers, tricks=tricks), sent)


def _long(size_bytes: int, sent: str) -> str:
    """All prepared answers as chapters of one, and an almanac of numbers up to the size."""
    chapters = [f"## {entry.title}\n\n{_read(entry.file)}" for entry in _entries()]
    text = _opened("Everything that is prepared, one chapter after the other.\n\n" + "\n\n".join(chapters), sent)
    missing_bytes = size_bytes - len(text.encode())
    return f"{text}\n\n{almanac(missing_bytes)}" if missing_bytes > 0 else text


def _opened(text: str, sent: str) -> str:
    parts = (f"{OPENING}: a prepared answer, no model was asked.", sent, text)
    return "\n\n".join(part for part in parts if part)


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
