"""The examples of the CommonMark specification, and of GitHub's additions to it, grow like any other text."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.transcript.markdown.splitting import split, whole

SPEC: Final = Path(__file__).parents[3] / "data" / "commonmark_spec.json"
COMMONMARK: Final[list[str]] = json.loads(SPEC.read_text(encoding="utf-8"))["examples"]
GITHUB: Final = [
    "| foo | bar |\n| --- | --- |\n| baz | bim |\n",
    "| abc | defghi |\n:-: | -----------:\nbar | baz\n",
    "| f\\|oo |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |\n",
    "| abc | def |\n| --- | --- |\n| bar | baz |\n> bar\n",
    "| abc | def |\n| --- | --- |\n| bar | baz |\nbar\n\nbar\n",
    "| abc | def |\n| --- |\n| bar |\n",
    "| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |\n",
    "| abc | def |\n| --- | --- |\n",
    "| a |\n|---|\n| b |\n\n| c |\n|---|\n",
    "> | a | b |\n> |---|---|\n> | 1 | 2 |\n\nend\n",
    "- | a | b |\n  |---|---|\n  | 1 | 2 |\n- end\n",
    "text | no table\ntext\n--- | ---\na | b\n",
    "- [ ] foo\n- [x] bar\n",
    "- [x] foo\n  - [ ] bar\n  - [x] baz\n- [ ] bim\n",
    "- [x]no box\n- [y] none either\n1. [ ] numbered\n",
    "~~Hi~~ Hello, ~there~ world!\n\nThis ~~has a\n\nnew paragraph~~.\n",
    "~~~\nfence, no strike\n~~~\n~~strike~~\n",
    "www.commonmark.org/help http://commonmark.org/a+b(c) https://e.org/x?y=z&a=b.\n",
    "Note[^1] and [^two].\n\n[^1]: One.\n[^two]: Two\n    goes on.\n\n    > quoted\n\nend\n",
    "[^1]: Before its use.\n\nUse[^1] twice[^1], [^none].\n",
    "[^One]: In capitals.\n\nUse[^one].\n\nAnd[^ONE].\n",
]
SETTINGS: Final = settings(max_examples=150, deadline=None)
EXAMPLES: Final = st.sampled_from(COMMONMARK + GITHUB)


@pytest.mark.parametrize("number", range(0, len(COMMONMARK), 50))
def test_every_example_of_commonmark_grows_to_the_same_blocks(number: int) -> None:
    for text in COMMONMARK[number : number + 50]:
        assert split(text, list(range(len(text)))) == whole(text), text


@pytest.mark.parametrize("text", GITHUB)
def test_every_example_of_github_grows_to_the_same_blocks(text: str) -> None:
    assert split(text, list(range(len(text)))) == whole(text)
    assert split(text, []) == whole(text)


@pytest.mark.parametrize("above", ["- foo\n\n", "- foo\n\n\n  bar\n![foo][bar]\n\n", "> foo\n\n", "foo\n\n", ""])
@pytest.mark.parametrize("definition", ["[bar]: /url\n", "[bar]:\n/url\n'title'\n"])
def test_a_line_below_a_definition_is_what_it_is_below_it(above: str, definition: str) -> None:
    text = f"{above}{definition}  10.  foo\n\n           bar\n"
    assert split(text, list(range(len(text)))) == whole(text)
    assert split(text, []) == whole(text)


@SETTINGS
@given(st.lists(EXAMPLES, min_size=2, max_size=8), st.sampled_from(["", "\n", "\n\n"]), st.integers(0, 2**32))
def test_examples_one_after_the_other_grow_to_the_same_blocks(texts: list[str], between: str, seed: int) -> None:
    text = between.join(texts)
    dice = random.Random(seed)
    assert split(text, [dice.randrange(len(text) + 1) for _ in range(dice.randrange(60))]) == whole(text)
