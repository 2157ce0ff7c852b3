"""Find in conversation: what is found, how it is counted, and where a visited hit stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from desktop_chat.core.events import BlockStarted, TextArrived
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.finding.find import Figures, Finder
from desktop_chat.ui.transcript.finding.folding import folded
from desktop_chat.ui.transcript.parts.part import Deed, Part
from desktop_chat.ui.transcript.parts.small_parts import ThinkingPart
from desktop_chat.ui.transcript.taking.selection import Position
from tests.helpers.samples import question, reply
from tests.ui.transcript.stage import LONG, Stage, answer

EVERY_BLOCK = """# A needle in a heading

Some prose with a **needle** and a *nee*dle, `needle` too, and [the needle](https://example.org/needle "needle").
A line that goes on: two
words.

- item needle
  1. nested needle
- [x] done needle

> quoted needle
> goes on

| head needle | b |
|---|--:|
| needle | `x needle` |

```needle
code = "needle"
snake_needle(1)
```

<div>needle</div>

Price $5 and $6, a footnote[^1] here. Not a \\*needle\\*.

[^1]: The needle of it.

***

Äpfel, naïve, STRASSE, Straße, İstanbul, 日本語の文章, 👩‍💻 needle.
"""


class Search:
    """A finder on a stage, and what a test asks of it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.finder: Finder = stage.view.finder

    def find(self, word: str, is_case_kept: bool = False) -> Figures:
        """Search a word and wait until all is counted and painted."""
        if not self.finder.is_open:
            self.finder.open(is_case_kept)
        self.finder.search(word, is_case_kept)
        self.settle()
        return self.finder.figures

    def step(self, step: int = 1) -> Figures:
        self.finder.step(step)
        self.settle()
        return self.finder.figures

    def settle(self) -> None:
        self.stage.wait_until(lambda: self.finder.is_settled, 20.0)
        self.stage.wait()

    def found_text(self) -> str:
        """The text of the hit the reader stands on, as laid out."""
        hit = self.finder.current
        assert hit is not None
        part = self.stage.view._page.rows.item(hit.row).stack.parts[hit.part]
        return part.plain(hit.start, hit.end)

    def walked(self, step: int = 1) -> list[str]:
        """The texts of all hits, one after the other, until the first comes again."""
        first = self.finder.current
        texts: list[str] = []
        while not texts or self.finder.current != first:
            texts.append(self.found_text())
            self.step(step)
        return texts

    def part(self) -> Part:
        hit = self.finder.current
        assert hit is not None
        return self.stage.view._page.rows.item(hit.row).stack.parts[hit.part]

    def top(self) -> float:
        """Where the current hit stands on the screen."""
        hit = self.finder.current
        assert hit is not None
        spot = next(spot for spot in self.stage.spots() if (spot.row, spot.index) == (hit.row, hit.part))
        return spot.top + spot.part.rects(hit.start, hit.end)[0].top()


@pytest.fixture
def search(stage: Stage) -> Iterator[Search]:
    made = Search(stage)
    yield made
    made.finder.close()


def _conversation(count: int, text: str = "Nothing of interest here.") -> list[Message]:
    return [question("c", text) if number % 2 == 0 else answer(text) for number in range(count)]


# --- what is found


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("needle", 18),
        ("NEEDLE", 18),
        ("a needle and a", 1),
        ("two words", 1),
        ("prose with a needle and", 1),
        ("needle too", 1),
        ("snake_needle", 1),
        ("*needle*", 1),
        ("example.org", 0),
        ("**", 0),
        ("```", 0),
        ("strasse", 2),
        ("straße", 2),
        ("istanbul", 1),
        ("naive", 0),
        ("nai\u0308ve", 1),
        ("本語", 1),
        ("footnote here", 1),
        ("<div>", 1),
        ("b needle", 0),
    ],
)
def test_what_can_be_seen_is_found(search: Search, word: str, count: int) -> None:
    search.stage.show(question("c", "Look."), answer(EVERY_BLOCK))
    figures = search.find(word)
    assert figures.count == count
    if count:
        assert len(search.walked()) == count


