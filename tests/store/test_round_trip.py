"""Whatever tree of messages goes into the store comes out of it."""

from __future__ import annotations

import tempfile
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_chat.core.conversation import ConversationTree
from desktop_chat.core.events import with_whole_surrogates
from desktop_chat.core.failure import Action, Failure
from desktop_chat.core.messages import Draft, Message, MessageStatus, Role, Seam, Timings
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
    skipped_count=st.integers(0, 10**6),
)
FINAL = [status for status in MessageStatus if status is not MessageStatus.STREAMING]
IDS = [f"m{number}" for number in range(6)]


def none_or(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


NODES = st.builds(
    Message,
    id=st.just("to be numbered"),
    conversation_id=st.just("c"),
    # A parent that is not there, or comes later, is dropped when the tree is numbered.
    parent_id=st.sampled_from([None, *IDS]),
    role=st.sampled_from(Role),
    content=st.lists(BLOCKS, max_size=3).map(tuple),
    status=st.sampled_from(FINAL),
    created_at=MOMENTS,
    ended_at=none_or(MOMENTS),
    model=none_or(COLUMN_TEXT),
    provider=none_or(COLUMN_TEXT),
    usage=none_or(st.builds(Usage, *[COUNTS] * len(fields(Usage)))),
    cost_usd=none_or(st.floats(0, 1e6)),
    stop_reason=none_or(COLUMN_TEXT),
    stop_details=none_or(st.dictionaries(ANY_TEXT, JSON, max_size=2)),
    failure=none_or(FAILURES),
    timings=none_or(st.builds(Timings, *[none_or(MOMENTS)] * len(fields(Timings)))),
    prefix_hash=none_or(st.just("f" * 64)),
    seams=st.lists(st.builds(Seam, block=st.integers(0, 2**31), at=MOMENTS), max_size=3).map(tuple),
)


def numbered(nodes: list[Message]) -> list[Message]:
    """The nodes in the order they are made: every parent before its children."""
    known = [None, *IDS[: len(nodes)]]
    return [
        replace(node, id=IDS[place], parent_id=node.parent_id if node.parent_id in known[: place + 1] else None)
        for place, node in enumerate(nodes)
    ]


TREES = st.lists(NODES, min_size=1, max_size=len(IDS)).map(numbered)
TITLES = none_or(COLUMN_TEXT)
CARETS = st.integers(0, 20)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(messages=TREES, title=TITLES, draft=st.builds(Draft, COLUMN_TEXT, CARETS), tip=st.integers(0, len(IDS)))
async def test_trees_come_back(messages: list[Message], title: str | None, draft: Draft, tip: int) -> None:
    shown = messages[tip % len(messages)]
    with tempfile.TemporaryDirectory() as folder:
        async with started(Path(folder)) as store:
            for message in messages:
                await store.put(message, title)
            await store.set_tip("c", shown.id)
            await store.put_draft("c", draft)
        async with started(Path(folder)) as store:
            stored = await store.load("c")

    assert stored is not None
    before, after = ConversationTree(messages, shown.id), ConversationTree(stored.messages, stored.tip_id)
    assert list(after) == list(before)
    assert after.path() == before.path()
    assert stored.draft == (Draft() if draft.is_empty else draft)


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
