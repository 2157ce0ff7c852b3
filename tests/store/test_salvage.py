"""A damaged history is read row by row into a new one; what is lost is told, and the damaged file stays."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_chat.core.conversation import UNTITLED, ConversationTree, OpenTab
from desktop_chat.core.errors import StoreCorrupt, StoreError, StoreFull
from desktop_chat.core.messages import Draft, MessageStatus, Role
from desktop_chat.core.outbox import Queued
from desktop_chat.paths import Paths
from desktop_chat.store.migrations import MIGRATIONS
from desktop_chat.store.salvage import salvage
from desktop_chat.store.salvage_pages import Pages, Record
from desktop_chat.store.salvage_rows import shape_of, shapes
from tests.helpers.samples import full_reply, question, reply
from tests.store import damage
from tests.store.damage import PAGE_BYTES, make, measure, overwrite, repaired, rows_of, table
from tests.store.files import fingerprints, make_tables, started, store_in
from tests.store.mounts import small_disk
from tests.store.old_databases import ANSWER, DATABASES, QUESTION

MESSAGES_COUNT = 600


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of some hundred messages, closed in order."""
    return asyncio.run(make(tmp_path_factory.mktemp("sound"), MESSAGES_COUNT))


def copied(sound: Path, folder: Path) -> Path:
    return Path(shutil.copy(sound, folder / "damaged.sqlite3"))


