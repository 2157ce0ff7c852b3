"""Where sentences end: what a screen reader may say while more text is on its way."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.ui.transcript.accessible.sentences import sentence_ends


def sentences(text: str, is_over: bool = True) -> list[str]:
    """The finished sentences of a text, and what is left at its end, without the blanks around them."""
    ends = [0, *sentence_ends(text), *([len(text)] if is_over else [])]
    found = (text[start:end].strip() for start, end in pairwise(ends))
    return [sentence for sentence in found if sentence]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("See e.g. this, i.e. that, cf. p. 5. Next.", ["See e.g. this, i.e. that, cf. p. 5.", "Next."]),
        (
            "Dr. Who met Mrs. Hall vs. Mr. J. R. Smith. Then home.",
            ["Dr. Who met Mrs. Hall vs. Mr. J. R. Smith.", "Then home."],
        ),
        ("It costs 3.50 or v1.2.3 in file.txt. Fine.", ["It costs 3.50 or v1.2.3 in file.txt.", "Fine."]),
        ("“Stop!” he said. (Really?) Yes.", ["“Stop!” he said.", "(Really?)", "Yes."]),
        ("Wait … what? And ... then. Done.", ["Wait … what?", "And ... then.", "Done."]),
        ("1. First item", ["1. First item"]),
        ("z.B. heute, d.h. jetzt. Danach.", ["z.B. heute, d.h. jetzt.", "Danach."]),
        ("In the U.S. Army. At 5 p.m. tea.", ["In the U.S. Army.", "At 5 p.m. tea."]),
        ("你好。今天很好！「真的？」是的", ["你好。", "今天很好！", "「真的？」", "是的"]),
        ("これはペンです。それは？", ["これはペンです。", "それは？"]),
        ("هل هذا صحيح؟ نعم.", ["هل هذا صحيح؟", "نعم."]),
        ("A line\nanother line", ["A line", "another line"]),
        ("In 2024. Next year.", ["In 2024.", "Next year."]),
        ("", []),
        ("   \n ", []),
    ],
)
def test_a_whole_text_is_cut_at_its_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Half a sen", []),
        ("Over.", []),
        ("Over. ", []),
        ("Over. N", ["Over."]),
        ("It costs 3.", []),
        ("It costs 3. ", []),
        ("Hello Dr. W", []),
        ("你好。今", ["你好。"]),
        ("你好。", []),
        ("「你好。」", []),
        ("「你好。」他", ["「你好。」"]),
        ("A line\n", ["A line"]),
        ("Really? N", ["Really?"]),
    ],
)
def test_while_more_comes_only_what_is_surely_over_counts(text: str, expected: list[str]) -> None:
    assert sentences(text, is_over=False) == expected


def test_a_text_without_an_end_is_said_in_pieces() -> None:
    said = sentences("word " * 400, is_over=False)
    assert len(said) >= 3
    assert all(len(piece) <= 500 and piece.endswith("word") for piece in said)
    assert [len(piece) for piece in sentences("x" * 1_200)] == [500, 500, 200]


_TEXT = st.text(alphabet="ab A.!?。 \n13", max_size=200)


@given(_TEXT)
def test_nothing_is_lost_and_nothing_said_twice(text: str) -> None:
    ends = list(sentence_ends(text))
    assert ends == sorted(set(ends))
    assert all(0 < end <= len(text) for end in ends)


@given(_TEXT, st.text(alphabet="ab A.!?。 \n13", max_size=50))
def test_what_was_over_stays_over_when_more_comes(text: str, more: str) -> None:
    before = list(sentence_ends(text))
    assert list(sentence_ends(text + more))[: len(before)] == before
