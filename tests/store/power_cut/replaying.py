"""Builds the disks that a power cut could have left, at any moment of a recording, and holds them against promises.

Shape:   what was synced is there. What was not is dropped, or kept, or kept in part: single writes of it, torn at
         sectors. Names that were made, changed or removed come to the disk with a sync of their folder; before it
         some of them may be there, in the order they were made. A sync that failed has dropped what it was to write.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final

from desktop_chat.core.errors import StoreError
from desktop_chat.core.messages import Draft, Message, MessageStatus
from desktop_chat.paths import Paths
from tests.store.files import store_in
from tests.store.power_cut.recording import Kind, Step
from tests.store.power_cut.watching import PROMISES, hashes_of

SECTOR_BYTES: Final = 512
JOURNAL_BACK_S_MAX: Final = 2.0
"""How old may be what a power cut has cost of a journal. It is meant to be one second; a machine under test is slow."""


class Unsynced(Enum):
    """What becomes of what was not synced."""

    DROPPED = "dropped"
    KEPT = "kept"
    TORN = "torn"


@dataclass
class _File:
    """One file of the disk, whatever it is called."""

    content: bytearray = field(default_factory=bytearray)
    unsynced: list[Step] = field(default_factory=list)


class Disk:
    """What is on the disk for sure, and what only the system knows yet."""

    def __init__(self) -> None:
        self._files: dict[int, _File] = {}
        self._by_inode: dict[int, _File] = {}
        self._names: dict[Path, _File] = {}
        self._new_names: list[tuple[Path, _File | None]] = []

    def take(self, step: Step) -> None:
        """Let one call happen."""
        match step.kind:
            case Kind.CREATED:
                file = self._by_inode[step.file] = _File()
                self._new_names.append((step.path, file))
            case Kind.RENAMED:
                self._new_names.append((step.path, self._by_inode[step.file]))
                self._new_names.append((Path(step.data.decode()), None))
            case Kind.UNLINKED:
                self._new_names.append((step.path, None))
            case Kind.WRITTEN | Kind.TRUNCATED:
                self._by_inode[step.file].unsynced.append(step)
            case Kind.SYNCED if step.file in self._by_inode:
                file = self._by_inode[step.file]
                for each in file.unsynced:
                    _change(file.content, each)
                file.unsynced.clear()
            case Kind.SYNC_FAILED if step.file in self._by_inode:
                self._by_inode[step.file].unsynced.clear()
            case Kind.SYNCED:
                self._sync_folder(step.path)

    def _sync_folder(self, folder: Path) -> None:
        for path, file in self._new_names:
            if path.parent == folder:
                self._name(self._names, path, file)
        self._new_names = [each for each in self._new_names if each[0].parent != folder]

    @staticmethod
    def _name(names: dict[Path, _File], path: Path, file: _File | None) -> None:
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file

    def left(self, unsynced: Unsynced, chance: random.Random) -> dict[Path, bytes]:
        """The files after a power cut."""
        names = dict(self._names)
        count = {Unsynced.DROPPED: 0, Unsynced.KEPT: len(self._new_names)}.get(
            unsynced, chance.randint(0, len(self._new_names))
        )
        for path, file in self._new_names[:count]:
            self._name(names, path, file)
        return {path: _after_cut(file, unsynced, chance) for path, file in names.items()}


def _after_cut(file: _File, unsynced: Unsynced, chance: random.Random) -> bytes:
    content = bytearray(file.content)
    if unsynced is Unsynced.KEPT:
        for step in file.unsynced:
            _change(content, step)
    elif unsynced is Unsynced.TORN:
        share = chance.choice((0.1, 0.5, 0.9))
        for step in file.unsynced:
            if step.kind is Kind.TRUNCATED:
                if chance.random() < share:
                    _change(content, step)
                continue
            for offset, sector in _sectors(step):
                if chance.random() < share:
                    _write(content, offset, sector)
    return bytes(content)


def _change(content: bytearray, step: Step) -> None:
    if step.kind is Kind.WRITTEN:
        _write(content, step.offset, step.data)
    elif len(content) > step.offset:
        del content[step.offset :]
    else:
        content.extend(bytes(step.offset - len(content)))


def _write(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def _sectors(step: Step) -> Iterator[tuple[int, bytes]]:
    place, end = step.offset, step.offset + len(step.data)
    while place < end:
        stop = min(end, (place // SECTOR_BYTES + 1) * SECTOR_BYTES)
        yield place, step.data[place - step.offset : stop - step.offset]
        place = stop


# --- what was promised


@dataclass(frozen=True)
class Unsent:
    """A text that was not sent yet, and the SHA-256 of its files."""

    text: str
    files: list[str]

    @classmethod
    def of(cls, draft: Draft) -> Unsent:
        """What is really there."""
        return cls(draft.text, [hashlib.sha256(attachment.file).hexdigest() for attachment in draft.attachments])


@dataclass
class Promises:
    """What the store had said by some moment, and what it had been asked for."""

    final: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Status and text of the messages that are stored."""
    base: dict[str, str] = field(default_factory=dict)
    """The text that stands in the row of a reply that streams."""
    journal: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    """What came of it since, and when it was journalled."""
    drafts: dict[str, Unsent] = field(default_factory=dict)
    """The last draft of a conversation that nothing has cleared or replaced."""
    queued: dict[str, tuple[str, Unsent]] = field(default_factory=dict)
    """Each message that waits, with its conversation."""
    files: dict[str, list[str]] = field(default_factory=dict)
    """The SHA-256 of what a message was asked to have with it."""
    statuses: dict[str, list[str]] = field(default_factory=dict)
    """All that a message was ever asked to have, in order."""
    _pending: dict[str, str] = field(default_factory=dict)
    _whole: dict[str, str] = field(default_factory=dict)

    def take(self, step: Step) -> None:
        """Hear what was said."""
        for line in step.data.splitlines():
            self._hear(json.loads(line), step.at)

    def _hear(self, said: dict[str, Any], at: float) -> None:
        key, text = said["id"], said["text"]
        match said["kind"], said["of"]:
            case "asked", "message":
                self.statuses.setdefault(key, []).append(said["status"])
                self._whole[key] = max(text, self._whole.get(key, ""), key=len)
                self.files[key] = said["files"]
                self.drafts.pop(said["in"], None)
                self.queued.pop(said["queued"], None)
            case "asked", "journal":
                self._pending[key] = text
            case "asked", "draft":
                self.drafts.pop(key, None)
            case "asked", "queued":
                self.drafts.pop(said["in"], None)
            case "asked", "taken":
                self.queued.pop(key, None)
            case "kept", "message" if said["status"] == MessageStatus.STREAMING:
                self.base[key], self.journal[key] = text, []
            case "kept", "message":
                self.final[key] = (said["status"], text)
                self.base.pop(key, None)
                self.journal.pop(key, None)
            case "kept", "journal":
                self.journal.setdefault(key, []).append((at, text))
                self._pending.pop(key, None)
            case "kept", "draft":
                self.drafts[key] = Unsent(text, said["files"])
            case "kept", "queued":
                self.queued[key] = (said["in"], Unsent(text, said["files"]))

    def came(self, key: str) -> str:
        """All text of a message that the store was ever given."""
        journalled = self.base.get(key, "") + "".join(text for _, text in self.journal.get(key, ()))
        return max(self._whole.get(key, ""), journalled + self._pending.get(key, ""), key=len)

    def due(self, key: str, at: float) -> str:
        """The text of a reply that must be there after a power cut at this moment."""
        pieces = [text for when, text in self.journal.get(key, ()) if at - when > JOURNAL_BACK_S_MAX]
        return self.base.get(key, "") + "".join(pieces)


