"""After sessions with a key, good ones and bad ones, the key stands nowhere but in the keyring."""

from __future__ import annotations

from pathlib import Path

from tests.end2end.key_hygiene import search_everything


def test_the_key_is_found_nowhere(tmp_path: Path) -> None:
    search = search_everything(tmp_path)
    assert search.found == []
    assert search.files_count > 0 and search.outputs_count > 0 and search.command_lines_count > 0
