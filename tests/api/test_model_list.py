"""Pages of `GET /v1/models`, full and bare."""

from __future__ import annotations

import pytest

from desktop_chat.api.model_list import ModelPage
from desktop_chat.core.models import ModelInfo, ThinkingKind


def capabilities(**supported: bool) -> dict[str, object]:
    return {"thinking": {"types": {name: {"supported": value} for name, value in supported.items()}}}


def test_a_full_entry_is_read() -> None:
    row = {
        "id": "claude-x",
        "display_name": "Claude X",
        "max_input_tokens": 1_000_000,
        "max_tokens": 128_000,
        "capabilities": capabilities(adaptive=True, between_tools=True, disabled=False, enabled=False),
    }
    page = ModelPage.read({"data": [row], "has_more": False})
    assert page == ModelPage(
        (ModelInfo("claude-x", "Claude X", 1_000_000, 128_000, ThinkingKind.ADAPTIVE, "between_tools"),), None
    )


def test_a_bare_entry_is_enough() -> None:
    page = ModelPage.read({"object": "list", "data": [{"id": "llama3"}, {"id": ""}, {"name": "no id"}, 7]})
    assert page == ModelPage((ModelInfo("llama3", "llama3"),), None)


@pytest.mark.parametrize(
    ("supported", "kind", "off"),
    [
        ({"enabled": True, "disabled": True}, ThinkingKind.BUDGET, "disabled"),
        ({"adaptive": True, "enabled": True, "disabled": True}, ThinkingKind.ADAPTIVE, "disabled"),
        ({"adaptive": True}, ThinkingKind.ADAPTIVE, None),
        ({}, ThinkingKind.NONE, None),
    ],
)
def test_how_a_model_thinks_is_read(supported: dict[str, bool], kind: ThinkingKind, off: str | None) -> None:
    page = ModelPage.read({"data": [{"id": "a", "capabilities": capabilities(**supported)}]})
    assert page is not None
    assert (page.models[0].thinking, page.models[0].thinking_off) == (kind, off)


def test_the_next_page_follows_the_last_id() -> None:
    data = [{"id": "a"}, {"id": "b"}]
    assert ModelPage.read({"data": data, "has_more": True, "last_id": "b"}) == ModelPage(
        (ModelInfo("a", "a"), ModelInfo("b", "b")), "b"
    )
    missing_id = ModelPage.read({"data": data, "has_more": True})
    assert missing_id is not None
    assert missing_id.next_after == "b"


@pytest.mark.parametrize("value", [None, [], {}, {"data": None}, {"data": {"id": "a"}}, "models"])
def test_anything_else_is_no_page(value: object) -> None:
    assert ModelPage.read(value) is None
