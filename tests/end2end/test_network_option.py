"""`--network`: the whole program with a line made worse on purpose, and what a script sees of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from desktop_chat.api.demo_answers import answer_for
from desktop_chat.api.demo_faults import AT_ONCE, Faults
from desktop_chat.api.demo_server import DemoServer
from tests.end2end.processes import Home, run, started
from tests.helpers.demo import questions_to

QUESTION = "hello"
TEXT = answer_for(QUESTION).text.rstrip()
LONG_TEXT = "\n\n".join(f"Paragraph {number} of the answer, which goes on for a while." for number in range(120))


@contextmanager
def server(text: str = LONG_TEXT) -> Iterator[DemoServer]:
    """A server that answers this, without pace."""
    with DemoServer(pace=AT_ONCE, faults=Faults(reply_text=text)) as made:
        yield made


def ask_once(home: Home, made: DemoServer, network: str) -> tuple[int, str, str]:
    ended = run(home, "--base-url", made.url, "--network", network, "--ask", QUESTION, "--once")
    return ended.code, ended.out.rstrip("\n"), ended.err


def test_a_demonstration_on_a_flaky_line_ends_with_the_whole_answer(home: Home) -> None:
    ended = run(home, "--demo", "--network", "flaky", "--ask", QUESTION, "--once")
    assert (ended.code, ended.out.rstrip("\n")) == (0, TEXT)


def test_a_reply_that_is_cut_goes_on_until_it_is_whole(home_with_key: Home) -> None:
    with server() as made:
        ended = ask_once(home_with_key, made, "flaky")
        assert ended[:2] == (0, LONG_TEXT)
        assert len(questions_to(made)) > 1, "nothing was cut"


def test_without_the_option_nothing_is_worse(home_with_key: Home) -> None:
    with server() as made:
        ended = run(home_with_key, "--base-url", made.url, "--ask", QUESTION, "--once")
        assert (ended.code, ended.out.rstrip("\n"), ended.err) == (0, LONG_TEXT, "")
        assert len(questions_to(made)) == 1


def test_a_line_that_breaks_too_often_is_told_by_the_exit_code_and_what_came_is_printed(home_with_key: Home) -> None:
    with server() as made:
        code, out, err = ask_once(home_with_key, made, "cut=3kB")
    assert code == 3
    assert out
    assert LONG_TEXT.startswith(out)
    assert "broke" in err


def test_answers_that_are_made_up_never_reach_the_server(home_with_key: Home) -> None:
    with server() as made:
        code, out, err = ask_once(home_with_key, made, "status=429,retry-after=90s")
        assert len(questions_to(made)) == 0
    assert (code, out) == (1, "")
    assert "90 s" in err


@pytest.mark.parametrize("network", ["slow", "latency=3", "cut=", "share=50%"])
def test_a_bad_value_is_told_and_opens_nothing(home: Home, network: str) -> None:
    ended = run(home, "--demo", "--network", network)
    assert (ended.code, ended.out) == (2, "")
    assert re.search(r"argument --network: “.*”", ended.err)
    assert home.files() == set()


def test_a_program_that_runs_is_not_made_worse_from_outside_and_that_is_said(home: Home) -> None:
    with started(home, "--demo", "--debug") as first:
        first.wait_until_usable()
        ended = run(home, "--demo", "--network", "train")
    assert ended.code == 1
    assert "already runs" in ended.err
