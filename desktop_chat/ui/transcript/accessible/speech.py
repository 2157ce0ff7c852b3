"""What a screen reader hears by itself while a reply streams: finished sentences, and in words what is going on.

Nothing of it runs unless an assistive technology is there (`QAccessible.isActive`), and nothing is said about a
conversation that is not on the screen; what streams while it is not is left for reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.failure import Action
from desktop_chat.core.messages import MessageStatus
from desktop_chat.ui.figures import bytes_text
from desktop_chat.ui.shortcuts import Command, key_text
from desktop_chat.ui.transcript.accessible.sentences import sentence_ends
from desktop_chat.ui.transcript.markdown.blocks import Code, Frame, Leaf, Rule, Table
from desktop_chat.ui.transcript.messages.row_list import Row
from desktop_chat.ui.transcript.messages.rows import Rows
from desktop_chat.ui.transcript.messages.words import strip_words
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.part import Part

Say: TypeAlias = Callable[[str], None]

_PAUSE_S: Final = 0.7
"""Between two announcements: what was finished meanwhile is said in one."""

_SETTLED_S: Final = 0.5
"""A phase that is over sooner is not worth a word."""

_QUIET_S: Final = 8.0
"""A shorter silence, as between two paragraphs, is not worth one either."""

_PHASES: Final = {
    Phase.CONNECTING: "Connecting",
    Phase.SENDING: "Sending",
    Phase.WAITING: "Waiting",
    Phase.THINKING: "Thinking",
    Phase.WRITING: "Writing",
    Phase.QUIET: "Nothing is coming at the moment",
}
_SAID_AGAIN: Final = (Phase.QUIET, Phase.RETRYING, Phase.RECONNECTING)
"""What is news each time it begins; the steps of a turn are said once in it."""


class Narration:
    """How much of one reply has been said.

    Units:   offsets in characters of a part's text.
    """

    def __init__(self) -> None:
        self._part = 0
        self._offset = 0

    def take(self, parts: Sequence[Part], is_over: bool) -> list[str]:
        """What can be said now and was not said before."""
        said: list[str] = []
        last = next((at for at in reversed(range(len(parts))) if isinstance(parts[at], LeafPart)), -1)
        while self._part <= last:
            part = parts[self._part]
            is_done = is_over or self._part < last
            if isinstance(part, LeafPart):
                said += self._taken(part, is_done)
            if not is_done:
                break
            self._part, self._offset = self._part + 1, 0
        return said

    def _taken(self, part: LeafPart, is_done: bool) -> list[str]:
        if isinstance(part.leaf.content, Code | Table | Rule):
            return [summary_of(part.leaf)] if is_done and not isinstance(part.leaf.content, Rule) else []
        text = spoken_text(part)
        rest = text[self._offset :]
        end = len(rest) if is_done else max(sentence_ends(rest), default=0)
        piece = rest[:end].strip()
        self._offset += end
        return [piece] if piece else []


def spoken_text(part: LeafPart) -> str:
    """The text of a part without the bullet that only the eye needs."""
    text = part.plain(0, part.length)
    marker = part.leaf.marker
    is_sign = bool(marker) and part.leaf.frames[-1:] == (Frame.ITEM,) and not any(map(str.isalnum, marker))
    return text.removeprefix(f"{marker} ") if is_sign else text


def summary_of(leaf: Leaf) -> str:
    """What is said in place of a block that nobody wants to have read out."""
    content = leaf.content
    if isinstance(content, Table):
        return f"Table, {_counted(len(content.aligns), 'column')}, {_counted(len(content.rows), 'row')}."
    if isinstance(content, Code):
        count = len(content.text.splitlines())
        return ", ".join(words for words in ("Code", content.language, _counted(count, "line")) if words) + "."
    return ""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


class Speech:
    """Tells what happens in one conversation; `frame` is called in every frame."""

    def __init__(self, rows: Rows, say: Say) -> None:
        self._rows = rows
        self._say = say
        self._narration = Narration()
        self._reply_id: str | None = None
        self._is_behind = False
        """Whether text came that nobody could see; it is not made up for."""
        self._looked_s = -_PAUSE_S
        self._activity = Activity()
        self._phase_words = ""
        self._phase_since_s = 0.0
        self._is_phase_said = True
        self._said: set[Phase] = set()
        """The steps of the running turn that were said."""

    def begin(self, reply_id: str) -> None:
        """A reply begins."""
        self._narration, self._reply_id, self._is_behind = Narration(), reply_id, False

    def show_activity(self, activity: Activity) -> None:
        """Take over what is going on."""
        self._activity = activity
        if not activity.is_busy:
            self._said.clear()

    def frame(self, now_s: float, is_visible: bool) -> None:
        """Say what there is to say; nothing more than a look when nobody listens."""
        row = self._row()
        if row is None or row.item is None:
            self._reply_id = None
        else:
            is_over = row.message.status is not MessageStatus.STREAMING
            if not is_visible or self._is_behind:
                self._narration.take(row.item.stack.parts, is_over)
                self._is_behind = not is_visible
            elif is_over or now_s - self._looked_s >= _PAUSE_S:
                self._looked_s = now_s
                self._tell(now_s, self._narration.take(row.item.stack.parts, is_over) + _outcome(row, is_over))
            if is_over:
                self._reply_id = None
        self._tell_phase(now_s, is_visible)

    def _row(self) -> Row | None:
        """The row of the reply that is being written."""
        index = self._rows.index_of(self._reply_id) if self._reply_id else None
        if index is not None:
            return self._rows[index]
        last = self._rows[len(self._rows) - 1] if len(self._rows) else None
        if last is None or last.message.status is not MessageStatus.STREAMING:
            return None
        # It began before anybody looked.
        self.begin(last.message.id)
        self._is_behind = True
        return last

    def _tell(self, now_s: float, pieces: list[str]) -> None:
        if pieces:
            self._looked_s = now_s
            if self._activity.phase is Phase.WRITING:
                # Who hears the answer needs not be told of it.
                self._said.add(Phase.WRITING)
            self._say("\n".join(pieces))

    def _tell_phase(self, now_s: float, is_visible: bool) -> None:
        """Say what is going on: each step once, a stall whenever it begins, and only what goes on for a while."""
        phase, words = self._activity.phase, _phase_words(self._activity)
        if words != self._phase_words:
            self._phase_words, self._phase_since_s = words, now_s
            self._is_phase_said = phase in self._said
        if words and not self._is_phase_said and now_s - self._phase_since_s >= _settled_s(self._activity):
            self._is_phase_said = True
            if phase in self._said:
                return
            if phase not in _SAID_AGAIN:
                self._said.add(phase)
            if is_visible:
                self._tell(now_s, [words])


def _settled_s(activity: Activity) -> float:
    """How long an activity must last to be said."""
    return max(_SETTLED_S, _QUIET_S - activity.quiet_s) if activity.phase is Phase.QUIET else _SETTLED_S


def _phase_words(activity: Activity) -> str:
    """An activity in words that do not count along."""
    if activity.phase is Phase.RETRYING:
        reason = f"{activity.failure.title}. " if activity.failure else ""
        return f"{reason}Trying again, {activity.attempt} of {activity.attempts_max}"
    if activity.phase is Phase.RECONNECTING:
        when = "Waiting for the network" if activity.retry_at is None else "Continuing by itself"
        return f"{when}, {activity.attempt} of {activity.attempts_max}"
    if activity.phase is Phase.WAITING and activity.sent_bytes:
        return f"Sent {bytes_text(activity.sent_bytes)}, waiting"
    return _PHASES.get(activity.phase, "")


def _outcome(row: Row, is_over: bool) -> list[str]:
    """How a reply ended, when there is anything to say about it."""
    words = strip_words(row.message, row.item is None or row.item.place.is_last) if is_over else None
    if words is None:
        return []
    said = f"{words.title} {words.text}".strip()
    if words.is_unsent:
        return [f"{said} {key_text(Command.REGENERATE)} sends the question again."]
    return [f"{said} {key_text(Command.CONTINUE)} continues." if Action.CONTINUE in words.actions else said]
