"""What goes into the bundle, and the smoke test that looks at it; the bundle itself is built by `make bundle`."""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest
from packaging.utils import canonicalize_name
from PySide6.QtGui import QGuiApplication, QImage

from tests.helpers.machine import needs

ROOT = Path(__file__).resolve().parent.parent.parent
LINUX = ROOT / "packaging" / "linux"
LICENCES = ROOT / "resources" / "licences"
NOTICE = (LICENCES / "NOTICE.txt").read_text("utf-8")
TOLD_LICENCES = dict(re.findall(r"^ {4}([a-z0-9-]+)  +([A-Z].*)$", NOTICE, re.MULTILINE))
"""By package."""

PARTS = ("sqlite", "resources", "formula", "window", "reply")
GOOD_PROGRAM = f"""#!/bin/sh
case "$*" in
    --version) echo "desktop-chat 0.1.0" ;;
    --self-test) echo '{json.dumps({name: {"is_good": True} for name in PARTS})}' ;;
    --no-such-option) echo "usage" >&2; exit 2 ;;
    *) ;;
esac
"""


def script(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import one of the packaging scripts, which lie outside of any package."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    return importlib.import_module(name)


def package_folder(name: str) -> Path:
    found = importlib.util.find_spec(name)
    assert found is not None and found.origin is not None
    return Path(found.origin).parent


def smoke(tmp_path: Path, program: str) -> subprocess.CompletedProcess[str]:
    folder = tmp_path / "desktop-chat"
    (folder / "licences").mkdir(parents=True)
    for name in ("LGPL-3.0.txt", "NOTICE.txt", "LICENSE", "STIX-Two.txt", "DejaVu.txt"):
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


def test_the_notice_tells_the_licence_of_every_package_on_every_system() -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    locked = {line.partition("==")[0] for line in lines if re.match(r"[\w.-]+==", line)}
    assert locked == set(TOLD_LICENCES)


def test_the_notice_tells_the_licence_the_package_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in script("bundled", monkeypatch).bundled_packages():
        expression = package.metadata.get("License-Expression")
        told = TOLD_LICENCES[canonicalize_name(package.name)]
        assert expression is None or told in (expression, *expression.split(" OR ")), package.name


def test_a_package_without_a_licence_text_is_told_where_to_find_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script("licences", monkeypatch).collect_licences(ROOT, tmp_path / "licences")
    bare = {
        canonicalize_name(folder.name.rpartition("-")[0])
        for folder in (tmp_path / "licences").iterdir()
        if folder.is_dir() and [file.name for file in folder.iterdir()] == ["METADATA.txt"]
    }
    assert "latex2mathml" in bare
    paragraphs = NOTICE.split("\n\n")
    for name in bare:
        (told,) = [paragraph for paragraph in paragraphs if re.search(rf"^\S.*\b{name}\b|^{name}$", paragraph, re.M)]
        texts = re.findall(r"[\w.-]+\.txt(?=[,.]\s)", told)
        assert any((tmp_path / "licences" / text).is_file() for text in texts), name


def test_every_font_that_is_bundled_has_its_licence_told() -> None:
    fonts = {path.stem for name in ("ziamath", "ziafont") for path in package_folder(name).rglob("*.[ot]tf")}
    assert fonts == {"STIXTwoMath-Regular", "DejaVuSans"}
    assert "SIL OPEN FONT LICENSE Version 1.1" in (LICENCES / "STIX-Two.txt").read_text("utf-8")
    assert "Bitstream Vera Fonts Copyright" in (LICENCES / "DejaVu.txt").read_text("utf-8")
    assert {"STIX-Two.txt", "DejaVu.txt"} <= set(re.findall(r"[\w-]+\.txt", NOTICE))


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="this is no Debian")
def test_a_bundled_system_library_brings_its_licence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    licences = script("licences", monkeypatch)
    library = next(Path("/usr/lib").rglob("libglib-2.0.so.0"))
    toc = tmp_path / "COLLECT-00.toc"
    entries = [(library.name, str(library), "BINARY"), ("a.py", "/a.py", "DATA"), ("own.so", "/own.so", "BINARY")]
    toc.write_text(repr((entries,)), encoding="utf-8")
    licences.collect_system_licences(licences.collected_libraries(toc), tmp_path / "system")
    names = {path.name for path in (tmp_path / "system").iterdir()}
    assert any(name.startswith("libglib2.0-0") for name in names)
    assert any(name.startswith("LGPL") for name in names), "the text it refers to"


def test_what_only_developing_needs_stays_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = set(script("bundled", monkeypatch).foreign_modules())
    assert {"pytest", "_pytest", "mypy", "anthropic", "mermaidx", "rich", "click", "PyInstaller"} <= foreign
    kept = {"desktop_chat", "PySide6", "httpx", "anyio", "pygments", "ziamath", "ziafont", "latex2mathml", "jaraco"}
    assert not kept & foreign


def test_the_desktop_entry_names_what_is_there() -> None:
    lines = (LINUX / "desktop-chat.desktop").read_text("utf-8").splitlines()
    entry = dict(line.split("=", 1) for line in lines if "=" in line)
    assert lines[0] == "[Desktop Entry]"
    assert entry["Exec"] == entry["Icon"] == entry["StartupWMClass"] == "desktop-chat"
    metainfo = ElementTree.parse(next(LINUX.glob("*.metainfo.xml")))
    assert metainfo.findtext("launchable") == "desktop-chat.desktop"
    assert metainfo.findtext("name") == entry["Name"]


@needs("desktop-file-validate", "desktop-file-utils")
def test_the_desktop_entry_is_valid() -> None:
    subprocess.run(["desktop-file-validate", str(LINUX / "desktop-chat.desktop")], check=True)


@needs("appstreamcli", "appstream")
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


def test_the_smoke_test_wants_a_formula(tmp_path: Path) -> None:
    ended = smoke(tmp_path, GOOD_PROGRAM.replace('"formula": {"is_good": true}', '"formula": {"is_good": false}'))
    assert ended.returncode == 1
    assert "found these wanting: formula" in ended.stderr


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
