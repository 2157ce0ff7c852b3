"""Colours of code, while it grows and at once."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from desktop_chat.ui.transcript.code.highlight import Colored, Highlighter

LINES = '''import os


def f(x):
    """A text

    over lines."""
    return "a" + str(1)  # done


class C:
    pass
'''.split("\n")


def colored(highlighter: Highlighter, qtbot: QtBot) -> list[list[Colored]]:
    def is_done() -> bool:
        highlighter.work(0.01)
        return highlighter.is_done

    qtbot.waitUntil(is_done)
    return [highlighter.colors_of(line) for line in range(len(LINES))]


def test_code_that_grows_gets_the_colours_of_the_whole(qtbot: QtBot) -> None:
    whole = Highlighter("python")
    whole.put_lines(0, LINES)
    growing = Highlighter("python")
    for count in range(1, len(LINES) + 1):
        growing.put_lines(max(0, count - 2), LINES[max(0, count - 2) : count])
        growing.work(0.001)
    assert colored(growing, qtbot) == colored(whole, qtbot)


def test_code_that_grows_is_looked_at_again_after_a_pause_only(qtbot: QtBot) -> None:
    highlighter = Highlighter("python")
    highlighter.put_lines(0, LINES[:3])
    colored(highlighter, qtbot)
    highlighter.put_lines(2, LINES[2:])
    assert list(highlighter.work(0.01)) == []
    assert not highlighter.is_done
    assert colored(highlighter, qtbot)[3]


def test_roles_are_told_by_line(qtbot: QtBot) -> None:
    highlighter = Highlighter("python")
    highlighter.put_lines(0, LINES)
    found = colored(highlighter, qtbot)
    assert (0, 3, "keyword") in found[3]
    assert (4, 1, "function") in found[3]
    assert found[4] == [(4, 9, "string")]
    assert found[7][-1] == (25, 6, "comment")


def test_an_unknown_language_stays_plain(qtbot: QtBot) -> None:
    highlighter = Highlighter("no such language")
    highlighter.put_lines(0, LINES)
    assert not any(colored(highlighter, qtbot))


def test_work_keeps_to_its_time(qtbot: QtBot) -> None:
    highlighter = Highlighter("python")
    highlighter.put_lines(0, LINES)
    colored(highlighter, qtbot)
    highlighter.put_lines(0, LINES * 500)
    qtbot.waitUntil(lambda: len(highlighter.work(0.0)) > 0)
    assert not highlighter.is_done
