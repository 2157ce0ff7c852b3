"""The demo server's parts by themselves: tokens, quota, prompt cache, prepared answers."""

from __future__ import annotations

import copy
import json
import tomllib
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.api.demo_almanac import almanac
from desktop_chat.api.demo_answers import LONG_BYTES, OPENING, VERY_LONG_BYTES, answer_for
from desktop_chat.api.demo_api import MESSAGES, DemoApi, ReplyAnswer
from desktop_chat.api.demo_cache import PromptCache
from desktop_chat.api.demo_events import events_of, records_of
from desktop_chat.api.demo_faults import NO_FAULTS, trick_in
from desktop_chat.api.demo_http import HttpRequest
from desktop_chat.api.demo_limits import Limits, Quota
from desktop_chat.api.demo_problem import Problem
from desktop_chat.api.demo_reply import question_of
from desktop_chat.api.demo_tokens import pieces_of, prompt_tokens, token_count
from desktop_chat.resources import resource_path
from tests.helpers.file_samples import image_block, png


@dataclass
class FakeClock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@given(st.text())
def test_pieces_joined_are_the_text(text: str) -> None:
    pieces = list(pieces_of(text))
    assert "".join(pieces) == text
    assert all(1 <= len(piece) <= 9 for piece in pieces)
    assert token_count(text) == len(pieces)


@given(st.binary(max_size=200).map(lambda text: text.replace(b"\x00", b"\n")))
def test_records_joined_are_the_recording(recorded: bytes) -> None:
    assert b"".join(records_of(recorded)) == recorded


def test_every_part_of_a_prompt_costs_tokens() -> None:
    body: dict[str, Any] = {"messages": [{"role": "user", "content": "hello"}]}
    sizes = [prompt_tokens(body)]
    body["system"] = "Be brief."
    sizes.append(prompt_tokens(body))
    body["tools"] = [{"name": "x", "input_schema": {"type": "object"}}]
    sizes.append(prompt_tokens(body))
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA" * 1_000}}
    body["messages"].append({"role": "user", "content": [image]})
    sizes.append(prompt_tokens(body))
    note = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a note " * 20}}
    body["messages"].append({"role": "user", "content": [note]})
    sizes.append(prompt_tokens(body))
    assert sizes == sorted(set(sizes))


def test_the_quota_counts_down_and_refills() -> None:
    clock = FakeClock()
    quota = Quota(Limits(requests=60, input_tokens=60_000, output_tokens=6_000), clock)
    for _ in range(10):
        quota.take(1_000)
    quota.take_output(3_000)
    shown = dict(quota.headers())
    assert shown["anthropic-ratelimit-requests-remaining"] == "50"
    assert shown["anthropic-ratelimit-input-tokens-remaining"] == "50000"
    assert shown["anthropic-ratelimit-output-tokens-remaining"] == "3000"
    assert shown["anthropic-ratelimit-tokens-limit"] == "6000", "the most restrictive one"
    assert shown["anthropic-ratelimit-requests-reset"] == "1970-01-12T13:46:50Z"
    clock.now += 5
    assert dict(quota.headers())["anthropic-ratelimit-requests-remaining"] == "55"
    clock.now += 3_600
    assert dict(quota.headers())["anthropic-ratelimit-requests-remaining"] == "60"


def test_an_empty_bucket_tells_how_long_to_wait_and_takes_nothing() -> None:
    clock = FakeClock()
    quota = Quota(Limits(requests=60, input_tokens=6_000, output_tokens=6_000), clock)
    quota.take(6_000)
    with pytest.raises(Problem) as caught:
        quota.take(1_000)
    assert (caught.value.status, caught.value.headers) == (429, (("retry-after", "10"),))
    assert dict(quota.headers())["anthropic-ratelimit-requests-remaining"] == "59"
    clock.now += 10
    quota.take(1_000)


def prompt(turns: int, **more: Any) -> dict[str, Any]:
    messages = []
    for turn in range(turns):
        messages.append({"role": "user", "content": f"question {turn} " + "word " * 400})
        messages.append({"role": "assistant", "content": "answer"})
    return {"messages": [*messages, {"role": "user", "content": "the last one"}], **more}


def test_automatic_caching_reads_what_the_turn_before_has_written() -> None:
    cache = PromptCache(FakeClock())
    first = cache.use(prompt(4, cache_control={"type": "ephemeral"}), "m")
    assert (first.read_tokens, first.input_tokens) == (0, 0)
    assert first.write_5m_tokens == prompt_tokens(prompt(4)) > 1_024
    longer = prompt(4, cache_control={"type": "ephemeral"})
    longer["messages"] += [{"role": "assistant", "content": "answer"}, {"role": "user", "content": "and now?"}]
    second = cache.use(longer, "m")
    assert second.read_tokens == first.write_5m_tokens
    assert second.write_5m_tokens == prompt_tokens(longer) - second.read_tokens
    assert cache.use(longer, "another model").read_tokens == 0


def test_a_cached_prefix_is_forgotten_after_its_time_and_kept_by_use() -> None:
    clock = FakeClock()
    cache = PromptCache(clock)
    marked = prompt(4, cache_control={"type": "ephemeral"})
    cache.use(marked, "m")
    for _ in range(3):
        clock.now += 299
        assert cache.use(marked, "m").read_tokens > 0
    clock.now += 301
    assert cache.use(marked, "m").read_tokens == 0


