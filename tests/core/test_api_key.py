"""An API key shows itself to nobody but who asks for it by name."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.core.api_key import ApiKey

SECRET = "sk-ant-api03-Zq7fYt0pKc-wXyZ"


@dataclass(frozen=True)
class Holder:
    key: ApiKey


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        "{}".format,
        "{!r:>40}".format,
        lambda key: logging.makeLogRecord({"msg": "%s %r", "args": (key, key)}).getMessage(),
        lambda key: f"{key}",
        lambda key: repr([key, {key: key}]),
        lambda key: repr(Holder(key)),
        lambda key: json.dumps({"key": key}, default=str),
    ],
)
def test_no_way_to_print_a_key_shows_it(show: Callable[[ApiKey], str]) -> None:
    shown = show(ApiKey(SECRET))

    assert "wXyZ" in shown
    assert SECRET[7:-4] not in shown


def test_a_key_has_no_dictionary_to_look_into() -> None:
    with pytest.raises(TypeError):
        vars(ApiKey(SECRET))


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_key_is_neither_pickled_nor_copied(copied: Callable[[ApiKey], object]) -> None:
    with pytest.raises(TypeError, match="never pickled") as caught:
        copied(ApiKey(SECRET))

    assert SECRET not in str(caught.value)


def test_a_traceback_with_local_variables_does_not_show_the_key() -> None:
    def fail(key: ApiKey) -> None:
        raise RuntimeError(f"could not use {key}")

    try:
        fail(ApiKey(SECRET))
    except RuntimeError as error:
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())

    assert "could not use" in told
    assert "key = ApiKey(" in told
    assert SECRET[7:-4] not in told.replace(f'SECRET = "{SECRET}"', "")


def test_reveal_gives_the_key_itself() -> None:
    assert ApiKey(SECRET).reveal() == SECRET


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        (SECRET, "sk-ant-…wXyZ"),
        ("or-v1-0123456789abcdef", "…cdef"),
        ("0123456789abcdefg", "…defg"),
        ("0123456789abcdef", "…"),
        ("sk-ant-short", "…"),
        ("", "…"),
    ],
)
def test_the_mask_tells_two_keys_apart_and_hides_short_ones(text: str, mask: str) -> None:
    assert ApiKey(text).mask == mask


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_a_mask_shows_at_most_a_quarter_of_what_is_secret(text: str) -> None:
    tail = ApiKey(text).mask.removeprefix("sk-ant-").removeprefix("…")

    assert len(tail) * 4 <= len(text)


@pytest.mark.parametrize(
    "typed",
    [
        SECRET,
        f"  {SECRET}\r\n",
        f"\t“{SECRET}”\n",
        f"'{SECRET}'",
        f"` {SECRET} `",
        f"\u00a0«{SECRET}»\u2028",
    ],
)
def test_what_comes_with_a_copied_key_is_dropped(typed: str) -> None:
    key = ApiKey.from_typed(typed)

    assert key is not None
    assert key.reveal() == SECRET


@pytest.mark.parametrize("typed", ["", "   ", "\n\t", '""', "“ ”", "'\n'"])
def test_nothing_typed_is_no_key(typed: str) -> None:
    assert ApiKey.from_typed(typed) is None


@pytest.mark.parametrize(
    ("text", "is_safe"),
    [
        (SECRET, True),
        ("!~", True),
        ("two words", False),
        ("line\nend", False),
        ("tab\tbed", False),
        ("null\x00", False),
        ("del\x7f", False),
        ("schlüssel", False),
        ("zero\u200bwidth", False),
    ],
)
def test_only_printable_ascii_may_go_into_a_header(text: str, is_safe: bool) -> None:
    assert ApiKey(text).is_header_safe is is_safe


def test_equal_keys_are_equal_and_hash_alike() -> None:
    assert ApiKey(SECRET) == ApiKey(SECRET)
    assert len({ApiKey(SECRET), ApiKey(SECRET)}) == 1
    assert ApiKey(SECRET) != ApiKey("other")
    assert ApiKey(SECRET) != SECRET
