"""Continue, through the real client and the real store: wherever a reply was cut, its text becomes exactly whole."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from desktop_chat.api.client import MessagesClient
from desktop_chat.api.demo_answers import answer_for
from desktop_chat.api.demo_faults import OVERLAP_CHARACTERS, Faults
from desktop_chat.api.demo_server import DemoServer
from desktop_chat.chat.keys import Keys
from desktop_chat.chat.network import Network
from desktop_chat.chat.preferences import Preferences
from desktop_chat.chat.reply_keeper import ReplyKeeper
from desktop_chat.chat.session import ChatSession
from desktop_chat.chat.stream_recorder import StreamRecorder
from desktop_chat.chat.surroundings import Surroundings
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.messages import Message, MessageStatus, new_id
from desktop_chat.core.models import ModelCatalog
from desktop_chat.core.provider import VERSION_NEWEST, AuthStyle, ProviderProfile
from desktop_chat.core.settings import Settings
from desktop_chat.paths import Paths
from desktop_chat.resources import resource_path
from desktop_chat.store.store import open_store
from tests.chat.desk import ask
from tests.helpers.fake_secrets import FakeSecrets
from tests.helpers.signals import next_signal

LONG_TEXT = answer_for("Give me a long answer.").text
STRANGE_TEXT = "".join(
    f"Grüße {number}, 世界! 👩‍👩‍👧‍👦 and 👩🏽‍🚀 fly to the 🇵🇹; e\u0301 is two characters.\n\n"
    f"| a | b |\n|---|---|\n| {number} | 1 |\n| 11 | 11 |\n\n\n\n"
    f"```python\ndef again_{number}():\n    return again()\n\n\n    # again again\n```\n\n"
    f"> no no no\u2028not a new line\u00a0\u2003here\n\n- \n- x\n\t- y {number}  \n\n"
    "מימין לשמאל and 1 1 1 1 and bla bla.  "
    for number in range(4)
)


@dataclass(frozen=True, slots=True)
class Way:
    """How the model goes on."""

    model: str
    repeats_characters: int = 0


WAYS = {
    "begun for the model": Way("claude-haiku-4-5"),
    "asked in words": Way("claude-sonnet-5-5"),
    "asked in words, and it repeats": Way("claude-opus-4-8", OVERLAP_CHARACTERS),
}


class Below:
    """The program without its window, on a demo server of the test."""

    def __init__(self, server: DemoServer, folder: Path) -> None:
        paths = Paths.below(folder)
        paths.make()
        profile = ProviderProfile("Demo", server.url, AuthStyle.X_API_KEY, VERSION_NEWEST, has_caching=True)
        catalog = ModelCatalog.from_toml(tomllib.loads(resource_path("models.toml").read_text(encoding="utf-8")))
        self.bugs: list[BaseException] = []
        self.tasks = Tasks(self.bugs.append)
        self.store = open_store(paths.database, paths.backups_dir)
        self.client = MessagesClient()
        settings = Settings(reconnects=False, max_tokens=64_000)
        self.preferences = Preferences(settings, lambda *_: None, profile=profile)
        own_keys = {profile.origin: server.key}
        self.keys = Keys(FakeSecrets(), self.client, self.preferences, catalog, self.tasks, own_keys=own_keys)
        self.keeper = ReplyKeeper(self.store, self.tasks)
        self.recorder = StreamRecorder(self.store, self.tasks)

    def session(self, model_id: str) -> ChatSession:
        """A new conversation."""
        session = ChatSession(
            new_id(),
            Surroundings(
                self.store,
                self.client,
                self.keys,
                self.preferences,
                self.keeper,
                self.tasks,
                network=Network(),
                recorder=self.recorder,
            ),
        )
        session.load(None)
        session.set_model(model_id)
        return session

    async def stored(self, message: Message) -> Message:
        """The message as the disk has it."""
        stored = await self.store.load(message.conversation_id)
        assert stored is not None
        return next(at for at in stored.messages if at.id == message.id)


@asynccontextmanager
async def below(server: DemoServer, folder: Path) -> AsyncIterator[Below]:
    """Start everything below the window, and end it in order."""
    program = Below(server, folder)
    await program.store.start()
    try:
        yield program
    finally:
        await program.keeper.close()
        await program.tasks.close()
        program.recorder.close()
        await program.client.close()
        await program.store.close()
    assert program.bugs == []


async def gone_on(session: ChatSession) -> Message:
    """Continue the last reply and wait for its end."""
    session.go_on(session.path()[-1].id)
    message = await next_signal(session.turn_ended)
    assert isinstance(message, Message)
    return message


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("text", [LONG_TEXT, STRANGE_TEXT], ids=["20 kB", "strange"])
async def test_a_reply_that_was_cut_at_any_percent_becomes_whole(
    demo_server: DemoServer, tmp_path: Path, name: str, text: str
) -> None:
    way = WAYS[name]
    good = Faults(reply_text=text, piece_characters=60, repeats_characters=way.repeats_characters, in_one_write=True)
    inexact: list[tuple[int, str]] = []
    async with below(demo_server, tmp_path) as program:
        for percent in range(1, 101):
            session = program.session(way.model)
            at = len(text) * percent // 100
            demo_server.faults = replace(good, cut_after_characters=at)
            first = await ask(session)
            assert (first.status, first.text) == (MessageStatus.FAILED, text[:at])
            demo_server.faults = good
            message = await gone_on(session)
            is_whole = message.status is MessageStatus.COMPLETE and message == await program.stored(message)
            if not is_whole or message.text != text:
                inexact.append((percent, message.text[max(0, at - 40) : at + 240]))
    assert inexact == []
    assert len(demo_server.requests) == 200, "nothing was asked twice"


async def test_the_prepared_answer_is_found_again(demo_server: DemoServer, tmp_path: Path) -> None:
    async with below(demo_server, tmp_path) as program:
        session = program.session("claude-sonnet-5-5")
        whole = answer_for("Plan a trip").text

        first = await ask(session, "Plan a trip /demo overlap 2")
        second = await gone_on(session)
        third = await gone_on(session)

    assert [len(message.seams) for message in (first, second, third)] == [0, 1, 2]
    assert 0 < len(first.text) < len(second.text) < len(whole)
    assert (third.text, third.status) == (whole, MessageStatus.COMPLETE)
