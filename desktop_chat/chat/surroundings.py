"""What every session works with."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_chat.chat.keys import Keys
from desktop_chat.chat.network import Network
from desktop_chat.chat.ports import ConversationStore, MessagesApi
from desktop_chat.chat.preferences import Preferences
from desktop_chat.chat.reconnecting import ReconnectOptions
from desktop_chat.chat.reply_keeper import ReplyKeeper
from desktop_chat.chat.stream_recorder import StreamRecorder
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.network_conditions import NetworkConditions


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One for the program."""

    store: ConversationStore
    api: MessagesApi
    keys: Keys
    preferences: Preferences
    keeper: ReplyKeeper
    tasks: Tasks
    network: Network
    recorder: StreamRecorder
    reconnect: ReconnectOptions = ReconnectOptions()
    conditions: NetworkConditions | None = None
    """How every conversation's line is made worse at first."""
