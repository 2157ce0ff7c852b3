"""A reply that was cut and goes on, as the session tells it to the transcript."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.continuation import begun_again
from desktop_chat.core.events import ReplyEvent
from desktop_chat.core.failure import Failure
from desktop_chat.core.messages import Block, Message, MessageStatus
from desktop_chat.ui.transcript.messages.pacing import LAG_S
from desktop_chat.ui.transcript.page import Spot
from desktop_chat.ui.transcript.parts.seam import SeamMark
from tests.helpers.samples import question
from tests.ui.transcript.stage import Stage

FAILURE = Failure("StreamBroken", "The reply broke off.", "The line was cut.")
ASKED = question("c", "What?")


def text(words: str) -> Block:
    return {"type": "text", "text": words}


def go_on(stage: Stage, reply: Message, shown: Sequence[Message] = (ASKED,)) -> Message:
    """Let a reply stream again, as the session tells it."""
    begun = begun_again(reply)
    stage.view.show_activity(Activity(Phase.WAITING))
    stage.view.show_path((*shown, begun), lambda message_id: (message_id,))
    stage.wait()
    return begun


def feed(stage: Stage, begun: Message, *events: ReplyEvent) -> None:
    for event in events:
        stage.view._arrivals.put(begun.id, event, time.monotonic() - LAG_S)
    stage.view._run_clock()
    stage.wait()


def end(stage: Stage, begun: Message, *blocks: Block) -> Message:
    ended = replace(begun, content=(*begun.content, *blocks), status=MessageStatus.COMPLETE)
    stage.view.end_message(ended)
    stage.view.show_activity(Activity())
    stage.wait()
    return ended


def seams(stage: Stage) -> list[tuple[Spot, SeamMark]]:
    return [(spot, seam) for spot in stage.spots() for seam in spot.part.seams]


def around(stage: Stage) -> tuple[str, str]:
    """The text of its part before and behind the seam."""
    (spot, seam) = seams(stage)[0]
    assert seam.offset is not None
    return spot.part.plain(0, seam.offset), spot.part.plain(seam.offset, spot.part.length)
