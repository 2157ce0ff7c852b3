"""The incremental splitter gives the same blocks as parsing the whole text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_chat.ui.transcript.markdown.blocks import Code, Leaf
from desktop_chat.ui.transcript.markdown.splitter import Splitter
from tests.ui.transcript.markdown.splitting import split, whole

PIECES = st.sampled_from(
    [
        "# ", "## h", "foo", "bar baz", "*", "**", "_", "`", "```", "~~~", "````", "```py", " ", "  ", "    ", "\t",
        "\n", "\n\n", "\n\n", "- ", "* ", "1. ", "2) ", "> ", ">", "---", "***", "===", "|", "a|b", "-|-",
        "| - | :-: |",
        "[", "]", "[foo]", "[foo]: /url", "[bar]: <b> 'ti", "tle'", '"tit\nle"', "(http://x.y)", "![i](j)",
        "[^1]",
        "[^1]: note", "[^n]", "[^n]: other", "<div>", "</div>", "<b>", "<!--", "-->", "~~s~~",
        "$x$", "$$y$$", "$5", "$", "$$", "$5-$6", "x^2", "{", "}", "\n$$\nz\n$$\n", "$$\n", "\n$$", "+ a\n",
        "\\(", "\\)", "\\[", "\\]", "\\(a_1*b\\)", "\\[c\\]", "\\[\nw\n\\]\n",
        "- [ ] t", "- [x] d", "\\", "&amp;", "é", "日本", "🙂", "\r\n", "\r", "\x00", "http://a.b/c", "x" * 20,
        "```py\ncode\n```\n", "~~~\n", "```\n", "\n```\n", "| a | b |\n|---|--:|\n| 1 | 2 |\n", "* a\n\n  b\n",
        "[^1]: a\n\n    b\n", "# h\n", "text\n===\n", "[foo]: /a\n", "[foo]: /a 'x\n", "    code\n", "> q\nlazy\n",
    ]
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.lists(st.integers(0, 200), max_size=30))
def test_blocks_that_grew_equal_blocks_of_the_whole_text(text: str, cuts: list[int]) -> None:
    assert split(text, cuts) == whole(text)


TRICKY = {
    "a dash that makes no heading": "foo\n- bar\n",
    "stars that make no rule": "foo\n***bar***\n",
    "three backticks in a line": "foo\n```x``` bar\n",
    "a table after a line": "foo\na|b\n-|-\n1|2\n\nend",
    "a definition below its use": "See [a] and [b].\n\n# Next\n\n[a]: /x\n[b]: /y 'two\nlines'\n",
    "a use with blanks in its brackets": "See [\nfoo\tbar ].\n\n```\n[foo bar]\n```\n\n[Foo Bar]: /x\n",
    "a footnote below its use": "See[^n].\n\n- item[^n]\n\n[^n]: Note\n\n    more\n\nend",
    "a list that becomes loose": "- a\n- b\n\n- c\n",
    "an empty item": "-\n- b\n",
    "an open fence": "```py\nx = 1\n\n\n",
    "a fence in a fence": "````\n```\nx\n```\n````\n",
    "a fence with a shorter end": "~~~~ a b\nx\n~~~\n~~~~\nend",
    "two fences": "```\na\n```\n```\nb\n```\n",
    "an indented fence": "  ```\n  a\n   b\n  ```\n",
    "carriage returns": "a\r\n\r\n```\r\nb\r\n```\r\nc\rd",
    "html": "<div>\n\n*a*\n\n</div>\n\n<!-- \n\n -->\n",
    "maths and prices": "$x_1$ costs $5 and $6\n\n$$\na\n$$\n",
    "a list in a quote": "> - a\n>   - b\n> c\nlazy\n\n> d\n",
    "emoji and scripts": "🙂 `👩‍👩‍👧` مرحبا 日本\n\n- 🙂\n",
}


@pytest.mark.parametrize("text", TRICKY.values(), ids=TRICKY.keys())
def test_tricky_texts_grow_letter_by_letter(text: str) -> None:
    assert split(text, list(range(len(text)))) == whole(text)


def test_halves_of_characters_are_joined() -> None:
    splitter = Splitter()
    for piece in ("\ud83d", "a ", "\ud83d", "\ude42 b\r", "\ud83d"):
        splitter.append(piece)
    splitter.finish()
    assert splitter.source == "\ufffda 🙂 b\n\ufffd"


def test_an_open_fence_only_adds_lines() -> None:
    splitter = Splitter()
    splitter.append("Text.\n\n```python\n")
    frozen = splitter.taken_changes()
    splitter.append("x = 1\n")
    start, blocks = splitter.taken_changes()
    assert frozen[0] == 0
    assert start == 1
    assert blocks == [(Leaf(Code("python", "x = 1\n")),)]


def test_a_finished_block_is_not_parsed_again() -> None:
    splitter = Splitter()
    splitter.append("# One\n\nTwo.\n\nThree\n")
    splitter.taken_changes()
    before = splitter.blocks[:2]
    splitter.append(" goes on.\n\nFour")
    start, _ = splitter.taken_changes()
    assert start == 2
    assert all(now is then for now, then in zip(splitter.blocks, before, strict=False))
