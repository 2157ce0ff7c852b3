"""After sessions with a key, good ones and bad ones, the key stands nowhere but in the keyring."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end2end.key_hygiene import KEY, NOTHING_TYPED, Search, search_everything
from tests.helpers.machine import MAY_LEAVE_OUT


def test_the_key_is_found_nowhere(tmp_path: Path) -> None:
    search = search_everything(tmp_path)
    assert search.found == []
    assert len(search.sessions) == 10
    assert MAY_LEAVE_OUT or NOTHING_TYPED not in search.sessions
    assert search.files_count > 0 and search.outputs_count > 0 and search.command_lines_count > 0


@pytest.mark.parametrize("spelling", [KEY.encode(), KEY.replace("/", "\\/").encode(), KEY.encode("utf-16-le")])
def test_the_search_finds_what_it_looks_for(tmp_path: Path, spelling: bytes) -> None:
    (tmp_path / "leak").write_bytes(b"before " + spelling + b" after")
    search = Search()
    search.through_files(tmp_path)
    assert search.found
