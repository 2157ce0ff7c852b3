"""Collects the licence texts of everything that goes into the bundle."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bundled import bundled_packages

_IS_LICENCE: Final = re.compile(r"(^|/)(licen[cs]e|copying|notice|authors)[^/]*$|\.dist-info/licenses/", re.IGNORECASE)
_SYSTEM_DOCS: Final = Path("/usr/share/doc")
_COMMON: Final = re.compile(r"/usr/share/common-licenses/([\w.-]*\w)")
"""Debian's files name the licences that many programs share instead of holding their texts."""


def collect_licences(root: Path, folder: Path) -> None:
    """Write the project's licence, the notices, Python's licence and one folder for each bundled package.

    Raises:  LookupError for a package that says nothing about its licence.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "resources" / "licences", folder)
    shutil.copy(root / "LICENSE", folder)
    # On Windows it lies beside the interpreter; some systems keep it elsewhere, and the notice has its address.
    for place in (sysconfig.get_path("stdlib"), sys.base_prefix):
        if (Path(place) / "LICENSE.txt").is_file():
            shutil.copy(Path(place) / "LICENSE.txt", folder / "Python.txt")
            break
    for package in bundled_packages():
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


def collected_libraries(toc: Path) -> list[Path]:
    """The shared libraries PyInstaller has taken, where it found them; from its table of what it collected."""
    (entries,) = ast.literal_eval(toc.read_text(encoding="utf-8"))
    return sorted({Path(source) for _, source, kind in entries if kind == "BINARY"})


def collect_system_licences(libraries: Iterable[Path], folder: Path) -> None:
    """Write the copyright file of every system package a library comes from, and the licences those refer to.

    Only Debian and its descendants have such files; on other systems nothing is written.
    """
    if shutil.which("dpkg-query") is None:
        return
    folder.mkdir()
    for package in sorted(_owners(libraries)):
        text = (_SYSTEM_DOCS / package / "copyright").read_text(encoding="utf-8", errors="replace")
        (folder / f"{package}.txt").write_text(text, encoding="utf-8")
        for shared in map(Path, _COMMON.findall(text)):
            source = Path("/usr/share/common-licenses") / shared
            if source.is_file():
                shutil.copy(source, folder / f"{shared}.txt")


def _owners(libraries: Iterable[Path]) -> set[str]:
    """The packages that have installed them; none for what Python and its packages have brought."""
    # /lib is a link to /usr/lib, and the list of packages knows a file by one of both names.
    names = [f"{start}{path}" for path in libraries for start in ("", "/usr")]
    names += [str(path).removeprefix("/usr") for path in libraries]
    # It complains about each name that no package has.
    told = subprocess.run(["dpkg-query", "--search", *names], capture_output=True, encoding="utf-8", check=False)
    return {line.partition(":")[0] for line in told.stdout.splitlines() if not line.startswith("diversion by")}
