"""What the tests of scrolling do and look at."""

from __future__ import annotations

from dataclasses import replace

from desktop_chat.core.events import BlockStarted
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.settings import Following
from desktop_chat.ui.transcript.parts.bubble import BubblePart
from desktop_chat.ui.transcript.parts.part import Part
from tests.helpers.samples import question, reply
from tests.ui.transcript.stage import LONG, Stage, answer

MORE = "\n\nOne more paragraph." * 5


def send(stage: Stage, following: Following = Following.QUESTION) -> Message:
    """Send a second question in a long conversation; give the reply that begins."""
    stage.view.set_following(following)
    stage.show(question("c", "First?"), answer(LONG))
    stage.view.add_message(question("c", "Second?"))
    begun = reply("c", None, "", status=MessageStatus.STREAMING, content=())
    stage.view.add_message(begun)
    stage.view.apply_event(begun.id, BlockStarted(0, {"type": "text", "text": ""}))
    stage.wait()
    return begun


def ended(begun: Message, text: str) -> Message:
    """The final state of a reply."""
    return replace(begun, content=({"type": "text", "text": text},)).as_ended(MessageStatus.COMPLETE)


def places(stage: Stage) -> dict[Part, float]:
    """Where everything on the screen stands."""
    return {spot.part: spot.top for spot in stage.spots()}


def moved_px(stage: Stage, before: dict[Part, float]) -> set[float]:
    """How far what is still on the screen has moved."""
    return {top - before[part] for part, top in places(stage).items() if part in before}


def question_top(stage: Stage) -> float:
    """Where the last question on the screen stands."""
    return stage.part(BubblePart, -1).top


def uneven(count: int) -> list[Message]:
    """Messages whose heights cannot be guessed well."""
    texts = ("Short.", "- one\n- two\n" * 12, "x " * 900, "```\n" + "line\n" * 9 + "```", "# Head\n\n" + "words " * 200)
    return [answer(texts[number % 5]) for number in range(count)]
