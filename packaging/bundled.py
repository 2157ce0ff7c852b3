"""Which installed packages go into the bundle, and which are only there for developing."""

from __future__ import annotations

from importlib.metadata import Distribution, distribution, packages_distributions
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT: Final = "desktop-chat"


def bundled_packages() -> list[Distribution]:
    """All packages the program needs at run time on this system, itself left out, by name."""
    found: dict[str, Distribution] = {}
    names = [PROJECT]
    while names:
        package = distribution(names.pop())
        found[canonicalize_name(package.name)] = package
        for line in package.requires or ():
            needed = Requirement(line)
            is_needed = needed.marker is None or needed.marker.evaluate({"extra": ""})
            if is_needed and canonicalize_name(needed.name) not in found:
                names.append(needed.name)
    del found[PROJECT]
    return [found[key] for key in sorted(found)]


def foreign_modules() -> list[str]:
    """Top-level modules of all other packages that are installed here.

    PyInstaller would take some of them along, as an import that may fail does not fail here: httpx tries its command
    line's `rich`, anyio its plugin's `pytest`.
    """
    wanted = {PROJECT, *(canonicalize_name(package.name) for package in bundled_packages())}
    return sorted(
        module
        for module, owners in packages_distributions().items()
        if module.isidentifier() and not wanted & {canonicalize_name(owner) for owner in owners}
    )
