"""The benchmarks measure what they say they do: the corpus has the proportions of a model's replies."""

from __future__ import annotations

import pytest

from desktop_chat.core.messages import Role
from desktop_chat.ui.transcript.markdown.blocks import Code, Frame, Heading, Leaf, Mark, Paragraph, Table
from desktop_chat.ui.transcript.markdown.parser import definitions_in, parse
from tests.bench.corpus import blocks, chunks, conversation, long_fence, long_table, paragraph, reply_text

_MARKS = (Mark.BOLD, Mark.ITALIC, Mark.STRIKE, Mark.CODE, Mark.MATHS)
"""All but those of citations, and of formulas that could not be drawn."""


@pytest.fixture(scope="module")
def text() -> str:
    return reply_text(100_000)


@pytest.fixture(scope="module")
def leaves(text: str) -> list[Leaf]:
    return [leaf for block in parse(text, definitions_in(text)) for leaf in block.leaves]


@pytest.mark.parametrize("size_bytes", [10_000, 100_000, 1_000_000])
def test_a_reply_has_its_size_and_ends_with_a_block(size_bytes: int) -> None:
    assert size_bytes <= len(reply_text(size_bytes).encode()) < size_bytes + 3_000


def test_the_same_seed_gives_the_same_text(text: str) -> None:
    assert reply_text(100_000) == text
    assert reply_text(100_000, seed=2) != text


@pytest.mark.parametrize("seed", range(5))
def test_prose_is_two_fifths_and_code_blocks_are_forty_per_100_kb(seed: int) -> None:
    made = list(blocks(100_000, seed))
    code = [block for block in made if block.startswith("```")]
    assert 36 <= len(code) <= 44
    prose = sum(len(block.encode()) for block in made if block[0].isalpha() and "[^" not in block)
    assert 0.35 < prose / 100_000 < 0.45


def test_everything_an_answer_holds_is_there(text: str, leaves: list[Leaf]) -> None:
    contents = [leaf.content for leaf in leaves]
    spans = [span for content in contents if isinstance(content, Paragraph) for span in content.spans]
    assert sum(isinstance(content, Table) for content in contents) >= 4
    assert sum(isinstance(content, Heading) for content in contents) > 10
    assert len({content.language for content in contents if isinstance(content, Code)}) > 6
    assert {"•", "◦", "1.", "☐", "☑"} <= {leaf.marker for leaf in leaves}
    assert {frame for leaf in leaves for frame in leaf.frames} == set(Frame)
    assert all(any(span.marks & mark for span in spans) for mark in _MARKS)
    assert any(span.href for span in spans)
    assert "$$\n" in text
    assert "\\[" in text
    assert any("\u4e00" <= character <= "\u9fff" for character in text)
    assert any(character > "\uffff" for character in text)


def test_chunks_are_the_text_in_tokens(text: str) -> None:
    pieces = list(chunks(text))
    assert "".join(pieces) == text
    assert {len(piece) for piece in pieces[:-1]} == set(range(1, 9))


def test_a_conversation_is_one_path_of_questions_and_replies() -> None:
    messages = conversation(1_000)
    assert [message.parent_id for message in messages[1:]] == [message.id for message in messages[:-1]]
    assert [message.id for message in messages] == sorted(message.id for message in messages)
    assert {message.role for message in messages[::2]} == {Role.USER}
    assert all(200 <= len(message.text) <= 3_000 for message in messages)
    assert 1_400 < sum(len(message.text) for message in messages) / 1_000 < 1_800
    assert conversation(50)[:10] == conversation(10)


def test_long_blocks_are_one_block_each() -> None:
    for made in (long_fence(5_000), long_table(500), paragraph(20_000)):
        assert len(parse(made)) == 1
    fence = parse(long_fence(5_000))[0].leaves[0].content
    table = parse(long_table(500))[0].leaves[0].content
    assert isinstance(fence, Code)
    assert isinstance(table, Table)
    assert fence.text.count("\n") == 5_000
    assert len(table.rows) == 500
