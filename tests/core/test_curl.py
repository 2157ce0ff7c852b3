"""A request as a command: a real shell and a real curl send what the program would have sent."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace

import pytest

from desktop_chat.core.curl import ARGUMENT_BYTES_MAX, LEFT_OUT, curl_command
from desktop_chat.core.stream_record import HIDDEN_KEY, SentRequest
from tests.helpers.machine import needs
from tests.helpers.raw_server import answer, in_turn, raw_server
from tests.helpers.stream_samples import REQUEST

KEY = "sk-ant-api03-$(id)`x`'\"\\-wXyZ"
"""Nothing of it may mean anything to a shell."""


def asking(url: str, body: str, **headers: str) -> SentRequest:
    sent = {"host": "else.where", "content-length": "1", "content-type": "application/json", **headers}
    spelled = tuple((name.replace("_", "-"), value) for name, value in sent.items())
    return SentRequest("POST", f"{url}/v1/messages?a=[1-3]&b={{x,y}}", spelled, body, len(body.encode()))


async def sent_by(command: str) -> tuple[int, bytes]:
    """Run a command in a shell that knows the key."""
    shell = await asyncio.create_subprocess_exec(
        "sh",
        env={"PATH": os.environ["PATH"], "ANTHROPIC_API_KEY": KEY, "NO_PROXY": "*"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    # As if it had been pasted: a command line of a program is bounded.
    out, _ = await shell.communicate(command.encode() + b"\n")
    assert shell.returncode is not None
    return shell.returncode, out


BODIES = {
    "quotes": '{"q":"It\'s \\"so\\" and \'\'so\'\'"}',
    "signs of the shell": '{"q":"$HOME `id` $(id) ! # & | ; < > * ? ~ \\\\ \\n %s %d @file"}',
    "line ends and blanks": '{\n\t"q": "a",\r\n "b" :  1\n}\n\n',
    "unicode": '{"q":"世界 👩‍🚀 \u2028 \u00a0 ü"}',
    "an at sign first": "@/etc/hostname",
    "nothing": "",
    "long": '{"q":"' + "It's % long. \\n" * 80_000 + '"}',
    "as long as an argument may be": "'" * ARGUMENT_BYTES_MAX,
    "longer by one": "x" * (ARGUMENT_BYTES_MAX + 1),
}


@needs("curl", "curl")
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_curl_sends_what_was_sent(body: str) -> None:
    async with raw_server(in_turn(answer(200, {}, b"good"))) as server:
        request = asking(server.url, body, x_api_key=HIDDEN_KEY, anthropic_version="2026-10-21", user_agent="it's me")
        command = curl_command(request)
        assert command is not None

        assert await sent_by(command) == (0, b"good")

    [came] = server.requests
    assert came.body == body.encode()
    assert came.line == "POST /v1/messages?a=[1-3]&b={x,y} HTTP/1.1"
    assert came.headers["x-api-key"] == KEY
    assert came.headers["anthropic-version"] == "2026-10-21"
    assert came.headers["user-agent"] == "it's me"
    assert came.headers["content-type"] == "application/json"
    assert came.headers["host"] == server.url.removeprefix("http://")
    assert "expect" not in came.headers


async def arguments_of(command: str) -> list[str]:
    """What a shell would start curl with."""
    code, out = await sent_by('curl() { printf "%s\\0" "$@"; }\n' + command)
    assert code == 0
    return out.decode().split("\0")[:-1]


@pytest.mark.parametrize("body", [body for body in BODIES.values() if len(body) < ARGUMENT_BYTES_MAX])
async def test_a_shell_takes_the_words_as_they_are(body: str) -> None:
    command = curl_command(replace(REQUEST, body=body))
    assert command is not None

    arguments = await arguments_of(command)

    assert arguments[arguments.index("--data-raw") + 1] == body
    assert f"x-api-key: {KEY}" in arguments


async def test_a_bearer_is_put_in_as_well() -> None:
    command = curl_command(replace(REQUEST, headers=(("authorization", f"Bearer {HIDDEN_KEY}"),)))
    assert command is not None

    assert f"authorization: Bearer {KEY}" in await arguments_of(command)


async def test_in_a_body_or_another_header_the_name_of_the_key_stays_a_word() -> None:
    command = curl_command(replace(REQUEST, body=f"what is {HIDDEN_KEY}", headers=(("x-note", HIDDEN_KEY),)))
    assert command is not None

    arguments = await arguments_of(command)

    assert f"what is {HIDDEN_KEY}" in arguments
    assert f"x-note: {HIDDEN_KEY}" in arguments
    assert not any(KEY in argument for argument in arguments)


async def test_what_is_hidden_is_left_out() -> None:
    headers = (("Cookie", "(hidden)"), ("proxy-authorization", "(hidden)"), ("accept", "*/*"))

    command = curl_command(replace(REQUEST, headers=headers))

    assert command is not None
    assert "hidden" not in command


def test_without_a_body_there_is_no_command() -> None:
    assert curl_command(replace(REQUEST, body=None)) is None


async def test_a_command_without_its_files_says_so_and_is_still_one() -> None:
    request = replace(REQUEST, body='{"data":"<base64, 1,234,567 characters>"}', is_shortened=True)
    command = curl_command(request)
    assert command is not None

    assert command.startswith(f": '{LEFT_OUT}'\ncurl ")
    arguments = await arguments_of(command)
    assert arguments[arguments.index("--data-raw") + 1] == request.body
    assert curl_command(replace(request, is_shortened=False)) == command.partition("\n")[2]
    long = curl_command(replace(request, body="x" * (ARGUMENT_BYTES_MAX + 1)))
    assert long is not None
    assert long.startswith(": ")
