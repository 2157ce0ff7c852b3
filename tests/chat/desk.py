"""All of chat around fakes, as `program.py` puts it around the real things."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from desktop_chat.chat.keys import Keys
from desktop_chat.chat.library import Library
from desktop_chat.chat.network import Network
from desktop_chat.chat.preferences import Preferences
from desktop_chat.chat.reconnecting import ReconnectOptions
from desktop_chat.chat.reply_keeper import ReplyKeeper
from desktop_chat.chat.session import ChatSession
from desktop_chat.chat.stream_recorder import StreamRecorder
from desktop_chat.chat.surroundings import Surroundings
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.errors import SettingsError
from desktop_chat.core.messages import Draft, Message, new_id
from desktop_chat.core.models import ModelCatalog, ModelInfo, Prices, ThinkingKind
from desktop_chat.core.provider import ANTHROPIC
from desktop_chat.core.settings import Settings
from desktop_chat.core.stored import StartState
from tests.helpers.fake_api import FakeApi
from tests.helpers.fake_secrets import FakeSecrets
from tests.helpers.held_store import HeldStore
from tests.helpers.signals import next_signal

KEY = ApiKey("sk-ant-api03-fake-0123456789-wXyZ")
FAKE_MODEL = ModelInfo(
    "claude-fake",
    "Claude Fake",
    context_tokens=200_000,
    output_tokens_max=64_000,
    thinking=ThinkingKind.ADAPTIVE,
    prices=Prices(2.0, 10.0, 2.5, 4.0, 0.1),
)
SMALL_MODEL = ModelInfo("claude-small", "Claude Small", context_tokens=100_000)
OLD_MODEL = ModelInfo(
    "claude-old",
    "Claude Old",
    thinking=ThinkingKind.BUDGET,
    thinking_off="disabled",
    is_listed=False,
    takes_prefill=True,
)
CATALOG = ModelCatalog((FAKE_MODEL, SMALL_MODEL, OLD_MODEL), "claude-fake", "2026-11-23")
NOW = 1_800_000_000.0
REPLY_USD = (7 * 2.0 + 5 * 10.0) / 1_000_000
"""What a reply of `fake_api.reply_events` costs."""


@dataclass
class SettingsDisk:
    """Takes settings as the file would."""

    written: list[Settings] = field(default_factory=list)
    failure: SettingsError | None = None

    def save(self, settings: Settings, tell: Callable[[SettingsError], None]) -> None:
        if self.failure is not None:
            tell(self.failure)
        else:
            self.written.append(settings)


class Pauses:
    """Stands in for the clock between two tries: a test looks how long a wait would be, and lets it be over."""

    def __init__(self) -> None:
        self.asked_s: list[float] = []
        self._over = asyncio.Event()

    async def wait_for(self, woken: asyncio.Event, seconds: float) -> None:
        self.asked_s.append(seconds)
        self._over.clear()
        waits = [asyncio.ensure_future(event.wait()) for event in (woken, self._over)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def end(self) -> None:
        """Let the time of the wait that runs be over."""
        self._over.set()


class Desk:
    """Every object of chat, made once; `bugs` holds what escaped a task."""

    def __init__(self) -> None:
        self.bugs: list[BaseException] = []
        self.store = HeldStore()
        self.api = FakeApi()
        self.secrets = FakeSecrets()
        self.secrets.keys[ANTHROPIC.origin] = KEY
        self.disk = SettingsDisk()
        self.tasks = Tasks(self.bugs.append)
        self.preferences = Preferences(Settings(), self.disk.save)
        self.keys = Keys(self.secrets, self.api, self.preferences, CATALOG, self.tasks)
        self.keeper = ReplyKeeper(self.store, self.tasks)
        self.network = Network()
        self.recorder = StreamRecorder(self.store, self.tasks)
        self.pauses = Pauses()
        self.surroundings = Surroundings(
            self.store,
            self.api,
            self.keys,
            self.preferences,
            self.keeper,
            self.tasks,
            self.network,
            self.recorder,
            ReconnectOptions(self.pauses.wait_for, fraction=lambda: 1.0, now=lambda: NOW),
        )
        self._sessions: list[ChatSession] = []

    def session(self) -> ChatSession:
        """A new conversation of no library."""
        session = ChatSession(new_id(), self.surroundings)
        session.load(None)
        self._sessions.append(session)
        return session

    async def library(self) -> Library:
        """The library of what the store holds."""
        return Library(self.surroundings, await self.store.start())

    def empty_library(self) -> Library:
        return Library(self.surroundings, StartState((), (), 0))

    async def close(self) -> None:
        """End everything in the order of the program."""
        self.store.let_go()
        for session in self._sessions:
            await session.close()
        await self.keeper.close()
        await self.tasks.close()
        self.recorder.close()


async def all_ended(name: str) -> None:
    """Wait until no task of this name is left."""
    while tasks := [task for task in asyncio.all_tasks() if task.get_name() == name]:
        await asyncio.wait(tasks)


async def gone_on(session: ChatSession) -> Message:
    """Continue the last reply and wait for its end."""
    session.go_on(session.path()[-1].id)
    message = await next_signal(session.turn_ended)
    assert isinstance(message, Message)
    return message


async def ask(session: ChatSession, text: str = "Why?") -> Message:
    """Send a question and wait for the end of its reply."""
    assert session.send(Draft(text, len(text)))
    reply = await next_signal(session.turn_ended)
    assert isinstance(reply, Message)
    return reply
