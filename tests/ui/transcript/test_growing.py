"""A reply that grows, whatever it holds and however it is cut: it never gets lower, and what is finished stays."""

from __future__ import annotations

import random

import pytest

from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.markdown.blocks import Leaf
from desktop_chat.ui.transcript.messages.leaf_parts import kept_part
from desktop_chat.ui.transcript.messages.text_section import TextSection
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.part import Part
from tests.bench.corpus import long_fence, reply_text
from tests.ui.transcript.stage import Stage

PIECE_CHARACTERS = 40


def parts_of(stage: Stage) -> list[Part]:
    return list(stage.view._page.rows.item(1).stack.parts)


def pieces(text: str, seed: int) -> list[str]:
    dice, made, at = random.Random(seed), list[str](), 0
    while at < len(text):
        made.append(text[at : at + dice.randint(1, PIECE_CHARACTERS)])
        at += len(made[-1])
    return made


@pytest.mark.parametrize("seed", range(4))
def test_a_reply_never_gets_lower_while_it_streams(stage: Stage, seed: int) -> None:
    begun, heights = stage.begin(), [0.0]
    for piece in pieces(reply_text(5_000, seed), seed):
        stage.stream(begun, piece)
        heights.append(stage.view._page.rows.total)
    assert heights == sorted(heights)


def test_items_above_the_one_that_grows_are_compared_with_what_they_were_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, compared = stage.begin("- one\n- two\n"), list[Part | None]()
    stage.stream(begun, "- three")

    def noted(part: Part | None, leaf: Leaf) -> LeafPart | None:
        compared.append(part)
        return kept_part(part, leaf)

    monkeypatch.setattr(f"{TextSection.__module__}.kept_part", noted)
    stage.stream(begun, " more")
    stage.stream(begun, " words")
    assert compared == [parts_of(stage)[-1]] * 2


@pytest.mark.parametrize("seed", range(4))
def test_parts_above_the_open_block_stay_the_same_objects(stage: Stage, seed: int) -> None:
    begun, text = stage.begin(), ""
    for piece in pieces(reply_text(5_000, seed), seed):
        # What a definition of a note says further up may be made anew when it comes.
        before = parts_of(stage) if "[^" not in text + piece else []
        blocks = text.count("\n\n")
        stage.stream(begun, piece)
        text += piece
        if blocks < 2:
            continue
        # A block may hold some parts, a nested list say; all of those that were closed by an empty line are left.
        open_from = text[: -len(piece)].rfind("\n\n")
        closed = len(before) - 2 - text[open_from:].count("\n")
        assert all(now is then for now, then in zip(parts_of(stage), before[: max(0, closed)], strict=False))


def test_an_open_fence_stays_one_part_that_only_gets_more_lines(stage: Stage) -> None:
    text = long_fence(60)
    begun = stage.begin(text[:300])
    part = stage.part(CodePart).part
    assert isinstance(part, CodePart)
    for at in range(300, len(text) - 10, 40):
        lines = list(part._body.text.lines)
        stage.stream(begun, text[at : at + 40])
        assert stage.part(CodePart).part is part
        assert all(now is then for now, then in zip(part._body.text.lines, lines[:-1], strict=False))