@dataclass(frozen=True, slots=True)
class Cut:
    """One power cut, and what was found at the next start.

    Units:   `journal_back_s` is the age of the oldest piece of a reply that is not there.
    """

    number: int
    """How many calls had been made."""
    unsynced: Unsynced
    problems: tuple[str, ...]
    journal_back_s: float

    @property
    def place(self) -> str:
        """The folder of its disk, in the workshop."""
        return f"{self.number}-{self.unsynced.value}"


def cuts(
    recording: Sequence[Step], folder: Path, workshop: Path, chosen: Iterable[int], seed: int = 0
) -> Iterator[Cut]:
    """Cut the power after so many calls each, in every way that `Unsynced` knows, and look at what is left.

    `folder` is the one that was recorded; the disks are built in `workshop`.
    """
    chance = random.Random(seed)
    disk, promises, wanted = Disk(), Promises(), set(chosen)
    for number, step in enumerate(recording, start=1):
        if step.path == folder / PROMISES:
            if step.kind is Kind.WRITTEN:
                promises.take(step)
        else:
            disk.take(step)
        if number not in wanted:
            continue
        # The power may go until just before the next call.
        at = recording[number].at if number < len(recording) else step.at
        for unsynced in Unsynced:
            place = workshop / f"{number}-{unsynced.value}"
            for path, content in disk.left(unsynced, chance).items():
                target = place / path.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            problems, back_s = asyncio.run(_look(place, promises, at))
            yield Cut(number, unsynced, tuple(problems), back_s)