def test_every_hit_is_the_word(search: Search) -> None:
    search.stage.show(question("c", "A needle?"), answer(EVERY_BLOCK))
    search.find("needle")
    assert {text.strip().casefold() for text in search.walked()} == {"needle"}


def test_case_counts_when_it_is_asked_for(search: Search) -> None:
    search.stage.show(question("c", "Apple"), answer("An apple, an Apple, an APPLE."))
    assert search.find("Apple").count == 4
    assert search.find("Apple", is_case_kept=True).count == 2


def test_positions_stay_right_where_letters_get_longer(search: Search) -> None:
    search.stage.show(question("c", "İİ ßß 👩‍💻 straße ẞ end"), answer("Fine."))
    search.find("straße")
    assert search.found_text() == "straße"
    search.find("end")
    assert search.found_text() == "end"


@pytest.mark.parametrize(
    ("text", "word", "places"),
    [
        ("Straße", "SS", [(4, 5)]),
        ("Straße", "s", [(0, 1)]),
        ("cafe\u0301!", "café", [(0, 5)]),
        ("cafe\u0301", "e", []),
        ("İz", "iz", [(0, 2)]),
        ("ABAB", "ab", [(0, 2), (2, 4)]),
        ("don’t", "don't", [(0, 5)]),
    ],
)
def test_texts_are_compared_as_readers_do(text: str, word: str, places: list[tuple[int, int]]) -> None:
    assert list(folded(text).found(folded(word).text)) == places


# --- counting


def test_all_messages_are_counted_not_only_those_laid_out(search: Search) -> None:
    messages = _conversation(600)
    messages[3] = answer("A needle in the hay.")
    messages[301] = answer("Two needles: needle.")
    search.stage.show(*messages)
    assert search.find("needle").count == 3
    assert len(search.walked()) == 3
    assert search.stage.view._page.rows.built_count < 100


def test_nothing_found_is_told_as_such(search: Search) -> None:
    search.stage.show(*_conversation(4))
    assert search.find("needle") == Figures()
    assert search.step() == Figures()


def test_a_guess_that_cannot_be_shown_is_taken_back(search: Search) -> None:
    messages = _conversation(300)
    messages[5] = answer("Here is a needle.")
    messages[251] = answer("See [this](https://x.example/a_(needle)).")
    search.stage.show(*messages)
    assert search.find("needle") == Figures(1, 1)
    assert search.walked() == ["needle"]


def test_hits_are_counted_as_they_arrive(search: Search) -> None:
    stage = search.stage
    begun = stage.begin("One needle.")
    assert search.find("needle").count == 1
    stage.stream(begun, "\n\nAnother needle.")
    stage.qtbot.waitUntil(lambda: search.finder.figures.count == 2)
    stage.end(begun, "One needle.\n\nAnother needle.")
    ended = reply("c", None, "", status=MessageStatus.STREAMING, content=())
    stage.view.add_message(ended)
    stage.view.apply_event(ended.id, BlockStarted(0, {"type": "text", "text": ""}))
    stage.view.apply_event(ended.id, TextArrived(0, "A third needle."))
    stage.qtbot.waitUntil(lambda: search.finder.figures.count == 3)


def test_another_path_is_searched_anew(search: Search) -> None:
    messages = _conversation(6)
    search.stage.show(*messages)
    assert search.find("needle").count == 0
    search.stage.show(*messages[:-1], answer("A needle."))
    search.settle()
    assert search.finder.figures.count == 1


def test_a_text_too_long_for_one_frame_is_read_and_then_visited(search: Search) -> None:
    long = "\n\n".join(f"Paragraph {number} of a very long reply." for number in range(2_000))
    search.stage.show(question("c"), answer(f"{long}\n\nThe needle.\n\n{long}"), *_conversation(20))
    search.find("needle")
    assert search.found_text() == "needle"
    assert search.finder.figures == Figures(1, 1)


