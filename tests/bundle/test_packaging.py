"""What goes into the bundle, and the smoke test that looks at it; the bundle itself is built by `make bundle`."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QGuiApplication, QImage

ROOT = Path(__file__).resolve().parent.parent.parent
LINUX = ROOT / "packaging" / "linux"

GOOD_PROGRAM = """#!/bin/sh
case "$*" in
    --version) echo "desktop-chat 0.1.0" ;;
    --self-test) echo '{"good": true}' ;;
    --no-such-option) echo "usage" >&2; exit 2 ;;
    *) ;;
esac
"""


def script(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import one of the packaging scripts, which lie outside of any package."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    return importlib.import_module(name)


def smoke(tmp_path: Path, program: str) -> subprocess.CompletedProcess[str]:
    folder = tmp_path / "desktop-chat"
    (folder / "licences").mkdir(parents=True)
    for name in ("LGPL-3.0.txt", "NOTICE.txt", "LICENSE"):
        (folder / "licences" / name).touch()
    path = folder / "desktop-chat"
    path.write_text(program, encoding="utf-8")
    path.chmod(0o755)
    command = [sys.executable, str(ROOT / "packaging" / "smoke.py"), str(path)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)


def test_the_icon_is_painted_in_every_size_and_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QGuiApplication
) -> None:
    icons = script("icons", monkeypatch)
    icons.paint_icons(ROOT / "resources" / "icons" / "app.svg", tmp_path)
    for size_px in icons.SIZES_PX:
        image = QImage(str(tmp_path / f"app-{size_px}.png"))
        assert (image.width(), image.height()) == (size_px, size_px)
        assert image.pixelColor(size_px // 2, size_px // 6).red() > 150
        assert image.pixelColor(0, 0).alpha() == 0
    assert (tmp_path / "app.ico").read_bytes().startswith(b"\0\0\1\0")
    assert (tmp_path / "app.icns").read_bytes().startswith(b"icns")


def test_every_bundled_package_brings_its_licence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script("licences", monkeypatch).collect_licences(ROOT, tmp_path / "licences")
    packages = {path.name.rpartition("-")[0].lower() for path in (tmp_path / "licences").iterdir() if path.is_dir()}
    assert {"pyside6_essentials", "httpx", "qasync", "keyring", "certifi", "h11"} <= packages
    # What only developing needs is not shipped.
    assert not {"pytest", "mypy", "anthropic", "desktop-chat"} & packages
    assert "MIT License" in (tmp_path / "licences" / "LICENSE").read_text("utf-8")
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (tmp_path / "licences" / "LGPL-3.0.txt").read_text("utf-8")


def test_the_desktop_entry_names_what_is_there() -> None:
    lines = (LINUX / "desktop-chat.desktop").read_text("utf-8").splitlines()
    entry = dict(line.split("=", 1) for line in lines if "=" in line)
    assert lines[0] == "[Desktop Entry]"
    assert entry["Exec"] == entry["Icon"] == entry["StartupWMClass"] == "desktop-chat"
    metainfo = ElementTree.parse(next(LINUX.glob("*.metainfo.xml")))
    assert metainfo.findtext("launchable") == "desktop-chat.desktop"
    assert metainfo.findtext("name") == entry["Name"]


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is not installed")
def test_the_desktop_entry_is_valid() -> None:
    subprocess.run(["desktop-file-validate", str(LINUX / "desktop-chat.desktop")], check=True)


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="appstream is not installed")
def test_the_metainfo_is_valid() -> None:
    command = ["appstreamcli", "validate", "--no-net", str(next(LINUX.glob("*.metainfo.xml")))]
    subprocess.run(command, check=True, capture_output=True)


def test_installing_for_one_person_and_removing_again(tmp_path: Path) -> None:
    folder, home = tmp_path / "desktop chat", tmp_path / "home"
    (folder / "share" / "applications").mkdir(parents=True)
    shutil.copy(LINUX / "install.sh", folder)
    shutil.copy(LINUX / "desktop-chat.desktop", folder / "share" / "applications")
    home.mkdir()
    surroundings = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    subprocess.run([str(folder / "install.sh")], check=True, env=surroundings, capture_output=True)
    installed = home / ".local" / "share" / "applications" / "desktop-chat.desktop"
    assert f'Exec="{folder}/desktop-chat"' in installed.read_text("utf-8")
    assert (home / ".local" / "bin" / "desktop-chat").readlink() == folder / "desktop-chat"
    subprocess.run([str(folder / "install.sh"), "--remove"], check=True, env=surroundings, capture_output=True)
    assert [path for path in home.rglob("*") if not path.is_dir()] == []


def test_the_smoke_test_wants_a_program(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "packaging" / "smoke.py"), str(tmp_path / "nothing")]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)
    assert ended.returncode == 1
    assert "build it first" in ended.stderr


def test_the_smoke_test_wants_a_reply_and_a_picture(tmp_path: Path) -> None:
    ended = smoke(tmp_path, GOOD_PROGRAM)
    assert ended.returncode == 1
    assert "the reply is too short" in ended.stderr


def test_the_smoke_test_fails_on_any_line_on_standard_error(tmp_path: Path) -> None:
    ended = smoke(tmp_path, GOOD_PROGRAM.replace("case", 'echo "qt.qpa: trouble" >&2\ncase', 1))
    assert ended.returncode == 1
    assert "lines on standard error\nqt.qpa: trouble" in ended.stderr


def test_the_smoke_test_fails_on_a_wrong_exit_code(tmp_path: Path) -> None:
    ended = smoke(tmp_path, GOOD_PROGRAM + "exit 1\n")
    assert ended.returncode == 1
    assert "exit code 1 instead of 0" in ended.stderr
