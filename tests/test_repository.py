"""The repository keeps its promises: what it says, ships and locks fits together."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtSvg import QSvgRenderer

from desktop_chat import __version__, cli
from desktop_chat.resources import resource_path, resources_dir

ROOT = Path(__file__).resolve().parent.parent
PROMISED_TARGETS = {"help", "demo", "run", "test", "lint", "bench", "bundle", "clean"}
CALLS_COUNT = 40
LATE_MODULES = {"anyio", "asyncio", "httpx", "keyring", "latex2mathml", "qasync", "sqlite3", "ssl", "ziamath"}


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def make_help() -> str:
    ended = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, check=True)
    return ended.stdout.decode("utf-8")


def readme() -> str:
    return (ROOT / "README.md").read_text("utf-8")


def options() -> set[str]:
    return {
        option
        for action in cli.parser()._actions
        for option in action.option_strings
        if option.startswith("--") and option != "--help"
    }


def locked(name: str) -> dict[str, str]:
    """Package names and versions of a lock file."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    pins = [line.split(";")[0].rstrip("\\ ").split("==") for line in lines if "==" in line and not line.startswith(" ")]
    return {canonicalize_name(package): version for package, version in pins}


# --- resources ------------------------------------------------------------------------------------------------------

RESOURCES = sorted(
    path.relative_to(resources_dir()).as_posix() for path in resources_dir().rglob("*") if path.is_file()
)


@pytest.mark.parametrize("name", RESOURCES)
def test_every_resource_loads(name: str, qapp: QGuiApplication) -> None:
    path = resource_path(name)
    match path.suffix:
        case ".svg":
            assert QSvgRenderer(str(path)).isValid()
        case ".toml":
            assert tomllib.loads(path.read_text("utf-8"))
        case ".json":
            assert json.loads(path.read_text("utf-8"))
        case ".txt" | ".qss" | ".md":
            assert path.read_text("utf-8").strip()
        case other:
            pytest.fail(f"nobody knows what a {other} file is for")


def test_no_resource_is_unused() -> None:
    """Used is what is named as a whole word, with its ending or without, in the code or in another resource."""
    sources = [*(ROOT / "desktop_chat").rglob("*.py"), *(ROOT / "packaging").glob("*.py")]
    sources += [path for name in RESOURCES if (path := resource_path(name)).suffix in {".json", ".toml", ".qss"}]
    words = {word for path in sources for word in re.findall(r"[\w.-]+", path.read_text("utf-8"))}
    shipped = [name for name in RESOURCES if not name.startswith("licences/")]
    assert [name for name in shipped if not {Path(name).name, Path(name).stem} & words] == []


def test_a_name_that_leads_out_of_the_resources_is_refused() -> None:
    with pytest.raises(ValueError, match="leads out"):
        resource_path("../pyproject.toml")


# --- what is told ---------------------------------------------------------------------------------------------------


def test_help_tells_every_target_in_a_sentence() -> None:
    told = dict(re.findall(r"^make ([a-z]+) +(\S.*\.)$", make_help(), re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony is not None
    assert set(told) == set(phony[1].split())
    assert set(told) >= PROMISED_TARGETS


def test_every_make_target_of_the_readme_exists() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(re.findall(r"`[^`]+`|```[\s\S]*?```", readme()))))
    assert {"demo", "test"} <= named
    assert named <= set(re.findall(r"^make ([a-z]+)", make_help(), re.MULTILINE))


def test_the_readme_and_the_command_line_know_the_same_options() -> None:
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", readme()))
    assert options() <= told
    foreign = {"--remove"}
    assert told - options() <= foreign


def test_every_file_the_readme_links_exists() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)", readme()) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_version_is_told_the_same_everywhere() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    headings = re.findall(r"^## \[?(Unreleased|\d+\.\d+\.\d+)", changes, re.MULTILINE)
    assert headings
    assert next((name for name in headings if name != "Unreleased"), __version__) == __version__
    metainfo = next((ROOT / "packaging" / "linux").glob("*.metainfo.xml")).read_text("utf-8")
    released = re.search(r'<release version="([^"]+)"', metainfo)
    assert released is not None
    assert released[1] == __version__


# --- what is locked -------------------------------------------------------------------------------------------------


def test_the_locks_hold_everything_the_project_asks_for() -> None:
    told = project()
    wanted = {
        "requirements.lock": told["project"]["dependencies"],
        "requirements-dev.lock": [
            *told["project"]["dependencies"],
            *told["build-system"]["requires"],
            *(line for group in told["dependency-groups"].values() for line in group),
        ],
    }
    for name, lines in wanted.items():
        pins = locked(name)
        for requirement in map(Requirement, lines):
            version = pins.get(canonicalize_name(requirement.name))
            assert version is not None, f"{name} lacks {requirement.name}: make lock"
            assert requirement.specifier.contains(version), f"{name} has {requirement.name} {version}: make lock"


def test_both_locks_agree_and_have_hashes_only() -> None:
    run_time, development = locked("requirements.lock"), locked("requirements-dev.lock")
    assert run_time.items() <= development.items()
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text
        assert len(re.findall(r"\S==\S.*\\\n +--hash=sha256:", text)) == len(locked(name))


# --- the start, and Qt's bindings -----------------------------------------------------------------------------------


def modules_after(statement: str) -> set[str]:
    """What is loaded in a fresh interpreter once it has run this."""
    program = f"import json, sys; {statement}; print(json.dumps(sorted(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=ROOT)
    return set(json.loads(ended.stdout))


def test_the_window_is_imported_without_what_only_a_question_needs() -> None:
    """Everything named here waits until the window is painted: together it takes as long as the rest of the start."""
    assert LATE_MODULES & modules_after("import desktop_chat.app") == set()


def test_the_widgets_are_imported_without_the_transcript() -> None:
    """It is loaded in a thread while they already take keys; on the GUI thread it would freeze them for 100 ms."""
    widgets = ("dialogs", "links", "notice_bar", "shortcuts", "side_by_side", "sidebar", "tab_deck", "window_commands")
    loaded = modules_after(f"import {', '.join(f'desktop_chat.ui.{name}' for name in widgets)}")
    assert {"desktop_chat.ui.transcript.view", "pygments", "pyromark", "asyncio"} & loaded == set()


class Bell(QObject):
    """Something with a signal."""

    rung = Signal(str)


@pytest.mark.parametrize("shared", [None, True], ids=["None", "True"])
def test_calls_without_a_result_keep_the_count_of_shared_objects(shared: object, qapp: QGuiApplication) -> None:
    """PySide6 6.12.0 gives away a reference at every such call on Python below 3.12, and aborts after thousands."""
    bell = Bell()
    heard: list[str] = []
    bell.rung.connect(heard.append)
    before = sys.getrefcount(shared)
    for _ in range(CALLS_COUNT):
        bell.rung.emit("x")
        bell.setObjectName("bell")
    # A few come and go with whatever else runs; what is looked for is one a call.
    assert sys.getrefcount(shared) >= before - CALLS_COUNT // 4
    assert len(heard) == CALLS_COUNT


def test_the_readme_lists_every_shortcut(qapp: QGuiApplication) -> None:
    from desktop_chat.ui.shortcuts import rows

    missing = [row.label for row in rows() if f"| {row.label} | {row.keys} |" not in readme()]
    assert missing == []


def test_the_readme_lists_every_setting() -> None:
    from desktop_chat.core.settings import options as settings_options

    rows = [f"| {o.group} ▸ {o.label} | `{name}` | {o.sentence} |" for name, o in settings_options().items()]
    assert [row for row in rows if row not in readme()] == []
