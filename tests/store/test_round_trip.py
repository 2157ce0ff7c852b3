"""Whatever tree of messages goes into the store comes out of it."""

from __future__ import annotations

import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_chat.core.conversation import ConversationTree
from desktop_chat.core.events import with_whole_surrogates
from desktop_chat.core.messages import Action, Draft, Failure, Message, MessageStatus, Role, Timings
from desktop_chat.core.usage import Usage
from desktop_chat.store.rows import _COLUMNS
from tests.store.files import started

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
"""Halves of surrogate pairs and NUL among it."""
COLUMN_TEXT = ANY_TEXT.map(with_whole_surrogates)
MOMENTS = st.floats(min_value=0, max_value=4e9)
COUNTS = st.integers(min_value=0, max_value=2**70)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)
BLOCKS = st.dictionaries(ANY_TEXT, JSON, max_size=3).map(lambda rest: {"type": "text", **rest})
FAILURES = st.builds(
    Failure,
    kind=ANY_TEXT,
    title=ANY_TEXT,
    detail=ANY_TEXT,
    action=st.none() | st.sampled_from(Action),
    status=st.none() | st.integers(100, 599),
    type=st.none() | ANY_TEXT,
    request_id=st.none() | ANY_TEXT,
    raw=st.none() | ANY_TEXT,
)
FINAL = [status for status in MessageStatus if status is not MessageStatus.STREAMING]


def none_or(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def trees(draw: st.DrawFn) -> list[Message]:
    """Messages in the order they are made: every parent before its children."""
    count = draw(st.integers(1, 8))
    return [
        Message(
            id=f"m{number:02}",
            conversation_id="c",
            parent_id=draw(st.sampled_from([None, *(f"m{earlier:02}" for earlier in range(number))])),
            role=draw(st.sampled_from(Role)),
            content=tuple(draw(st.lists(BLOCKS, max_size=3))),
            status=draw(st.sampled_from(FINAL)),
            created_at=draw(MOMENTS),
            ended_at=draw(none_or(MOMENTS)),
            model=draw(none_or(COLUMN_TEXT)),
            provider=draw(none_or(COLUMN_TEXT)),
            usage=draw(none_or(st.builds(Usage, *[COUNTS] * len(fields(Usage))))),
            cost_usd=draw(none_or(st.floats(0, 1e6))),
            stop_reason=draw(none_or(COLUMN_TEXT)),
            stop_details=draw(none_or(st.dictionaries(ANY_TEXT, JSON, max_size=2))),
            failure=draw(none_or(FAILURES)),
            timings=draw(none_or(st.builds(Timings, *[none_or(MOMENTS)] * len(fields(Timings))))),
            prefix_hash=draw(none_or(st.just("f" * 64))),
        )
        for number in range(count)
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(messages=trees(), title=none_or(COLUMN_TEXT), draft=COLUMN_TEXT, data=st.data())
async def test_trees_come_back(messages: list[Message], title: str | None, draft: str, data: st.DataObject) -> None:
    shown = data.draw(st.sampled_from(messages))
    kept = Draft(draft, data.draw(st.integers(0, 20)))
    with tempfile.TemporaryDirectory() as folder:
        async with started(Path(folder)) as store:
            for message in messages:
                await store.put(message, title)
            await store.set_tip("c", shown.id)
            await store.put_draft("c", kept)
        async with started(Path(folder)) as store:
            stored = await store.load("c")

    assert stored is not None
    before, after = ConversationTree(messages, shown.id), ConversationTree(stored.messages, stored.tip_id)
    assert list(after) == list(before)
    assert after.path() == before.path()
    assert stored.draft == (Draft() if kept.is_empty else kept)


def test_every_field_of_a_message_has_its_column() -> None:
    assert set(_COLUMNS) == {item.name for item in fields(Message)}


async def test_half_a_surrogate_pair_in_a_column_becomes_a_mark(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        message = Message("m", "c", None, Role.USER, (), MessageStatus.COMPLETE, 1.0, model="\ud83d!")
        await store.put(message, "\ud83d title")
        await store.put_draft("c", Draft("\ude00 draft\x00", 2))
        await store.rename("c", "renamed \ud83d")
        stored = await store.load("c")

    assert stored is not None
    assert stored.messages[0].model == "\ufffd!"
    assert stored.summary.title == "renamed \ufffd"
    assert stored.draft == Draft("\ufffd draft\x00", 2)
