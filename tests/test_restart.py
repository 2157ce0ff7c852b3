"""The program starts anew as it was started, without doing once more what it was to do once."""

from __future__ import annotations

import sys

import pytest

from desktop_chat.restart import command_again, without_errands


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ([], []),
        (["--demo", "--data-dir", "/x"], ["--demo", "--data-dir", "/x"]),
        (["--ask", "hello", "--demo"], ["--demo"]),
        (["--ask=hello", "--screenshot=x.png", "--debug"], ["--debug"]),
        (["--demo", "--screenshot", "x.png"], ["--demo"]),
        (["--ask", "--demo"], []),
    ],
)
def test_errands_are_not_done_twice(options: list[str], kept: list[str]) -> None:
    assert without_errands(options) == kept


@pytest.mark.parametrize("options", [[], ["--demo", "--data-dir", "/a b"]])
def test_a_module_and_a_script_are_started_as_they_were(options: list[str]) -> None:
    as_module = command_again(["python3", "-I", "-m", "desktop_chat", *options], ["/x/__main__.py", *options])
    as_script = command_again(["python3", "/bin/desktop-chat", *options], ["/bin/desktop-chat", *options])

    assert as_module == [sys.executable, "-I", "-m", "desktop_chat", *options]
    assert as_script == [sys.executable, "/bin/desktop-chat", *options]
