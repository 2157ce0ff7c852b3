"""A conversation under network conditions, with the real client: whatever the line does, the text becomes whole."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from desktop_chat.api.client import ClientOptions, MessagesClient
from desktop_chat.api.demo_answers import answer_for
from desktop_chat.api.demo_faults import OVERLAP_CHARACTERS, Faults
from desktop_chat.api.demo_server import DemoServer
from desktop_chat.chat.keys import Keys
from desktop_chat.chat.preferences import Preferences
from desktop_chat.chat.reconnecting import ReconnectOptions
from desktop_chat.chat.session import ChatSession
from desktop_chat.core.conditions_text import conditions_from
from desktop_chat.core.messages import Message, MessageStatus, new_id
from desktop_chat.core.models import ModelCatalog
from desktop_chat.core.network_conditions import PRESETS, NetworkConditions, Preset
from desktop_chat.core.provider import VERSION_NEWEST, AuthStyle, ProviderProfile
from desktop_chat.core.settings import Settings
from desktop_chat.resources import resource_path
from tests.chat.desk import Desk, ask
from tests.helpers.fake_secrets import FakeSecrets
from tests.helpers.line_time import LineTime
from tests.helpers.signals import Heard, next_signal

TEXT = answer_for("Give me a long answer.").text
PIECE_CHARACTERS = 16
"""About as much as comes in one event of a fast model."""

ASKED_IN_WORDS, BEGUN_FOR = "claude-sonnet-5-5", "claude-haiku-4-5"
CONTINUES_MAX = 10
PATIENCE_S = 20.0


class Online:
    """Conversations with the demo server; nothing waits by the clock."""

    def __init__(self, desk: Desk, server: DemoServer) -> None:
        profile = ProviderProfile("Demo", server.url, AuthStyle.X_API_KEY, VERSION_NEWEST, has_caching=True)
        catalog = ModelCatalog.from_toml(tomllib.loads(resource_path("models.toml").read_text(encoding="utf-8")))
        self.time = LineTime()
        self.client = MessagesClient(ClientOptions(sleep=_pass_by, line_clock=self.time.clock))
        self.preferences = Preferences(Settings(max_tokens=64_000), desk.disk.save, profile=profile)
        own = {profile.origin: server.key}
        self._around = replace(
            desk.surroundings,
            api=self.client,
            preferences=self.preferences,
            keys=Keys(FakeSecrets(), self.client, self.preferences, catalog, desk.tasks, own_keys=own),
            reconnect=ReconnectOptions(_pass_by),
        )

    def session(self, conditions: NetworkConditions, model_id: str = ASKED_IN_WORDS) -> ChatSession:
        session = ChatSession(new_id(), replace(self._around, conditions=conditions))
        session.load(None)
        session.set_model(model_id)
        return session


async def _pass_by(*_: object) -> None:
    """A wait that is over."""


@pytest.fixture
async def online(desk: Desk, demo_server: DemoServer) -> AsyncIterator[Online]:
    made = Online(desk, demo_server)
    yield made
    await made.client.close()


async def seen_through(session: ChatSession) -> tuple[Message, int]:
    """Ask, and continue until the reply is complete; how often that was."""
    message = await ask(session)
    for count in range(CONTINUES_MAX):
        if message.status is MessageStatus.COMPLETE:
            return message, count
        session.go_on(message.id)
        assert session.is_busy, message.failure
        message = await next_signal(session.turn_ended, PATIENCE_S)
    raise AssertionError(f"not complete after {CONTINUES_MAX} times: {message.failure}")


@pytest.mark.parametrize("model_id", [ASKED_IN_WORDS, BEGUN_FOR])
@pytest.mark.parametrize("seed", [None, 2, 3])
@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
async def test_a_long_reply_becomes_exactly_whole_under_every_preset(
    online: Online, desk: Desk, demo_server: DemoServer, preset: Preset, seed: int | None, model_id: str
) -> None:
    repeats = OVERLAP_CHARACTERS if model_id == ASKED_IN_WORDS else 0
    demo_server.faults = Faults(
        reply_text=TEXT, piece_characters=PIECE_CHARACTERS, repeats_characters=repeats, in_one_write=True
    )
    conditions = preset.conditions if seed is None else replace(preset.conditions, seed=seed)
    session = online.session(conditions, model_id)
    cuts = Heard(session.turn_cut)

    message, continues_count = await seen_through(session)

    assert message.text == TEXT
    assert desk.store.messages[message.id] == message
    assert len(message.seams) == len(cuts) + continues_count
    if seed is None:
        assert bool(message.seams) == (preset.key != "slow-3g"), "a preset that breaks nothing proves nothing"


@pytest.mark.parametrize(
    "text",
    [
        "cut=5kB",
        "stall=20kB:30s,cut=60kB",
        "status=429:4,retry-after=60s",
        "status=500:1,error=150",
        "malformed=1",
        "latency=3s,jitter=2s,rate=2kB/s,cut=30kB,spread=100%,share=90%,malformed=7,seed=42",
    ],
)
async def test_other_conditions_cost_no_letter_either(online: Online, demo_server: DemoServer, text: str) -> None:
    whole = TEXT[:4_000]
    demo_server.faults = Faults(reply_text=whole, piece_characters=PIECE_CHARACTERS, in_one_write=True)

    message, _ = await seen_through(online.session(conditions_from(text)))

    assert message.text == whole


async def test_turned_off_a_reply_that_hangs_goes_on_by_itself(online: Online, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(reply_text=TEXT[:4_000], in_one_write=True)
    session = online.session(conditions_from("stall=5kB,cut=10kB"))
    ended = asyncio.ensure_future(ask(session))
    await online.time.is_endless.wait()

    session.conditions.choose(None)
    message = await ended

    assert (message.status, message.text, message.seams) == (MessageStatus.COMPLETE, TEXT[:4_000], ())


async def test_stop_ends_a_reply_that_hangs_and_keeps_what_came(online: Online, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(reply_text=TEXT[:4_000], in_one_write=True)
    session = online.session(conditions_from("stall=5kB"))
    ended = asyncio.ensure_future(ask(session))
    await online.time.is_endless.wait()

    session.stop()
    message = await ended

    assert message.status is MessageStatus.STOPPED
    assert message.text
    assert TEXT.startswith(message.text)


async def test_too_much_at_once_ends_in_words_and_retry_brings_it_back(online: Online, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(reply_text="Here.")
    session = online.session(conditions_from("status=529"))
    failed = await ask(session)
    assert failed.failure is not None
    assert (failed.status, failed.failure.kind, failed.failure.status) == (MessageStatus.FAILED, "Overloaded", 529)
    assert not demo_server.requests, "the server has nothing to do with it"

    session.conditions.choose(None)
    session.retry(failed.id)
    message = await next_signal(session.turn_ended)

    assert (message.status, message.text) == (MessageStatus.COMPLETE, "Here.")