def moments(recording: Sequence[Step], count: int, seed: int = 0, syncs_max: int | None = None) -> list[int]:
    """So many moments for a power cut, at random; and those before and after every sync, or after so many of them."""
    chance = random.Random(seed)
    kinds = (Kind.SYNCED, Kind.SYNC_FAILED, Kind.RENAMED, Kind.UNLINKED)
    syncs = [number for number, step in enumerate(recording, start=1) if step.kind in kinds]
    if syncs_max is not None and len(syncs) > syncs_max:
        syncs = chance.sample(syncs, syncs_max)
    found = {moment for number in syncs for moment in (number - 1, number)} - {0}
    rest = sorted(set(range(1, len(recording) + 1)) - found)
    return sorted(found | set(chance.sample(rest, min(count, len(rest)))))


async def _look(place: Path, promises: Promises, at: float) -> tuple[list[str], float]:
    store = store_in(place)
    found: dict[str, Message] = {}
    drafts: dict[str, Unsent] = {}
    queued: dict[str, tuple[str, Unsent]] = {}
    try:
        state = await store.start()
        known = {summary.id for summary in state.conversations} | {tab.conversation_id for tab in state.tabs}
        for conversation_id in sorted(known):
            stored = await store.load(conversation_id)
            if stored is None:
                # A tab in which nothing was written yet.
                continue
            drafts[conversation_id] = Unsent.of(stored.draft)
            queued |= {each.id: (conversation_id, Unsent.of(each.as_draft())) for each in stored.queued}
            found |= {message.id: message for message in stored.messages}
    except StoreError as error:
        return [f"it does not open: {error}"], 0.0
    finally:
        await store.close()
    problems = []
    with closing(sqlite3.connect(Paths.below(place).database)) as database:
        if (answer := database.execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
            problems.append(f"integrity: {answer}")
        problems += _problems_of_files(database)
    for conversation_id, unsent in promises.drafts.items():
        if drafts.get(conversation_id) != unsent:
            problems.append(f"the draft of {conversation_id} is gone")
    problems += [f"{key} does not wait any more" for key, each in promises.queued.items() if queued.get(key) != each]
    back_s = 0.0
    for key in promises.final.keys() | promises.base.keys():
        if (message := found.get(key)) is None:
            problems.append(f"message {key} is gone")
            continue
        problems += _problems(message, promises, at)
        back_s = max(back_s, _journal_back_s(message, promises, at))
    return problems, back_s


def _problems_of_files(database: sqlite3.Connection) -> Iterator[str]:
    """Whatever moment it is: every file that something refers to is there and whole, and no other."""
    held = database.execute("SELECT id, data FROM attachments").fetchall()
    used = {
        key
        for table in ("drafts", "outbox", "kept_drafts")
        for (said,) in database.execute(f"SELECT attachments FROM {table}")
        for key, _name, _media_type in json.loads(said)
    }
    if used != {key for key, _data in held}:
        yield f"{len(used)} files are in use, {len(held)} are there"
    for key, data in held:
        if hashlib.sha256(data).hexdigest() != key:
            yield f"the file {key} is not whole"


def _problems(message: Message, promises: Promises, at: float) -> Iterator[str]:
    key, kept, statuses = message.id, message.text, promises.statuses[message.id]
    if hashes_of(message) != promises.files[key]:
        yield f"the files of {key} are not those it was sent with"
    status, text = promises.final.get(key, ("", ""))
    if not promises.came(key).startswith(kept):
        yield f"the text of {key} is not what came: {kept[-80:]!r}"
    if not kept.startswith(text):
        yield f"the end of {key} is not whole: {len(kept)} of {len(text)} characters"
    if not kept.startswith(promises.due(key, at)):
        yield f"the journal of {key} is too short: {len(kept)} characters"
    # What was final is so still, unless it was to go on.
    goes_on = key in promises.base or statuses[-1] == MessageStatus.STREAMING
    if message.status is MessageStatus.INTERRUPTED and status and not goes_on:
        yield f"{key} is interrupted"
    elif message.status not in {*statuses, MessageStatus.INTERRUPTED} - {MessageStatus.STREAMING}:
        yield f"the status of {key} is {message.status}"


def _journal_back_s(message: Message, promises: Promises, at: float) -> float:
    end = len(promises.base.get(message.id, ""))
    for when, piece in promises.journal.get(message.id, ()):
        end += len(piece)
        if end > len(message.text):
            return at - when
    return 0.0
