"""The list of conversations as rows: headings by date, then titles; changes touch only the rows that changed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QStringListModel, Qt, QTimer

from desktop_chat.core.conversation import ConversationSummary

_PINNED, _TODAY, _YESTERDAY, _WEEK, _MONTH = "Pinned", "Today", "Yesterday", "Previous 7 days", "Last 30 days"
_DAY_S: Final = 86_400
_WEEK_DAYS: Final = 7
_MONTH_DAYS: Final = 30

AnyIndex: TypeAlias = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Heading:
    """The row above a group; it has no id, so that no conversation is taken for it."""

    title: str
    id: str = ""


Row: TypeAlias = Heading | ConversationSummary


class HistoryModel(QStringListModel):
    """Rows for the view; it holds what the library told and what the tabs told, and changes neither.

    MEASURED 100 ms for a new layout of 10,000 rows with a `rowCount` in Python, 8 ms with Qt's own, 2026-11-23: so
    it counts its rows in a string list whose strings nobody reads.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._conversations: tuple[ConversationSummary, ...] = ()
        self._rows: list[Row] = []
        self._next_rows: list[Row] = []
        self._filter = ""
        self._busy: set[str] = set()
        self._unseen: set[str] = set()
        self._waiting: set[str] = set()
        self._is_held = False
        # Connected before any view is, so that a view that asks about new rows is told of the new rows.
        self.rowsRemoved.connect(self._take_rows)
        self.rowsInserted.connect(self._take_rows)
        # Titles of groups are true until the day ends.
        self._midnight = QTimer(self)
        self._midnight.setSingleShot(True)
        self._midnight.timeout.connect(self._refresh)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row(index)
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if isinstance(row, Heading):
            return None
        if role == Qt.ItemDataRole.EditRole:
            return row.title
        if role == Qt.ItemDataRole.ToolTipRole:
            waits = "<p style='white-space: pre'>Messages wait to be sent</p>" if self.is_waiting(row) else ""
            return f"<p>{_escaped(row.title)}</p><p style='white-space: pre'>{date_text(row.updated_at)}</p>{waits}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = ", reply is being written" if self.is_busy(row) else ", new reply" if self.is_unseen(row) else ""
            return row.title + state + (", messages wait to be sent" if self.is_waiting(row) else "")
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if isinstance(self.row(index), ConversationSummary):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable
        return Qt.ItemFlag.NoItemFlags

    def row(self, index: AnyIndex) -> Row | None:
        """The heading or conversation of an index."""
        return self._rows[index.row()] if 0 <= index.row() < len(self._rows) else None

    def conversation(self, index: AnyIndex) -> ConversationSummary | None:
        """The conversation of an index; None for a heading."""
        row = self.row(index)
        return row if isinstance(row, ConversationSummary) else None

    def index_of(self, conversation_id: str) -> QModelIndex:
        """Where a conversation stands; an invalid index when it is not listed."""
        if not conversation_id:
            return QModelIndex()
        return self.index(next((number for number, row in enumerate(self._rows) if row.id == conversation_id), -1))

    @property
    def filter_text(self) -> str:
        return self._filter

    def is_busy(self, conversation: ConversationSummary) -> bool:
        """Whether a reply is being written."""
        return conversation.id in self._busy

    def is_unseen(self, conversation: ConversationSummary) -> bool:
        """Whether a reply was finished and not looked at."""
        return conversation.id in self._unseen

    def is_waiting(self, conversation: ConversationSummary) -> bool:
        """Whether messages wait to be sent."""
        return conversation.id in self._waiting

    def set_conversations(self, conversations: tuple[ConversationSummary, ...]) -> None:
        """Show these, which come newest first."""
        self._conversations = conversations
        self._refresh()

    def set_filter(self, text: str) -> None:
        """Show only titles that contain this, whatever the case."""
        self._filter = text.strip()
        self._refresh()

    def set_busy(self, conversation_id: str, is_busy: bool) -> None:
        """Show or hide the dot of a reply that is being written."""
        self._mark(self._busy, conversation_id, is_busy)

    def set_unseen(self, conversation_id: str, is_unseen: bool) -> None:
        """Show or hide the dot of a reply that was not looked at."""
        self._mark(self._unseen, conversation_id, is_unseen)

    def set_waiting(self, conversation_id: str, is_waiting: bool) -> None:
        """Show or hide the clock of messages that wait to be sent."""
        self._mark(self._waiting, conversation_id, is_waiting)

    def hold(self) -> None:
        """Leave the rows as they are, because one of them is being edited."""
        self._is_held = True

    def release(self) -> None:
        """Catch up with what has changed since `hold`."""
        self._is_held = False
        self._refresh()

    def _mark(self, marked: set[str], conversation_id: str, is_marked: bool) -> None:
        if (conversation_id in marked) == is_marked:
            return
        (marked.add if is_marked else marked.discard)(conversation_id)
        index = self.index_of(conversation_id)
        if index.isValid():
            self.dataChanged.emit(index, index)

    def _refresh(self) -> None:
        if self._is_held:
            return
        now = time.time()
        self._midnight.start(round((_midnight_before(now) + _DAY_S + 1 - now) * 1000))
        wanted = self._filter.casefold()
        shown = (item for item in self._conversations if wanted in item.title.casefold())
        self._replace(list(_grouped(shown if wanted else self._conversations, now)))

    def _replace(self, rows: list[Row]) -> None:
        """Take over new rows, touching only those between the common start and the common end."""
        old = self._rows
        start = _common_count(old, rows)
        end = _common_count(old[start:][::-1], rows[start:][::-1])
        old_end, new_end = len(old) - end, len(rows) - end
        if [_key(row) for row in old[start:old_end]] == [_key(row) for row in rows[start:new_end]]:
            self._rows = rows
            if start < new_end:
                self.dataChanged.emit(self.index(start), self.index(new_end - 1))
            return
        place = _place_of_moved(old[start:old_end], rows[start:new_end])
        if place is not None:
            # The most frequent change: a conversation goes on and moves to the top of its group.
            self._remove(start + place, start + place + 1)
            self._insert(rows, start, start + 1)
        else:
            self._remove(start, old_end)
            self._insert(rows, start, new_end)

    def _remove(self, first: int, end: int) -> None:
        if first < end:
            self._next_rows = self._rows[:first] + self._rows[end:]
            self.removeRows(first, end - first)

    def _insert(self, rows: list[Row], first: int, end: int) -> None:
        if first < end:
            self._next_rows = rows
            self.insertRows(first, end - first)

    def _take_rows(self) -> None:
        self._rows = self._next_rows


