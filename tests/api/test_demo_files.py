"""Files sent to the demo server, by the official SDK: what arrives is told, what cannot be one is refused."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic

from desktop_chat.api.demo_files import IMAGE_TOKENS_MAX
from desktop_chat.api.demo_record import RecordedRequest
from desktop_chat.api.demo_server import DemoServer
from tests.helpers.file_samples import PDF, gif, image_block, jpeg, pdf_block, png, text_block, webp
from tests.helpers.official_sdk import sdk

SONNET = "claude-sonnet-5-5"
WHY: dict[str, Any] = {"type": "text", "text": "What is this?"}


def question(*blocks: dict[str, Any]) -> list[Any]:
    return [{"role": "user", "content": list(blocks)}]


@pytest.fixture
def client(demo_server: DemoServer) -> Iterator[Anthropic]:
    with sdk(demo_server) as client:
        yield client


def answer_to(client: Anthropic, messages: list[Any]) -> str:
    with client.messages.stream(model=SONNET, max_tokens=4_000, messages=messages) as stream:
        return "".join(stream.text_stream)


def refusal(client: Anthropic, *blocks: dict[str, Any]) -> str:
    with pytest.raises(anthropic.BadRequestError) as caught:
        client.messages.create(model=SONNET, max_tokens=4_000, messages=question(*blocks))
    assert caught.value.type == "invalid_request_error"
    assert isinstance(caught.value.body, dict)
    return str(caught.value.body["error"]["message"])


# --- what arrives


def test_the_answer_says_what_has_come(client: Anthropic) -> None:
    blocks = [image_block(png(size_bytes=12_345)), pdf_block(PDF.ljust(1_500_000)), text_block("Grüße"), WHY]
    text = answer_to(client, question(*blocks))
    assert "You sent a picture of 640×480 (PNG, 12.3 kB), paper.pdf (1.5 MB) and notes.txt (7 bytes)." in text


def test_a_question_of_files_alone_is_answered(client: Anthropic) -> None:
    text = answer_to(client, question(image_block()))
    assert "You sent a picture of 640×480" in text
    assert "You asked" not in text


def test_without_files_nothing_is_said_of_them(client: Anthropic) -> None:
    assert "You sent" not in answer_to(client, question(WHY))


def test_files_of_an_earlier_question_are_not_told_again(client: Anthropic) -> None:
    earlier = question(image_block(), WHY)
    messages = [*earlier, {"role": "assistant", "content": "A picture."}, *question({"type": "text", "text": "hello"})]
    assert "You sent" not in answer_to(client, messages)


@pytest.mark.parametrize(
    ("file", "media_type", "kind"),
    [
        (png(30, 41), "image/png", "PNG"),
        (jpeg(30, 41), "image/jpeg", "JPEG"),
        (gif(30, 41), "image/gif", "GIF"),
        (webp(30, 41, b"VP8X"), "image/webp", "WebP"),
        (webp(30, 41, b"VP8L"), "image/webp", "WebP"),
        (webp(30, 41, b"VP8 "), "image/webp", "WebP"),
    ],
)
def test_the_size_of_every_kind_of_picture_is_known(client: Anthropic, file: bytes, media_type: str, kind: str) -> None:
    assert f"a picture of 30×41 ({kind}, " in answer_to(client, question(image_block(file, media_type)))


def test_a_name_is_no_markdown(client: Anthropic) -> None:
    text = answer_to(client, question(text_block(title="a *b* [c](http://x) `d`\n# e")))
    assert "You sent a \\*b\\* \\[c\\]\\(http\\:\\/\\/x\\) \\`d\\` \\# e (12 bytes)." in text


def test_files_from_elsewhere_are_taken(client: Anthropic) -> None:
    picture = {"type": "image", "source": {"type": "url", "url": "https://x.example/a.png"}}
    document = {"type": "document", "source": {"type": "file", "file_id": "file_1"}, "title": "a.pdf"}
    assert "You sent a picture from elsewhere and a.pdf." in answer_to(client, question(picture, document, WHY))


def test_an_answer_about_files_that_was_cut_goes_on_where_it_stopped(client: Anthropic) -> None:
    asked = question(image_block(), text_block(), WHY)
    whole = answer_to(client, asked)
    begun = whole[: whole.index("of 640×480")].rstrip()
    wish = {"type": "text", "text": f"You were cut off. Go on.\n<<<<<<<<\n{begun[-300:]}\n>>>>>>>>\n"}
    messages = [*asked, {"role": "assistant", "content": begun}, *question(wish)]
    assert begun + answer_to(client, messages) == whole


def test_what_the_client_says_of_a_file_is_not_believed() -> None:
    source = {"type": "url", "url": "https://x.example", "seen": {"size": "huge", "size_bytes": []}}
    with DemoServer() as server, sdk(server) as client:
        assert client.messages.count_tokens(model=SONNET, messages=question({"type": "image", "source": source}))


# --- what it costs


@pytest.mark.parametrize(("width", "height"), [(28, 28), (640, 480), (29, 1)])
def test_a_picture_costs_by_its_size(client: Anthropic, width: int, height: int) -> None:
    def tokens(*blocks: dict[str, Any]) -> int:
        return client.messages.count_tokens(model=SONNET, messages=question(*blocks)).input_tokens

    cost = tokens(image_block(png(width, height)), WHY) - tokens(WHY)
    assert cost == math.ceil(width / 28) * math.ceil(height / 28)


def test_a_large_picture_costs_no_more_than_a_smaller_one(client: Anthropic) -> None:
    counted = client.messages.count_tokens(model=SONNET, messages=question(image_block(gif(8_000, 8_000), "image/gif")))
    assert IMAGE_TOKENS_MAX <= counted.input_tokens <= IMAGE_TOKENS_MAX + 10


# --- what is refused


def changed(block: dict[str, Any], **source: Any) -> dict[str, Any]:
    """A block with another source; None leaves a field out."""
    fields = {**block["source"], **source}
    return {**block, "source": {name: value for name, value in fields.items() if value is not None}}


BAD = {
    "no source": ({"type": "image"}, "image.source: Field required"),
    "an unknown source": (changed(image_block(), type="path"), "Input tag 'path' found using 'type'"),
    "text as a picture": (changed(image_block(), type="text"), "Input tag 'text' found using 'type'"),
    "no data": (changed(image_block(), data=None), "image.source.base64.data: Field required"),
    "data that is no text": (changed(image_block(), data=5), "data: Input should be a valid string"),
    "nothing in it": (image_block(b""), "image.source.base64: image cannot be empty"),
    "an empty text": (text_block(""), "document cannot be empty"),
    "a kind that is none": (
        changed(image_block(), media_type="image/bmp"),
        "media_type: Input should be 'image/png', ",
    ),
    "a PDF as a picture": (changed(image_block(), media_type="application/pdf"), "'image/gif' or 'image/webp'"),
    "a picture as a PDF": (changed(pdf_block(), media_type="image/png"), "Input should be 'application/pdf'"),
    "no base64": (changed(image_block(), data="****" + image_block()["source"]["data"]), "Invalid base64 data"),
    "base64 without its end": (changed(image_block(), data="Zm9vY"), "Invalid base64 data"),
    "base64 that ends twice": (
        changed(image_block(), data=b64encode(png()[:1].ljust(49_151)).decode() + "Zm9v"),
        "Invalid base64 data",
    ),
    "another kind than it says": (image_block(jpeg()), "Image does not match the provided media type image/png"),
    "no picture": (image_block(b"What is this?"), "Could not process image"),
    "half a head": (image_block(png()[:15]), "Could not process image"),
    "no PDF": (pdf_block(png()), "The PDF specified was not valid"),
    "too many pixels": (image_block(gif(8_001, 5), "image/gif"), "image dimensions exceed max allowed size: 8000"),
    "too many bytes": (image_block(gif() + bytes(8_000_000), "image/gif"), "image exceeds 10 MB maximum: 106666"),
    "a title that is none": ({**text_block(), "title": 7}, "document.title: Input should be a valid string"),
    "a text of another kind": (changed(text_block(), media_type="text/html"), "Input should be 'text/plain'"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_a_file_is_refused(client: Anthropic, name: str) -> None:
    block, words = BAD[name]
    assert words in refusal(client, WHY, block)


def test_files_in_the_answer_of_a_tool_are_checked_as_well(client: Anthropic) -> None:
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [image_block(b"")]}
    call = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}
    messages = [*question(WHY), {"role": "assistant", "content": [call]}, *question(result)]
    with pytest.raises(anthropic.BadRequestError, match=r"tool_result\.content\.0\.image.*cannot be empty"):
        client.messages.create(model=SONNET, max_tokens=4_000, messages=messages)


def test_a_request_of_too_many_files_is_too_large(client: Anthropic) -> None:
    blocks = [image_block(png(size_bytes=7_000_000))] * 4
    with pytest.raises(anthropic.APIStatusError) as caught:
        client.messages.create(model=SONNET, max_tokens=4_000, messages=question(*blocks))
    assert (caught.value.status_code, caught.value.type) == (413, "request_too_large")


def test_of_large_requests_only_the_last_few_are_kept(demo_server: DemoServer) -> None:
    for _ in range(5):
        demo_server.record(RecordedRequest(0.0, "POST", "/v1/messages", {}, bytes(20_000_000)))
    assert len(demo_server.requests) == 3
