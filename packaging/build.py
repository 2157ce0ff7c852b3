"""Builds the application for the system it runs on: `dist/desktop-chat/`, and on macOS `dist/Desktop Chat.app`.

With --archive it also packs it for download.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from icons import SIZES_PX, paint_icons
from licences import collect_licences, collect_system_licences, collected_libraries

ROOT: Final = Path(__file__).resolve().parent.parent
MADE: Final = ROOT / "build" / "bundle"
TAKEN: Final = MADE / "work" / "desktop_chat" / "COLLECT-00.toc"
DIST: Final = ROOT / "dist"
NAME: Final = "desktop-chat"
APP_ID: Final = "io.github.desktop_chat.DesktopChat"


def main() -> int:
    """Build; gives the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--archive", action="store_true", help="also write dist/desktop-chat-VERSION-SYSTEM.…")
    wishes = arguments.parse_args()
    paint_icons(ROOT / "resources" / "icons" / "app.svg", MADE)
    collect_licences(ROOT, MADE / "licences")
    if not _freeze():
        return 1
    collect_system_licences(collected_libraries(TAKEN), MADE / "licences" / "system")
    for folder in _folders():
        shutil.copytree(MADE / "licences", folder / "licences", dirs_exist_ok=True)
    if sys.platform.startswith("linux"):
        _add_desktop_files(DIST / NAME)
    print(f"built {DIST / NAME}")
    if wishes.archive:
        print(f"packed {_pack()}")
    return 0


def _freeze() -> bool:
    log = MADE / "pyinstaller.log"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level=WARN"]
    command += [f"--distpath={DIST}", f"--workpath={MADE / 'work'}", str(ROOT / "packaging" / "desktop_chat.spec")]
    with log.open("w", encoding="utf-8") as output:
        ended = subprocess.run(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, check=False)
    if ended.returncode:
        print(log.read_text(encoding="utf-8", errors="replace"), file=sys.stderr)
    return ended.returncode == 0


def _folders() -> list[Path]:
    """Where the licences go: beside the program, and into the application on macOS."""
    app = DIST / "Desktop Chat.app" / "Contents" / "Resources"
    return [DIST / NAME, *([app] if app.is_dir() else [])]


def _add_desktop_files(folder: Path) -> None:
    """Lay out `share/` as a package or an installing person needs it."""
    share = folder / "share"
    for name, kind in ((f"{NAME}.desktop", "applications"), (f"{APP_ID}.metainfo.xml", "metainfo")):
        (share / kind).mkdir(parents=True)
        shutil.copy(ROOT / "packaging" / "linux" / name, share / kind)
    icons = share / "icons" / "hicolor"
    for size_px in SIZES_PX:
        place = icons / f"{size_px}x{size_px}" / "apps"
        place.mkdir(parents=True)
        shutil.copy(MADE / f"app-{size_px}.png", place / f"{NAME}.png")
    (icons / "scalable" / "apps").mkdir(parents=True)
    shutil.copy(ROOT / "resources" / "icons" / "app.svg", icons / "scalable" / "apps" / f"{NAME}.svg")
    shutil.copy(ROOT / "packaging" / "linux" / "install.sh", folder)


def _pack() -> Path:
    sys.path.insert(0, str(ROOT))
    from desktop_chat import __version__

    system = {"linux": "linux", "darwin": "macos", "win32": "windows"}[sys.platform]
    base = DIST / f"{NAME}-{__version__}-{system}-{platform.machine().lower()}"
    if sys.platform == "darwin":
        archive = base.with_name(base.name + ".zip")
        # ditto keeps the links and the signature inside an application, zip does not.
        subprocess.run(["ditto", "-c", "-k", "--keepParent", str(DIST / "Desktop Chat.app"), str(archive)], check=True)
        return archive
    return Path(shutil.make_archive(str(base), "zip" if sys.platform == "win32" else "xztar", DIST, NAME))


if __name__ == "__main__":
    sys.exit(main())