def test_a_short_prefix_and_one_without_a_mark_are_not_cached() -> None:
    cache = PromptCache(FakeClock())
    for body in (prompt(0, cache_control={"type": "ephemeral"}), prompt(4)):
        for _ in range(2):
            usage = cache.use(body, "m")
            assert usage.report()["input_tokens"] == prompt_tokens(body)
            assert (usage.read_tokens, usage.write_5m_tokens, usage.write_1h_tokens) == (0, 0, 0)


ANSWERS = tomllib.loads(resource_path("demo/answers.toml").read_text(encoding="utf-8"))["answer"]


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row["file"])
def test_the_proposed_question_gets_its_answer(row: dict[str, Any]) -> None:
    answer = answer_for(row["try"])
    assert answer.text.startswith(OPENING)
    assert answer.text.endswith(resource_path(f"demo/{row['file']}").read_text(encoding="utf-8").strip())
    assert answer.thinking == row["thinking"].strip()
    assert answer.text.count("```") % 2 == 0


def test_no_prepared_answer_is_forgotten() -> None:
    files = {path.name for path in resource_path("demo/answers.toml").parent.iterdir()}
    assert files == {row["file"] for row in ANSWERS} | {"answers.toml", "default.md"}


def test_the_default_answer_quotes_the_question_as_text() -> None:
    text = answer_for("What is <b>*this*</b> $x$ {braces}?").text
    assert text.startswith(OPENING)
    assert r"You asked: “What is \<b\>\*this\*\</b\> \$x\$ \{braces\}?”" in text
    assert "…”" in answer_for("zzz " * 100).text
    assert "You asked" not in answer_for("").text


@pytest.mark.parametrize(
    ("question", "size_bytes"), [("Give me a long answer.", LONG_BYTES), ("Now a very long one!", VERY_LONG_BYTES)]
)
def test_long_answers_have_their_size(question: str, size_bytes: int) -> None:
    text = answer_for(question).text
    assert text.startswith(OPENING)
    assert size_bytes <= len(text.encode()) <= size_bytes * 1.3


def test_a_question_about_length_is_not_one_for_a_long_answer() -> None:
    question = "How long should a client wait between retries when the server says 529, and how would you write it?"
    assert "exponentially with full jitter" in answer_for(question).text


def test_the_almanac_tells_the_truth() -> None:
    text = almanac(10_000)
    assert "**7** is a prime. Its square is 49, its cube 343; in binary it is `111`, in Roman figures VII." in text
    assert "**12** is the product 2 · 2 · 3." in text
    assert "It has 6 divisors, and they add up to 28." in text


GOOD_BODY: dict[str, Any] = {
    "model": "claude-haiku-5-5",
    "max_tokens": 100,
    "stream": True,
    "system": [{"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
    "thinking": {"type": "adaptive", "display": "summarized"},
    "output_config": {"effort": "low"},
    "stop_sequences": ["stop"],
    "tool_choice": {"type": "auto"},
    "tools": [
        {
            "name": "get_weather",
            "input_schema": {
                "type": "object",
                "properties": {"city": {"type": "string", "enum": ["Paris"]}},
                "required": ["city"],
            },
        },
        {"type": "web_search_20250305", "name": "web_search"},
    ],
    "messages": [
        {"role": "user", "content": "What is the weather in Paris? /demo cut"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "c2lnbmVk"},
                {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Paris"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "18 °C"}]},
                image_block(png(3, 2)),
            ],
        },
    ],
}
JSON_VALUES = st.one_of(st.none(), st.booleans(), st.integers(-2, 5), st.text(max_size=3), st.just([]), st.just({})) | (
    st.sampled_from([["x"], [[]], [None], {"type": "x"}, {"type": []}, [{"type": "text", "text": 3}], 1.5])
)


def places_in(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a JSON value, as the keys and indexes that lead there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at] * bool(at) + [place for key, item in items for place in places_in(item, (*at, key))]


@given(
    st.lists(st.tuples(st.sampled_from(places_in(GOOD_BODY)), JSON_VALUES), min_size=1, max_size=3),
    st.sampled_from((1, 3)),
)
def test_a_damaged_request_gets_an_answer_or_a_problem_and_nothing_else(
    damages: list[tuple[tuple[Any, ...], Any]], messages_count: int
) -> None:
    body = copy.deepcopy(GOOD_BODY)
    del body["messages"][1]["content"][0]
    del body["messages"][messages_count:]
    for place, value in damages:
        target: Any = body
        try:
            for key in place[:-1]:
                target = target[key]
            target[place[-1]] = copy.deepcopy(value)
        except (IndexError, KeyError, TypeError):
            continue
    request = HttpRequest("POST", MESSAGES, {"anthropic-version": "2026-10-21"}, json.dumps(body).encode())
    api = DemoApi()
    trick_in(question_of(body))
    try:
        answer = api.answer(request, NO_FAULTS)
    except Problem as problem:
        assert 400 <= problem.status < 500
    else:
        assert isinstance(answer, ReplyAnswer)
        assert answer.reply.message()["content"] is not None
        assert list(events_of(answer.reply))[-1].value == {"type": "message_stop"}
