"""Finds the files that ship with the program: in a bundle, in an installed wheel, in the source tree."""

from __future__ import annotations

import sys
from pathlib import Path


def resources_dir() -> Path:
    """The folder that holds `icons/`, `themes/`, `models.toml` and the rest.

    Raises:  FileNotFoundError when the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    bundle = getattr(sys, "_MEIPASS", None)
    places = [Path(bundle) / "resources"] if bundle else [package / "resources", package.parent / "resources"]
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(f"the program's resources are missing; looked in {', '.join(map(str, places))}")


def resource_path(name: str) -> Path:
    """Give the path of one resource, named with forward slashes, e.g. `themes/light.json`.

    Raises:  ValueError for a name that leads out of the folder, FileNotFoundError for one that is not there.
    """
    root = resources_dir()
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise ValueError(f"{name!r} leads out of the resources")
    if not path.is_file():
        raise FileNotFoundError(f"there is no resource {name!r} in {root}")
    return path
