"""Which parts of Qt go into the bundle: the plugins of a plain widget window, no translations, no QML.

Left out before PyInstaller follows their libraries: the GTK theme alone would bring thirty of them along.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from PyInstaller.utils.hooks.qt import add_qt6_dependencies

Entry = tuple[str, str]

WANTED_PLUGINS: Final = {
    "iconengines": {"qsvgicon"},
    "imageformats": {"qgif", "qico", "qjpeg", "qsvg", "qwebp"},
    "networkinformation": {"qnetworklistmanager", "qnetworkmanager", "qscnetworkreachability"},
    "platforminputcontexts": {"composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"},
    "platforms": {"qcocoa", "qminimal", "qoffscreen", "qwayland", "qwindows", "qxcb"},
    "platformthemes": {"qxdgdesktopportal"},
    "styles": {"qmacstyle", "qmodernwindowsstyle", "qwindowsvistastyle"},
    "wayland-decoration-client": {"adwaita", "bradient"},
    "wayland-shell-integration": {"xdg-shell"},
}


def parts_of(hook_file: str) -> tuple[list[str], list[Entry], list[Entry]]:
    """Give a Qt module's hidden imports, binaries and data files, as a PyInstaller hook does."""
    hiddenimports, binaries, datas = add_qt6_dependencies(hook_file)
    return (
        hiddenimports,
        [entry for entry in binaries if _is_wanted(entry[0])],
        [entry for entry in datas if "translations" not in PurePath(entry[0]).parts + PurePath(entry[1]).parts],
    )


def _is_wanted(source: str) -> bool:
    path = PurePath(source)
    parts = path.parts
    if "plugins" not in parts:
        return True
    kind = parts[len(parts) - 1 - parts[::-1].index("plugins") + 1]
    return path.stem.removeprefix("lib") in WANTED_PLUGINS.get(kind, set())
