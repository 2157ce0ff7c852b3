"""What a test needs of the machine. Where it is missing the test is left out, but not in the continuous integration."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Final, NoReturn

import pytest

MAY_LEAVE_OUT: Final = not os.environ.get("CI") or sys.platform != "linux"
"""`.ci/run` sets it; there `packaging/system_packages.sh` has installed everything that Debian has."""


def needs(program: str, package: str) -> pytest.MarkDecorator:
    """Leave a test out where this program is not installed."""
    is_missing = shutil.which(program) is None
    return pytest.mark.skipif(is_missing and MAY_LEAVE_OUT, reason=_reason(program, package))


def need(package: str, *programs: str) -> None:
    """Leave out the test that runs where one of these programs is not installed."""
    for program in programs:
        if shutil.which(program) is None:
            leave_out(_reason(program, package))


def leave_out(reason: str) -> NoReturn:
    """Leave out the test that runs."""
    if MAY_LEAVE_OUT:
        pytest.skip(reason)
    pytest.fail(reason, pytrace=False)


def _reason(program: str, package: str) -> str:
    return f"{program} is not installed (apt-get install {package})"