def pages_of_kind(path: Path, kind: int) -> list[int]:
    data = path.read_bytes()
    return [number + 1 for number in range(1, len(data) // PAGE_BYTES) if data[number * PAGE_BYTES] == kind]


# --- everything that is whole is saved


@pytest.mark.parametrize("seed", range(6))
def test_every_message_on_undamaged_pages_is_saved(sound: Path, tmp_path: Path, seed: int) -> None:
    outcome = measure(sound, seed, 0.05, tmp_path)

    assert outcome.damaged_pages_count > 3
    assert outcome.undamaged_count < outcome.messages_count
    assert outcome.share == 1.0


@pytest.mark.parametrize("seed", range(6))
def test_no_message_is_lost_without_being_told(sound: Path, tmp_path: Path, seed: int) -> None:
    outcome = measure(sound, seed, 0.02, tmp_path)

    assert outcome.saved_count + outcome.told_lost_count <= outcome.messages_count
    # What no page tells of any more cannot be known; with one page in fifty that is next to nothing.
    assert outcome.saved_count + outcome.told_lost_count >= 0.98 * outcome.messages_count


def test_a_sound_file_comes_out_as_it_was(sound: Path, tmp_path: Path) -> None:
    target, report = repaired(copied(sound, tmp_path))

    assert report.is_whole
    assert report.message_count == MESSAGES_COUNT + 1
    assert rows_of(target) == rows_of(sound)
    for name in ("conversations", "drafts", "tabs", "outbox", "kept_drafts"):
        assert sorted(table(target, name)) == sorted(table(sound, name)), name


def test_the_new_file_is_sound_and_of_today(sound: Path, tmp_path: Path) -> None:
    damaged = copied(sound, tmp_path)
    overwrite(damaged, range(5, 200, 9), random.Random(1))

    target, _report = repaired(damaged)

    assert target.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(target)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert {path.name for path in tmp_path.iterdir()} == {"damaged.sqlite3", "repaired.sqlite3"}


@pytest.mark.parametrize("pages", [[1], [1, 2, 3]], ids=["schema", "first pages"])
def test_without_a_schema_the_tables_are_found_by_their_rows(sound: Path, tmp_path: Path, pages: list[int]) -> None:
    damaged = copied(sound, tmp_path)
    overwrite(damaged, pages, random.Random(1))

    target, report = repaired(damaged)

    assert report.message_count > 0.9 * MESSAGES_COUNT
    assert rows_of(target).items() <= rows_of(sound).items()


@pytest.mark.parametrize("kind", [5, 2, 10], ids=["interior of tables", "interior of indexes", "indexes"])
def test_pages_that_only_lead_to_rows_are_not_needed(sound: Path, tmp_path: Path, kind: int) -> None:
    damaged = copied(sound, tmp_path)
    hit = pages_of_kind(damaged, kind)
    assert hit
    overwrite(damaged, hit, random.Random(2))

    target, report = repaired(damaged)

    assert report.message_count == MESSAGES_COUNT + 1
    assert rows_of(target) == rows_of(sound)


@pytest.mark.parametrize("old", sorted(DATABASES.glob("v*.sqlite3")), ids=lambda path: path.stem)
def test_files_of_older_programs_are_repaired_into_one_of_today(tmp_path: Path, old: Path) -> None:
    damaged = copied(old, tmp_path)
    overwrite(damaged, [1], random.Random(3))

    target, report = repaired(damaged)

    assert report.message_count == 3
    saved = rows_of(target)
    assert saved[QUESTION.id][5] == rows_of(old)[QUESTION.id][5]
    assert saved[ANSWER.id][:16] == rows_of(old)[ANSWER.id][:16]


@pytest.mark.parametrize("page_bytes", [512, 1024, 16384])
def test_the_size_of_the_pages_is_found_without_the_header(sound: Path, tmp_path: Path, page_bytes: int) -> None:
    damaged = copied(sound, tmp_path)
    with closing(sqlite3.connect(damaged, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute(f"PRAGMA page_size = {page_bytes}")
        database.execute("VACUUM")
    with damaged.open("r+b") as file:
        file.write(random.Random(4).randbytes(page_bytes))

    _target, report = repaired(damaged)

    assert report.message_count == MESSAGES_COUNT + 1


def with_log(folder: Path) -> tuple[Path, Path, int]:
    """A history of 40 messages that all stand in its log alone: the file, the log, and how many frames that has."""
    path, damaged = folder / "live.sqlite3", folder / "damaged.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        make_tables(database)
        database.execute("INSERT INTO conversations (id, title, created_at, updated_at) VALUES ('c', 'Title', 1, 1)")
        for number in range(40):
            database.execute(
                """INSERT INTO messages (id, conversation_id, role, status, content, created_at)
                   VALUES (?, 'c', 'user', 'complete', '[{"type":"text","text":"words"}]', 1.5)""",
                (f"m{number:02}",),
            )
        shutil.copy(path, damaged)
        log = Path(shutil.copy(f"{path}-wal", f"{damaged}-wal"))
    return damaged, log, (log.stat().st_size - 32) // (24 + PAGE_BYTES)


@pytest.mark.parametrize("place_bytes", [24, 2000], ids=["head of the page", "middle"])
def test_a_damaged_part_of_the_log_costs_only_itself(tmp_path: Path, place_bytes: int) -> None:
    damaged, log, frames_count = with_log(tmp_path)
    with log.open("r+b") as file:
        # SQLite would end there, and know nothing of what follows.
        file.seek(32 + (frames_count - 12) * (24 + PAGE_BYTES) + place_bytes)
        file.write(b"\xff" * 100)

    target, report = repaired(damaged)

    assert report.message_count == 40
    assert [row[1] for row in table(target, "conversations")] == ["Title"]


def test_a_damaged_state_of_a_page_does_not_take_the_place_of_a_whole_one(tmp_path: Path) -> None:
    damaged, log, frames_count = with_log(tmp_path)
    with log.open("r+b") as file:
        for frame in range(frames_count - 3, frames_count):
            file.seek(32 + frame * (24 + PAGE_BYTES) + 24)
            file.write(b"\xff" * PAGE_BYTES)

    _target, report = repaired(damaged)

    assert 38 <= report.message_count < 40


def test_what_was_not_committed_is_not_saved(tmp_path: Path) -> None:
    path, damaged = tmp_path / "live.sqlite3", tmp_path / "damaged.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA cache_size = 1")
        make_tables(database)
        database.execute("INSERT INTO drafts VALUES ('kept', 'text', 0, 1, '[]')")
        database.execute("BEGIN")
        database.executemany(
            "INSERT INTO drafts VALUES (?, ?, 0, 1, '[]')", [(f"gone {number}", "x" * 3000) for number in range(50)]
        )
        shutil.copy(path, damaged)
        shutil.copy(f"{path}-wal", f"{damaged}-wal")
        database.execute("ROLLBACK")
    assert Path(f"{damaged}-wal").read_bytes().count(b"gone ") > 3

    target, _report = repaired(damaged)

    assert [row[0] for row in table(target, "drafts")] == ["kept"]


# --- what is damaged is mended, or told


async def test_of_a_message_that_is_cut_the_beginning_is_kept(tmp_path: Path) -> None:
    text = "".join(f"Sentence {number} with “quotes”.\n" for number in range(2000))
    async with started(tmp_path) as store:
        asked = question("c", "Tell me")
        answer = reply("c", asked.id, text, status=MessageStatus.COMPLETE, ended_at=1_790_000_009.0)
        await store.put(asked)
        await store.put(answer)
    path = Paths.below(tmp_path).database
    chain = sorted(damage.places_of(path)[answer.id])
    overwrite(path, [chain[6]], random.Random(5))

    _target, report = repaired(path)

    assert (report.cut_count, report.lost_count, report.message_count) == (1, 0, 2)
    shutil.move(path.with_name("repaired.sqlite3"), path)
    async with started(tmp_path) as store:
        stored = await store.load("c")
    assert stored is not None
    kept = ConversationTree(stored.messages)[answer.id]
    assert len(kept.text) > 10_000
    assert text.startswith(kept.text)
    assert (kept.status, kept.role, kept.parent_id) == (MessageStatus.COMPLETE, Role.ASSISTANT, asked.id)
    assert kept.ended_at is None, "what stood behind the damage is not known"


async def test_pages_of_another_message_do_not_get_into_a_text(tmp_path: Path) -> None:
    text = "mine and only mine " * 1000
    async with started(tmp_path) as store:
        answer = reply("c", None, text, status=MessageStatus.COMPLETE)
        other = reply("c", None, "of somebody else " * 1000, status=MessageStatus.COMPLETE)
        await store.put(answer)
        await store.put(other)
    path = Paths.below(tmp_path).database
    places = damage.places_of(path)
    foreign, last = sorted(places[other.id])[2], max(places[answer.id])
    misdirect(path, foreign, last)

    target, _report = repaired(path)

    (block,) = json.loads(rows_of(target)[answer.id][5])
    assert len(block["text"]) > 10_000
    assert text.startswith(block["text"])


def misdirect(path: Path, source: int, target: int) -> None:
    """Write the content of one page over another one, as a disk does that loses its way."""
    data = bytearray(path.read_bytes())
    data[(target - 1) * PAGE_BYTES : target * PAGE_BYTES] = data[(source - 1) * PAGE_BYTES : source * PAGE_BYTES]
    path.write_bytes(data)


async def test_whole_blocks_before_the_damage_are_kept(tmp_path: Path) -> None:
    blocks = ({"type": "thinking", "thinking": "hm", "signature": "s"}, {"type": "text", "text": "long " * 4000})
    async with started(tmp_path) as store:
        answer = full_reply("c", None, blocks)
        await store.put(answer)
    path = Paths.below(tmp_path).database
    overwrite(path, [max(damage.places_of(path)[answer.id])], random.Random(6))

    target, _report = repaired(path)

    (row,) = rows_of(target).values()
    assert row[5].startswith('[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"long long')


async def test_messages_behind_a_gap_are_joined_to_what_stands_before_it(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        path_ids: list[str] = []
        for number in range(30):
            parent_id = path_ids[-1] if path_ids else None
            message = question("c", f"{number} " + "words " * 200, parent_id, id=f"{number:032x}")
            await store.put(message, "The title")
            path_ids.append(message.id)
    path = Paths.below(tmp_path).database
    places = damage.places_of(path)
    (page,) = places[path_ids[12]]
    lost = {key for key, own in places.items() if page in own}
    overwrite(path, [page], random.Random(7))

    _target, report = repaired(path)

    assert (report.lost_count, report.titles) == (len(lost), ("The title",))
    shutil.move(path.with_name("repaired.sqlite3"), path)
    async with started(tmp_path) as store:
        stored = await store.load("c")
        assert stored is not None
        shown = ConversationTree(stored.messages, stored.tip_id).path()
        assert [message.id for message in shown] == [key for key in path_ids if key not in lost]
        assert await store.load_end("c", 99) == shown


async def test_a_conversation_whose_own_row_is_lost_is_made_anew_of_its_messages(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        asked = question("c", "Why is the sky blue?\nTell me.", created_at=100.0, ended_at=100.0)
        answer = reply("c", asked.id, "Because.", status=MessageStatus.COMPLETE, ended_at=300.0)
        await store.put(asked, "A title of its own")
        await store.put(answer)
    path = Paths.below(tmp_path).database
    with closing(Pages(path)) as pages:
        hit = [
            number
            for number in range(2, pages.count + 1)
            if any(len(row.kinds) == 7 for row in pages.table_rows(number, pages.page(number) or b""))
        ]
    overwrite(path, hit, random.Random(8))

    _target, report = repaired(path)

    assert (report.untitled_count, report.conversation_count) == (1, 1)
    shutil.move(path.with_name("repaired.sqlite3"), path)
    async with started(tmp_path) as store:
        (summary,) = (await store.start()).conversations
        stored = await store.load("c")
    assert (summary.title, summary.updated_at) == ("Why is the sky blue?", 300.0)
    assert stored is not None and stored.tip_id == answer.id
    assert UNTITLED not in summary.title


async def test_drafts_tabs_and_what_waits_are_saved_too(tmp_path: Path) -> None:
    waiting = Queued("w1", "c", 1, "Send me", 1_790_000_000.0)
    async with started(tmp_path) as store:
        await store.put(question("c"))
        await store.put_draft("c", Draft("half a sentence", 4))
        await store.put_queued(waiting, keeps_draft=True)
        await store.put_tabs([OpenTab("c", is_current=True)])
    path = Paths.below(tmp_path).database
    overwrite(path, [1], random.Random(9))

    _target, report = repaired(path)

    assert report.draft_count >= 2
    shutil.move(path.with_name("repaired.sqlite3"), path)
    async with started(tmp_path) as store:
        state = await store.start()
        stored = await store.load("c")
    assert state.tabs == (OpenTab("c", is_current=True),)
    assert stored is not None
    assert (stored.draft, stored.queued) == (Draft("half a sentence", 4), (waiting,))


async def test_what_was_purged_does_not_come_back(tmp_path: Path) -> None:
    later = 1_790_000_000.0 + 1e7
    async with started(tmp_path, clock=lambda: 1_790_000_000.0) as store:
        for number in range(60):
            text = f"secret {number} " + "x" * 2000
            await store.put(question("secret", text, created_at=1_790_000_000.0, ended_at=1_790_000_000.0))
        await store.put(question("other", "not hidden", created_at=later, ended_at=later))
        await store.delete("secret")
    async with started(tmp_path, clock=lambda: later) as store:
        assert await store.load("secret") is None

    target, report = repaired(Paths.below(tmp_path).database)

    assert (report.message_count, report.lost_count) == (1, 0)
    assert b"secret" not in target.read_bytes()


# --- content is not believed


HARMS: dict[str, Callable[[bytes], bytes]] = {
    "a role nobody knows": lambda data: data.replace(b"userc", b"robot", 1),
    "content that is no JSON": lambda data: data.replace(b'[{"type"', b'[{"type:', 1),
    "usage that is no object": lambda data: data.replace(b'{"input_tokens"', b'{"input_tokenX"', 1),
    "a length beyond all measure": lambda data: data.replace(b"complete", b"\xff" * 8, 1),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
def test_single_wrong_bytes_cost_one_row_at_most(sound: Path, tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    damaged = copied(sound, tmp_path)
    before = damaged.read_bytes()
    harmed = harm(before)
    assert harmed != before
    damaged.write_bytes(harmed[: len(before)])

    target, report = repaired(damaged)

    assert report.message_count >= MESSAGES_COUNT
    with closing(sqlite3.connect(target)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def peppered(sound: Path, chance: random.Random) -> bytes:
    """The file with wrong bytes in hundreds of places."""
    data = bytearray(sound.read_bytes())
    for _ in range(400):
        at, count = chance.randrange(len(data)), chance.choice((1, 2, 30))
        data[at : at + count] = chance.randbytes(count)
    return bytes(data)


@pytest.mark.parametrize("seed", range(10))
async def test_whatever_stands_in_the_file_the_repaired_one_can_be_read(sound: Path, tmp_path: Path, seed: int) -> None:
    paths = Paths.below(tmp_path)
    paths.make()
    paths.database.write_bytes(peppered(sound, random.Random(seed)))

    _target, report = repaired(paths.database)

    paths.database.with_name("repaired.sqlite3").replace(paths.database)
    assert report.message_count > 0.3 * MESSAGES_COUNT
    async with started(tmp_path) as store:
        for summary in (await store.start()).conversations:
            stored = await store.load(summary.id)
            assert stored is not None
            ConversationTree(stored.messages, stored.tip_id).path()


SAMPLE_VALUES = {"TEXT": "words", "INTEGER": 7, "REAL": 1.5, "BLOB": b"bytes"}


@pytest.mark.parametrize("is_filled", [True, False])
def test_the_shapes_of_tables_tell_them_apart(tmp_path: Path, is_filled: bool) -> None:
    """Rows are known by their shape alone: a new table must not look like another one."""
    path = tmp_path / "one of each.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        make_tables(database)
        for shape in shapes():
            columns = database.execute(f"PRAGMA table_info({shape.table})").fetchall()
            values = [
                SAMPLE_VALUES[declared] if is_filled or needed or key else None
                for _, _, declared, needed, _, key in columns
            ]
            database.execute(f"INSERT INTO {shape.table} VALUES ({', '.join('?' * len(values))})", values)
    with closing(Pages(path)) as pages:
        found = [
            [shape.table for shape in shapes() if shape.matches(row)]
            for number in range(2, pages.count + 1)
            for row in pages.table_rows(number, pages.page(number) or b"")
        ]

    # The schema's own rows are among them, and look like none of ours.
    assert sorted(filter(None, found)) == sorted([shape.table] for shape in shapes())


@pytest.mark.parametrize(("payload", "is_row"), [(b"\x03\x01\x01\x07\x08", True), (b"\x03\x01\x01\x07\x08\x00", False)])
def test_a_row_is_one_only_when_its_values_fill_it(tmp_path: Path, payload: bytes, is_row: bool) -> None:
    path = tmp_path / "two pages.sqlite3"
    cell = bytes([len(payload), 1]) + payload
    at = PAGE_BYTES - len(cell)
    head = b"\x0d\0\0\0\x01" + at.to_bytes(2, "big") + b"\0" + at.to_bytes(2, "big")
    path.write_bytes(bytes(PAGE_BYTES) + head + bytes(PAGE_BYTES - len(head) - len(cell)) + cell)
    with closing(Pages(path)) as pages:
        rows = list(pages.table_rows(2, pages.page(2) or b""))

    assert [row.values for row in rows] == [(7, 8)] * is_row


def test_noise_is_no_row() -> None:
    assert shape_of(Record(1, "TTTTT", ("",) * 5)) is None


# --- nothing is harmed


def test_the_damaged_file_is_only_read(sound: Path, tmp_path: Path) -> None:
    damaged = copied(sound, tmp_path)
    overwrite(damaged, [3, 40], random.Random(10))
    before = fingerprints(tmp_path)

    target, _report = repaired(damaged)

    after = fingerprints(tmp_path)
    del after[target.name]
    assert after == before


@pytest.mark.parametrize("content", [b"", b"text", os.urandom(50_000), b"SQLite format 3\0" + bytes(5000)])
def test_where_nothing_can_be_read_nothing_is_made(tmp_path: Path, content: bytes) -> None:
    damaged = tmp_path / "damaged.sqlite3"
    damaged.write_bytes(content)

    with pytest.raises(StoreError, match="Nothing could be repaired"):
        repaired(damaged)

    assert [path.name for path in tmp_path.iterdir()] == ["damaged.sqlite3"]


def test_without_room_nothing_is_left_behind(sound: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        (disk.folder / "ballast").write_bytes(bytes(700_000))

        with pytest.raises(StoreFull):
            salvage(sound, disk.folder / "repaired.sqlite3", lambda _share: None)

        assert [path.name for path in disk.folder.iterdir()] == ["ballast"]


def test_the_progress_grows_to_the_end(sound: Path, tmp_path: Path) -> None:
    shares: list[float] = []

    salvage(sound, tmp_path / "repaired.sqlite3", shares.append)

    assert shares == sorted(shares)
    assert shares[-1] == 1.0


async def test_the_repaired_file_takes_the_place_and_the_damaged_one_is_kept_whole(tmp_path: Path) -> None:
    path = await make(tmp_path, 100)
    overwrite(path, [1], random.Random(11))
    path.with_name(path.name + "-wal").write_bytes(b"not much")
    before = fingerprints(tmp_path)
    store = store_in(tmp_path)
    with pytest.raises(StoreCorrupt):
        await store.start()

    report = await store.care.repair(lambda _share: None)
    state = await store.start()

    assert len(state.conversations) == report.conversation_count > 1
    after, kept = fingerprints(tmp_path), Path(report.kept)
    assert kept.name.startswith("desktop-chat.damaged-")
    assert after[kept.name] == before[path.name]
    assert after[kept.name + "-wal"] == before[path.name + "-wal"]
    await store.close()


async def test_a_message_that_cannot_be_understood_is_mended_too(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        asked = question("c", "Fine")
        await store.put(asked)
        await store.put(replace(full_reply("c", asked.id), content=()))
    path = Paths.below(tmp_path).database
    with closing(sqlite3.connect(path)) as database:
        failure = '{"kind":"x","title":"It says so","detail":"and lacks a field"}'
        database.execute(
            "UPDATE messages SET usage = '[]', failure = ?, status = 'nonsense' WHERE role = 'assistant'", (failure,)
        )
        database.commit()
    store = store_in(tmp_path)
    await store.start()
    with pytest.raises(StoreCorrupt):
        await store.load("c")
    await store.close()

    await store_in(tmp_path).care.repair(lambda _share: None)

    async with started(tmp_path) as store:
        stored = await store.load("c")
    assert stored is not None
    assert [message.usage for message in stored.messages] == [None, None]


async def test_one_field_of_the_wrong_kind_costs_no_other(tmp_path: Path) -> None:
    answer = full_reply("c", None)
    async with started(tmp_path) as store:
        await store.put(answer)
    path = Paths.below(tmp_path).database
    with closing(sqlite3.connect(path)) as database:
        database.execute("""UPDATE messages SET usage = '{"input_tokens":"many"}'""")
        database.commit()

    await store_in(tmp_path).care.repair(lambda _share: None)

    async with started(tmp_path) as store:
        stored = await store.load("c")
    assert stored is not None
    assert stored.messages == (replace(answer, usage=None),)
