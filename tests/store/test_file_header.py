"""Looking at a file that may be anything."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_chat.core.errors import StoreCorrupt
from desktop_chat.store.file_header import HEADER_BYTES, MAGIC, FileHeader, look

WAL_MAGIC = bytes.fromhex("377f0682")


def test_a_missing_and_an_empty_file_are_new(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    assert look(tmp_path / "missing") is None
    assert look(tmp_path / "empty") is None


def test_the_header_says_what_sqlite_says(tmp_path: Path) -> None:
    path = tmp_path / "database"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA page_size = 65536")
        database.execute("CREATE TABLE things (x)")
        database.execute("PRAGMA user_version = 7")
        database.execute("PRAGMA application_id = 99")

    assert look(path) == FileHeader(page_bytes=65536, page_count=2, user_version=7, application_id=99)


def test_a_transaction_that_was_not_committed_does_not_count(tmp_path: Path) -> None:
    path, cut = tmp_path / "database", tmp_path / "cut"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA user_version = 1")
        database.execute("BEGIN")
        database.execute("PRAGMA user_version = 2")
        database.execute("CREATE TABLE things (x)")
        database.execute("COMMIT")
        shutil.copy(path, cut)
        log = path.with_name("database-wal").read_bytes()
    cut_log = cut.with_name("cut-wal")

    cut_log.write_bytes(log)
    whole = look(cut)
    # Without its last page, and with it the mark of the commit; the page with the version came before.
    cut_log.write_bytes(log[:-4096])
    torn = look(cut)

    assert whole is not None and torn is not None
    assert (whole.user_version, torn.user_version) == (2, 1)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=300) | st.binary(max_size=300).map(lambda rest: MAGIC + rest),
    st.none() | st.binary(max_size=300) | st.binary(max_size=300).map(lambda rest: WAL_MAGIC + rest),
)
def test_any_bytes_are_a_header_or_damage(content: bytes, log: bytes | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "database"
        path.write_bytes(content)
        if log is not None:
            path.with_name("database-wal").write_bytes(log)
        with contextlib.suppress(StoreCorrupt):
            header = look(path)
            assert (header is None) == (content == b"")
            assert header is None or len(content) >= HEADER_BYTES


def test_a_file_that_a_power_cut_ended_while_it_was_made_is_new(tmp_path: Path) -> None:
    path = tmp_path / "database"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE things (x)")
    header = path.read_bytes()[:HEADER_BYTES]
    for begun in (bytes(4096), header):
        path.write_bytes(begun)
        with contextlib.suppress(FileNotFoundError):
            path.with_name("database-journal").unlink()
        with pytest.raises(StoreCorrupt):
            look(path)

        # SQLite takes back with it what there is.
        path.with_name("database-journal").touch()
        assert look(path) is None