def test_a_walk_from_one_long_text_to_another_reads_both(search: Search) -> None:
    long = "\n\n".join(f"Paragraph {number} of a very long reply." for number in range(1_000))
    messages = [answer(f"{long}\n\nThe needle.\n\n{long}"), *_conversation(60), answer(f"{long}\n\nThe needle.")]
    search.stage.show(*messages)
    assert search.find("needle").number == 2
    # So far away that its layout is dropped.
    search.stage.view.verticalScrollBar().setValue(0)
    search.stage.wait()
    assert search.step() == Figures(1, 2, has_wrapped=True)
    assert search.found_text() == "needle"


# --- walking


def test_the_first_hit_is_the_next_one_below_the_top_of_the_screen(search: Search) -> None:
    messages = [answer(f"{LONG}\n\nneedle {number}") for number in range(6)]
    search.stage.show(*messages)
    search.stage.view.verticalScrollBar().setValue(search.stage.most // 2)
    search.stage.wait()
    assert search.find("needle").number == 4
    assert search.step().number == 5
    assert search.step(-1).number == 4


def test_walking_goes_round_and_tells(search: Search) -> None:
    search.stage.show(question("c", "needle one"), answer("needle two"))
    assert search.find("needle").number == 1
    assert search.step() == Figures(2, 2)
    assert search.step() == Figures(1, 2, has_wrapped=True)
    assert search.step(-1) == Figures(2, 2, has_wrapped=True)


def test_a_step_past_the_start_finds_a_reply_that_has_only_just_begun(search: Search) -> None:
    stage = search.stage
    stage.show(question("c", "needle one"))
    search.find("needle")
    begun = reply("c", None, "", status=MessageStatus.STREAMING, content=())
    stage.view.add_message(begun)
    stage.view.apply_event(begun.id, BlockStarted(0, {"type": "text", "text": ""}))
    stage.stream(begun, "needle two")
    assert search.step(-1).has_wrapped
    assert search.finder.current is not None
    assert search.finder.current.row == 1


def test_more_letters_keep_the_hit_they_fit(search: Search) -> None:
    search.stage.show(question("c", "needle t1, needle t2"), answer("needless"))
    search.find("needle")
    search.step()
    assert search.find("needle t") == Figures(2, 2)


def test_a_hit_off_the_screen_is_put_a_third_from_the_top(search: Search) -> None:
    messages = _conversation(200)
    messages[41] = answer(f"{LONG}\n\nThe needle.\n\n{LONG}")
    search.stage.show(*messages)
    search.find("needle")
    height = search.stage.view.viewport().height()
    assert abs(search.top() - height / 3) < 3


def test_a_hit_that_can_be_read_where_it_is_moves_nothing(search: Search) -> None:
    search.stage.show(*_conversation(40), answer(f"{LONG}\n\nThe needle.\n\nand\n\nmore\n\nto\n\nread"))
    before = search.stage.value
    search.find("needle")
    assert search.stage.value == before


def test_a_visited_hit_lets_go_of_the_end(search: Search) -> None:
    stage = search.stage
    begun = stage.begin(f"{LONG}\n\nThe needle.")
    search.find("needle")
    top = search.top()
    stage.stream(begun, f"\n\n{LONG}")
    assert search.top() == top


def test_closing_selects_the_hit(search: Search) -> None:
    search.stage.show(*_conversation(60), answer("**The** needle."))
    search.find("the needle")
    search.finder.close()
    search.stage.wait()
    assert search.stage.view.text_of_selection() == "The needle"
    assert search.finder.figures == Figures()


# --- folds and wide content


def test_a_folded_question_is_unfolded_for_its_hit(search: Search) -> None:
    text = "\n".join(f"line {number}" for number in range(400))
    search.stage.show(question("c", f"{text}\nneedle"), answer("Yes."))
    search.find("needle")
    search.step()
    assert search.found_text() == "needle"
    assert 0 < search.top() < search.stage.view.viewport().height()


def test_folded_code_is_unfolded_for_its_hit(search: Search) -> None:
    code = "\n".join(f"line_{number}()" for number in range(90))
    search.stage.show(question("c"), answer(f"```python\n{code}\nneedle()\n```\n\n{LONG}"))
    search.find("needle")
    search.step()
    part = search.part()
    assert isinstance(part, CodePart)
    assert not part.is_folded
    assert 0 < search.top() < search.stage.view.viewport().height()


def thought(thinking: str, text: str = "Fine.") -> Message:
    """A reply that was thought about."""
    return replace(answer(text), content=({"type": "thinking", "thinking": thinking}, {"type": "text", "text": text}))


def is_unfolded(search: Search) -> bool:
    """Whether the thinking on the screen is."""
    part = search.stage.part(ThinkingPart).part
    assert isinstance(part, ThinkingPart)
    return part.is_unfolded


def test_folded_thinking_is_unfolded_by_a_step_and_not_by_typing(search: Search) -> None:
    search.stage.show(question("c"), thought("I see a needle."))
    before = moved_from(search)
    for letters in ("n", "ne", "needle"):
        figures = search.find(letters)
        assert not is_unfolded(search)
    assert figures == Figures(0, 1, is_folded=True)
    assert moved_from(search) == before
    assert search.step() == Figures(1, 1)
    assert is_unfolded(search)
    assert search.found_text() == "needle"


def moved_from(search: Search) -> list[tuple[str, float]]:
    return [(spot.part.spoken, spot.top) for spot in search.stage.spots()]


def test_typing_goes_past_what_is_folded_to_what_can_be_seen(search: Search) -> None:
    search.stage.show(question("c"), thought("A needle. And a needle.", "No needle."))
    assert search.find("needle") == Figures(3, 3)
    assert not is_unfolded(search)
    assert search.step(-1) == Figures(2, 3)
    assert is_unfolded(search)


def test_what_follows_a_fold_in_another_message_is_found_by_typing(search: Search) -> None:
    search.stage.show(question("c"), thought("A needle."), question("c"), answer("A needle."))
    assert search.find("needle") == Figures(2, 2)


def test_a_walk_past_folds_ends_when_there_is_nothing_else_for_long(search: Search) -> None:
    search.stage.show(*(thought(f"Needle {number}.") for number in range(90)))
    assert search.find("needle") == Figures(0, 90, is_folded=True)
    assert search.stage.view._page.rows.built_count < 60


def test_closing_folds_again_what_a_step_unfolded(search: Search) -> None:
    search.stage.show(question("c"), thought("I see a needle."))
    search.find("needle")
    before = moved_from(search)
    search.step()
    search.finder.close()
    search.stage.wait()
    assert not is_unfolded(search)
    assert not search.stage.view.has_selection
    assert moved_from(search) == before


def test_closing_leaves_unfolded_what_the_reader_has_touched(search: Search) -> None:
    search.stage.show(question("c"), thought("I see a needle."))
    search.find("needle")
    search.step()
    search.stage.click(Deed.FOLD)
    search.stage.click(Deed.FOLD)
    search.finder.close()
    search.stage.wait()
    assert is_unfolded(search)
    assert search.stage.view.text_of_selection() == "needle"


def test_closing_leaves_folded_what_the_reader_has_folded_himself(search: Search) -> None:
    search.stage.show(question("c"), thought("I see a needle."))
    search.find("needle")
    search.step()
    search.stage.click(Deed.FOLD)
    search.finder.close()
    search.stage.wait()
    assert not is_unfolded(search)


def test_closing_leaves_unfolded_where_the_reader_has_selected(search: Search) -> None:
    search.stage.show(question("c"), thought("I see a needle."))
    search.find("needle")
    search.step()
    search.stage.view._selection.set(Position(1, 1, 0), Position(1, 1, 5))
    search.finder.close()
    search.stage.wait()
    assert is_unfolded(search)


def test_folding_again_far_above_moves_nothing(search: Search) -> None:
    thinking = "\n".join(f"Thought {number}." for number in range(60))
    search.stage.show(question("c"), thought(f"{thinking} needle", LONG), question("c"), answer(f"{LONG}\n\nneedle"))
    search.stage.key(Qt.Key.Key_Home)
    search.find("needle")
    search.step()
    assert is_unfolded(search)
    search.step()
    before = moved_from(search)
    search.finder.close()
    search.stage.wait()
    assert moved_from(search) == before


def test_folding_again_what_is_being_read_leads_to_its_line(search: Search) -> None:
    thinking = "\n".join(f"Thought {number}." for number in range(60))
    search.stage.show(question("c"), thought(f"{thinking} needle", LONG))
    search.stage.key(Qt.Key.Key_Home)
    search.find("needle")
    search.step()
    search.finder.close()
    search.stage.wait()
    assert 0 < search.stage.part(ThinkingPart).top < search.stage.view.viewport().height()


@pytest.mark.parametrize(
    "text",
    [
        f"```\n{'x' * 400} needle\n```",
        f"| {' | '.join('abcdefghijklmn')} |\n{'|---' * 14}|\n| {' | '.join(['wide cell'] * 13)} | needle |",
    ],
)
def test_wide_content_is_moved_to_its_hit(search: Search, text: str) -> None:
    search.stage.show(question("c"), answer(text))
    search.find("needle")
    hit = search.finder.current
    assert hit is not None
    spot = next(spot for spot in search.stage.spots() if spot.index == hit.part and spot.row == hit.row)
    place = spot.part.rects(hit.start, hit.end)[0]
    assert 0 < spot.left + place.left() < spot.left + place.right() < search.stage.view.viewport().width()


# --- marks


def test_all_hits_on_the_screen_are_marked_and_the_current_one_stronger(search: Search) -> None:
    search.stage.show(question("c", "needle"), answer("A needle, a `needle`."))
    search.find("needle")
    hit = search.finder.current
    marks = [search.finder.marked(spot, None) for spot in search.stage.spots()]
    found = [mark for mark in marks if mark is not None]
    assert sum(len(mark.hits) for mark in found) == 3
    assert hit is not None
    assert [mark.current for mark in found if mark.current] == [(hit.start, hit.end)]
    image = search.stage.view.viewport().grab().toImage()
    inks = search.stage.view._style.inks
    colors = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(0, image.height(), 3)}
    assert {inks.hit.name(), inks.hit_current.name()} <= colors


