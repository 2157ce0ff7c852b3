"""The fakes of the window's tests have the signals and methods of the real objects, called in the same way."""

from __future__ import annotations

import inspect

import pytest
from PySide6.QtCore import QObject, Signal

from desktop_chat.chat.file_reader import FileReader
from desktop_chat.chat.keys import Keys
from desktop_chat.chat.library import Library
from desktop_chat.chat.preferences import Preferences
from desktop_chat.chat.recent_texts import RecentTexts
from desktop_chat.chat.session import ChatSession
from tests.helpers.fake_chat import FakeKeys, FakeLibrary, FakePreferences, FakeRecentTexts, FakeSession
from tests.helpers.fake_reader import FakeFileReader

PAIRS = [
    (FakeSession, ChatSession),
    (FakeLibrary, Library),
    (FakePreferences, Preferences),
    (FakeKeys, Keys),
    (FakeRecentTexts, RecentTexts),
    (FakeFileReader, FileReader),
]


def offers(kind: type[QObject]) -> dict[str, object]:
    """What it adds to a QObject, by itself or from a class between."""
    ours = [each for each in reversed(kind.__mro__) if each not in QObject.__mro__]
    return {name: value for each in ours for name, value in vars(each).items()}


def signals(kind: type[QObject]) -> dict[str, str]:
    return {name: str(value) for name, value in offers(kind).items() if isinstance(value, Signal)}


def methods(kind: type[QObject]) -> dict[str, list[str]]:
    return {
        name: list(inspect.signature(value).parameters)
        for name, value in offers(kind).items()
        if inspect.isfunction(value) and not name.startswith("_")
    }


@pytest.mark.parametrize(("fake", "real"), PAIRS)
def test_a_fake_has_the_signals_of_the_real_one(fake: type[QObject], real: type[QObject]) -> None:
    assert signals(fake) == signals(real)


@pytest.mark.parametrize(("fake", "real"), PAIRS)
def test_a_fake_is_called_like_the_real_one(fake: type[QObject], real: type[QObject]) -> None:
    common = methods(fake).keys() & methods(real).keys()
    assert len(common) >= 2
    # `load` is how the disk answers: the real one takes a stored conversation, the fake one its parts.
    for name in common - {"load"}:
        assert methods(fake)[name] == methods(real)[name], name
