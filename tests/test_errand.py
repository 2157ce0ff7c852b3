"""What `--once` says of a reply."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_chat.cli import ExitCode
from desktop_chat.core.failure import Failure
from desktop_chat.core.messages import MessageStatus
from desktop_chat.errand import NO_KEY, exit_code_of, shortcoming_of
from tests.helpers.samples import reply

COMPLETE, STOPPED, FAILED = MessageStatus.COMPLETE, MessageStatus.STOPPED, MessageStatus.FAILED
BROKEN = Failure("StreamBroken", "The reply broke off.", "What came is kept.")


@pytest.mark.parametrize(
    ("text", "fields", "code"),
    [
        ("All of it.", {"status": COMPLETE, "stop_reason": "end_turn"}, ExitCode.GOOD),
        ("", {"status": COMPLETE, "stop_reason": "tool_use"}, ExitCode.GOOD),
        ("Half of", {"status": COMPLETE, "stop_reason": "max_tokens"}, ExitCode.CUT),
        ("Half of", {"status": COMPLETE, "stop_reason": "model_context_window_exceeded"}, ExitCode.CUT),
        ("Half of", {"status": STOPPED}, ExitCode.CUT),
        ("Half of", {"status": FAILED, "failure": BROKEN}, ExitCode.CUT),
        ("", {"status": FAILED, "failure": BROKEN}, ExitCode.FAILED),
        ("I would", {"status": COMPLETE, "stop_reason": "refusal"}, ExitCode.FAILED),
        ("", {"status": COMPLETE, "stop_reason": "refusal"}, ExitCode.FAILED),
    ],
)
def test_the_exit_code_tells_whether_the_reply_is_whole(text: str, fields: dict[str, Any], code: ExitCode) -> None:
    assert exit_code_of(reply("c", None, text, **fields)) is code


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"status": COMPLETE, "stop_reason": "end_turn"}, None),
        ({"status": COMPLETE, "stop_reason": "refusal"}, "Refusal"),
        ({"status": COMPLETE, "stop_reason": "max_tokens"}, "LimitReached"),
        ({"status": FAILED, "failure": BROKEN}, "StreamBroken"),
        ({"status": FAILED, "stop_reason": "max_tokens", "failure": BROKEN}, "StreamBroken"),
    ],
)
def test_what_is_missing_from_a_reply_is_told(fields: dict[str, Any], kind: str | None) -> None:
    shortcoming = shortcoming_of(reply("c", None, "Text", **fields))
    assert (shortcoming.kind if shortcoming is not None else None) == kind


def test_without_a_key_the_way_of_a_script_to_one_is_told() -> None:
    failed = reply("c", None, status=FAILED, failure=Failure("KeyMissing", "No key.", "Open the key dialog."))
    assert shortcoming_of(failed) == NO_KEY