def date_text(at: float) -> str:
    """A moment as people write it, e.g. `Monday, 23 November 2026, 14:05`."""
    moment = time.localtime(at)
    return time.strftime("%A, ", moment) + str(moment.tm_mday) + time.strftime(" %B %Y, %H:%M", moment)


def _grouped(conversations: Iterable[ConversationSummary], now: float) -> Iterator[Row]:
    pinned: list[ConversationSummary] = []
    others: list[ConversationSummary] = []
    for conversation in conversations:
        (pinned if conversation.is_pinned else others).append(conversation)
    if pinned:
        yield Heading(_PINNED)
        yield from pinned
    today = _midnight_before(now)
    title, begins = "", float("inf")
    for conversation in others:
        # They come newest first, so a group's name is worked out once, where the group before it ends.
        if conversation.updated_at < begins:
            title, begins = _group_of(conversation.updated_at, today)
            yield Heading(title)
        yield conversation


def _group_of(at: float, today: float) -> tuple[str, float]:
    """Name the group of a moment, and tell when the group begins."""
    for title, days in ((_TODAY, 0), (_YESTERDAY, 1), (_WEEK, _WEEK_DAYS), (_MONTH, _MONTH_DAYS)):
        # Half a day of slack before going back to midnight: days with a clock change have 23 or 25 hours.
        begins = _midnight_before(today - days * _DAY_S + _DAY_S / 2)
        if at >= begins:
            return title, begins
    moment = time.localtime(at)
    begins = time.mktime((moment.tm_year, moment.tm_mon, 1, 0, 0, 0, 0, 0, -1))
    name = time.strftime("%B", moment)
    is_this_year = moment.tm_year == time.localtime(today).tm_year
    return (name if is_this_year else f"{name} {moment.tm_year}"), begins


def _midnight_before(at: float) -> float:
    moment = time.localtime(at)
    return time.mktime((moment.tm_year, moment.tm_mon, moment.tm_mday, 0, 0, 0, 0, 0, -1))


def _key(row: Row) -> str:
    return row.id or row.title


def _common_count(old: list[Row], new: list[Row]) -> int:
    count = 0
    for one, other in zip(old, new, strict=False):
        # Most rows are the very same objects as before.
        if one is not other and one != other:
            break
        count += 1
    return count


def _place_of_moved(old: list[Row], new: list[Row]) -> int | None:
    """Where the first of the new rows stood, when it is the only one that has moved."""
    if not new or len(old) != len(new):
        return None
    place = next((number for number, row in enumerate(old) if _key(row) == _key(new[0])), None)
    if place is None or old[:place] + old[place + 1 :] != new[1:]:
        return None
    return place


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
