"""Where everything lies, and that it is ours alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop_chat.core.errors import StoreFull, StoreReadOnly
from desktop_chat.paths import Paths
from tests.store.mounts import small_disk


def test_a_data_directory_holds_everything(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path)

    assert all(getattr(paths, name).is_relative_to(tmp_path) for name in paths.__slots__)
    assert paths.database == tmp_path / "desktop-chat.sqlite3"
    assert paths.settings == tmp_path / "settings.json"


def test_a_relative_data_directory_is_meant_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert Paths.below(Path("here")) == Paths.below(tmp_path / "here")


def test_the_standard_places_belong_to_the_program() -> None:
    paths = Paths.standard()

    assert all("desktop-chat" in str(getattr(paths, name)) for name in paths.__slots__)
    assert paths.database.parent == paths.lock_file.parent == paths.backups_dir.parent


@pytest.mark.parametrize("umask", [0, 0o777])
def test_folders_are_open_to_their_owner_only(tmp_path: Path, umask: int) -> None:
    paths = Paths.below(tmp_path / "a" / "b")
    old = os.umask(umask)
    try:
        paths.make()
        paths.make()
    finally:
        os.umask(old)

    folders = [path for path in tmp_path.rglob("*") if path.is_dir()]
    assert {str(path.relative_to(tmp_path)) for path in folders} == {"a", "a/b", "a/b/logs", "a/b/cache", "a/b/backups"}
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_folder_that_was_there_keeps_its_permissions(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    Paths.below(tmp_path).make()

    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        disk.remount("ro")
        with pytest.raises(StoreReadOnly, match="--data-dir"):
            Paths.below(disk.folder / "new").make()
        disk.remount("rw")
        Paths.below(disk.folder).make()
        disk.remount("ro")
        with pytest.raises(StoreReadOnly, match="cannot be written"):
            Paths.below(disk.folder).make()


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m,nr_inodes=3") as disk, pytest.raises(StoreFull, match="full"):
        Paths.below(disk.folder).make()


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreReadOnly, match="A file stands"):
        Paths.below(tmp_path / "file").make()
    with pytest.raises(StoreReadOnly, match="A file stands"):
        Paths.below(tmp_path / "file" / "below").make()
