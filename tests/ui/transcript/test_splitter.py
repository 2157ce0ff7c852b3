"""The incremental splitter gives the same blocks as parsing the whole text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_chat.ui.transcript.blocks import Leaf
from desktop_chat.ui.transcript.markdown import definitions_in, parse
from desktop_chat.ui.transcript.splitter import Splitter

PIECES = st.sampled_from(
    [
        "# ", "## h", "foo", "bar baz", "*", "**", "_", "`", "```", "~~~", "````", "```py", " ", "  ", "    ", "\t",
        "\n", "\n\n", "\n\n", "- ", "* ", "1. ", "2) ", "> ", ">", "---", "***", "===", "|", "a|b", "-|-",
        "| - | :-: |",
        "[", "]", "[foo]", "[foo]: /url", "[bar]: <b> 'ti", "tle'", '"tit\nle"', "(http://x.y)", "![i](j)",
        "[^1]",
        "[^1]: note", "[^n]", "[^n]: other", "<div>", "</div>", "<b>", "<!--", "-->", "$x$", "$$y$$", "$5", "~~s~~",
        "- [ ] t", "- [x] d", "\\", "&amp;", "é", "日本", "🙂", "\r\n", "\r", "\x00", "http://a.b/c", "x" * 20,
        "```py\ncode\n```\n", "~~~\n", "```\n", "\n```\n", "| a | b |\n|---|--:|\n| 1 | 2 |\n", "* a\n\n  b\n",
        "[^1]: a\n\n    b\n", "# h\n", "text\n===\n", "[foo]: /a\n", "[foo]: /a 'x\n", "    code\n", "> q\nlazy\n",
    ]
)  # fmt: skip


def whole(text: str) -> list[Leaf]:
    text = text.replace("\x00", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")
    return [leaf for block in parse(text, definitions_in(text)) for leaf in block.leaves]


def split(text: str, cuts: list[int]) -> list[Leaf]:
    splitter = Splitter()
    shown: list[tuple[Leaf, ...]] = []
    at = 0
    for cut in [*sorted(min(cut, len(text)) for cut in cuts), len(text)]:
        splitter.append(text[at:cut])
        start, blocks = splitter.taken_changes()
        shown[start:] = blocks
        at = cut
    splitter.finish()
    start, blocks = splitter.taken_changes()
    shown[start:] = blocks
    assert shown == splitter.blocks
    return [leaf for block in shown for leaf in block]


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.lists(st.integers(0, 200), max_size=30))
def test_blocks_that_grew_equal_blocks_of_the_whole_text(text: str, cuts: list[int]) -> None:
    assert split(text, cuts) == whole(text)
