"""Collects the licence texts of everything that goes into the bundle."""

from __future__ import annotations

import re
import shutil
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_IS_LICENCE = re.compile(r"(^|/)(licen[cs]e|copying|notice|authors)[^/]*$|\.dist-info/licenses/", re.IGNORECASE)


def collect_licences(root: Path, folder: Path) -> None:
    """Write the project's licence, the notices and one folder for each bundled package.

    Raises:  LookupError for a package that says nothing about its licence.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "resources" / "licences", folder)
    shutil.copy(root / "LICENSE", folder)
    for package in _bundled("desktop-chat"):
        own = folder / f"{package.name}-{package.version}"
        own.mkdir()
        for file in package.files or ():
            if ".dist-info/" in str(file) and _IS_LICENCE.search(str(file)):
                shutil.copy(str(package.locate_file(file)), own)
        stated = [
            *(package.metadata.get_all("License-Expression") or package.metadata.get_all("License") or ()),
            *(line for line in package.metadata.get_all("Classifier") or () if line.startswith("License ::")),
        ]
        if not stated and not any(own.iterdir()):
            raise LookupError(f"{package.name} does not say under which licence it comes")
        told = "\n".join(stated)
        (own / "METADATA.txt").write_text(f"{package.name} {package.version}\n{told}\n", encoding="utf-8")


def _bundled(name: str) -> list[Distribution]:
    """All packages the program needs at run time on this system, itself left out, by name."""
    found: dict[str, Distribution] = {}
    names = [name]
    while names:
        package = distribution(names.pop())
        found[canonicalize_name(package.name)] = package
        for line in package.requires or ():
            needed = Requirement(line)
            is_needed = needed.marker is None or needed.marker.evaluate({"extra": ""})
            if is_needed and canonicalize_name(needed.name) not in found:
                names.append(needed.name)
    del found[canonicalize_name(name)]
    return [found[key] for key in sorted(found)]