def test_the_scroll_bar_shows_where_the_hits_are(search: Search) -> None:
    messages = _conversation(400)
    messages[200] = question("c", "A needle.")
    search.stage.show(*messages)
    search.find("needle")
    marks = search.stage.view._scroll_marks
    search.stage.qtbot.waitUntil(lambda: marks.isVisible())
    assert len(marks.ticks) == 1
    assert abs(marks.ticks[0] / marks.height() - 0.5) < 0.02
    search.finder.close()
    assert not marks.isVisible()


def test_a_position_in_a_selection_is_where_the_search_begins(search: Search) -> None:
    search.stage.show(question("c", "needle needle"), answer("needle"))
    search.stage.view._selection.set(Position(0, 0, 7), Position(0, 0, 13))
    assert search.find("needle").number == 2
    assert search.finder.current is not None


def test_what_is_selected_in_one_line_can_be_searched(search: Search) -> None:
    search.stage.show(question("c", "one needle"), answer("- item two"))
    selection = search.stage.view._selection
    selection.set(Position(0, 0, 4), Position(0, 0, 10))
    assert search.finder.selected_line == "needle"
    part = next(spot.index for spot in search.stage.spots() if spot.part.plain(0, 100) == "• item two")
    selection.set(Position(1, part, 0), Position(1, part, 4))
    assert search.finder.selected_line == "item"
    selection.set(Position(0, 0, 4), Position(1, part, 4))
    assert search.finder.selected_line == ""
