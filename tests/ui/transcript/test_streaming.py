"""What streams in is painted as if it had been there from the beginning."""

from __future__ import annotations

import random
from dataclasses import replace

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.events import (
    BlockEnded,
    BlockStarted,
    CitationArrived,
    InputJsonArrived,
    TextArrived,
    ThinkingArrived,
)
from desktop_chat.core.messages import Message, MessageStatus, Timings
from desktop_chat.ui.transcript.parts.prose import ProsePart
from desktop_chat.ui.transcript.parts.small_parts import CardPart, ThinkingPart, WaitingPart
from desktop_chat.ui.transcript.tables.table import TablePart
from tests.helpers.samples import question, reply
from tests.ui.transcript.paint_watch import PaintWatch
from tests.ui.transcript.stage import LONG, Stage, answer

RICH = """# Title

Some *prose* with `code`, a [link](https://example.com) and a note[^1].

- one
- two
  1. nested

| a | b |
|---|--:|
| 1 | 2 |
| 3 | four |

```python
def f(x):
    return "text"
```

> quoted
>
> > twice

[^1]: The note.

Last words.
"""


def test_a_streamed_reply_looks_like_a_stored_one(stage: Stage) -> None:
    dice = random.Random(7)
    begun = stage.begin()
    at = 0
    while at < len(RICH):
        length = dice.randint(1, 30)
        stage.view.apply_event(begun.id, TextArrived(0, RICH[at : at + length]))
        at += length
        if dice.random() < 0.3:
            stage.wait()
    ended = stage.end(begun, RICH)
    asked = stage.view._page.rows[0].message
    streamed = stage.view.grab().toImage()
    stage.show(question("c", "Something else."))
    stage.show(asked, ended)
    assert stage.view.grab().toImage() == streamed


def test_what_is_on_the_screen_is_what_a_full_paint_gives(stage: Stage) -> None:
    begun = stage.begin()
    for at in range(0, len(RICH), 11):
        stage.stream(begun, RICH[at : at + 11])
        shown = stage.view.screen().grabWindow(stage.view.winId()).toImage()
        assert shown == stage.view.grab().toImage().convertToFormat(shown.format()), f"after {at} characters"


def test_the_height_never_shrinks_while_a_reply_streams(stage: Stage) -> None:
    begun = stage.begin()
    text = "a | b\n" + RICH + "\nfoo\n- bar\n" + RICH
    heights = [0.0]
    for at in range(0, len(text), 9):
        stage.stream(begun, text[at : at + 9])
        heights.append(stage.view._page.rows.total)
    assert heights == sorted(heights)


def test_parts_that_are_finished_are_kept(stage: Stage) -> None:
    begun = stage.begin(RICH)
    before = [spot.part for spot in stage.spots() if isinstance(spot.part, ProsePart)][:3]
    stage.stream(begun, "\n\nmore and more\n\n")
    ended = stage.end(begun, RICH + "\n\nmore and more\n\n")
    stack = stage.view._page.rows.item(1).stack
    assert all(part in stack.parts for part in before)
    assert ended.status is MessageStatus.COMPLETE


def test_a_table_grows_row_by_row(stage: Stage) -> None:
    begun = stage.begin("| a | b |\n|---|---|\n| 1 | 2 |\n")
    table = stage.part(TablePart).part
    stage.stream(begun, "| 3 | 4 |\n")
    assert stage.part(TablePart).part is table
    assert table.plain(0, table.length) == "a\tb\n1\t2\n3\t4"


def _stream_thinking(stage: Stage, *events: object) -> Message:
    stage.show(question("c"))
    begun = reply("c", None, "", status=MessageStatus.STREAMING, content=())
    stage.view.add_message(begun)
    for event in events:
        stage.view.apply_event(begun.id, event)  # type: ignore[arg-type]
    stage.wait()
    return begun


def test_thinking_is_live_and_folds_at_the_first_word(stage: Stage) -> None:
    begun = _stream_thinking(
        stage, BlockStarted(0, {"type": "thinking", "thinking": ""}), ThinkingArrived(0, "Let me see.\nFirst …")
    )
    live = stage.part(ThinkingPart).part
    assert live.plain(0, live.length) == "Let me see.\nFirst …"
    stage.view.apply_event(begun.id, TextArrived(1, "Well."))
    stage.wait()
    folded = stage.part(ThinkingPart).part
    assert folded.length == 0


def test_thinking_tells_how_long_it_took(stage: Stage) -> None:
    begun = _stream_thinking(stage, ThinkingArrived(0, "Hm."), TextArrived(1, "Well."))
    content = ({"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Well."})
    stage.view.end_message(
        replace(begun, status=MessageStatus.COMPLETE, content=content, timings=Timings(thinking_s=14.2))
    )
    stage.wait()
    part = stage.part(ThinkingPart).part
    assert isinstance(part, ThinkingPart)
    assert part.title == "▸ Thought for 14 s"


def test_a_tool_call_is_one_line_until_it_is_unfolded(stage: Stage) -> None:
    _stream_thinking(
        stage,
        BlockStarted(0, {"type": "tool_use", "id": "t", "name": "get_weather", "input": {}}),
        InputJsonArrived(0, '{"place": "Zürich"}'),
    )
    assert isinstance(stage.part(CardPart).part, CardPart)


def test_text_blocks_are_one_text_and_citations_raised_numbers_with_sources(stage: Stage) -> None:
    source = {"type": "web_search_result_location", "url": "https://example.org/a", "title": "Example"}
    _stream_thinking(
        stage,
        BlockStarted(0, {"type": "text", "text": ""}),
        TextArrived(0, "It rains"),
        CitationArrived(0, source),
        BlockEnded(0),
        BlockStarted(1, {"type": "text", "text": ""}),
        TextArrived(1, " in **Rome**."),
    )
    texts = [
        part.plain(0, part.length) for part in (spot.part for spot in stage.spots()) if isinstance(part, ProsePart)
    ]
    assert texts == ["It rains1 in Rome.", "1 Example"]


def test_two_sources_of_one_sentence_are_not_the_twelfth(stage: Stage) -> None:
    sources = [{"type": "web_search_result_location", "url": f"https://example.org/{at}"} for at in range(2)]
    content = (
        {"type": "text", "text": "It rains", "citations": sources},
        {"type": "text", "text": " and snows", "citations": sources[:1]},
    )
    stage.show(question("c"), answer("", content=content))
    words = stage.part(ProsePart).part
    text = words.plain(0, words.length)
    [beside] = words.rects(text.index("1"), text.index("2"))
    [alone] = words.rects(text.rindex("1"), text.rindex("1") + 1)
    assert beside.width() - alone.width() > 2.5


def test_stored_citations_look_like_streamed_ones(stage: Stage) -> None:
    source = {"type": "web_search_result_location", "url": "https://example.org/a", "title": "Example"}
    content = (
        {"type": "text", "text": "It rains", "citations": [source]},
        {"type": "text", "text": " in **Rome**."},
    )
    stage.show(question("c"), answer("", content=content))
    texts = [
        part.plain(0, part.length) for part in (spot.part for spot in stage.spots()) if isinstance(part, ProsePart)
    ]
    assert texts == ["It rains1 in Rome.", "1 Example"]


def test_waiting_is_told_where_the_reply_will_be(stage: Stage) -> None:
    stage.show(question("c"))
    stage.view.show_activity(Activity(Phase.CONNECTING))
    stage.qtbot.waitUntil(lambda: any(isinstance(spot.part, WaitingPart) for spot in stage.spots()))
    before = stage.part(WaitingPart)
    assert isinstance(before.part, WaitingPart)
    assert before.part.words == "Connecting…"
    stage.view.add_message(reply("c", None, "", status=MessageStatus.STREAMING, content=()))
    stage.wait()
    assert stage.part(WaitingPart).top == before.top


def test_a_stall_is_told_below_the_text(stage: Stage) -> None:
    stage.begin("Some text.")
    assert not any(isinstance(spot.part, WaitingPart) for spot in stage.spots())
    stage.view.show_activity(Activity(Phase.QUIET, quiet_s=24))
    stage.qtbot.waitUntil(lambda: any(isinstance(spot.part, WaitingPart) for spot in stage.spots()))
    part = stage.part(WaitingPart).part
    assert isinstance(part, WaitingPart)
    assert part.words == "Quiet for 24 s"
    stage.view.show_activity(Activity(Phase.QUIET, quiet_s=4))
    stage.qtbot.waitUntil(lambda: not any(isinstance(spot.part, WaitingPart) for spot in stage.spots()))
    stage.view.show_activity(Activity())
    stage.qtbot.waitUntil(lambda: not any(isinstance(spot.part, WaitingPart) for spot in stage.spots()))


def test_the_clock_stands_still_when_nothing_happens(stage: Stage) -> None:
    begun = stage.begin(RICH)
    stage.end(begun, RICH)
    stage.qtbot.waitUntil(lambda: not stage.view._clock.is_running)


def test_a_hidden_transcript_takes_what_arrives_and_rests(stage: Stage) -> None:
    begun = stage.begin("First.")
    stage.view.hide()
    stage.view.show_activity(Activity(Phase.WRITING))
    stage.view.apply_event(begun.id, TextArrived(0, " Second." * 1000))
    stage.qtbot.waitUntil(lambda: not stage.view._clock.is_running)
    stage.view.show()
    stage.wait()
    parts = [part for part in stage.view._page.rows.item(1).stack.parts if isinstance(part, ProsePart)]
    assert "".join(part.plain(0, part.length) for part in parts) == "First." + " Second." * 1000


def test_ten_thousand_messages_lay_out_only_what_is_seen(stage: Stage) -> None:
    messages = [question("c", LONG) if number % 2 else answer(LONG) for number in range(10_000)]
    stage.show(*messages)
    assert stage.view._page.rows.built_count < 10
    assert stage.value == stage.most


def test_rows_far_away_are_dropped_again(stage: Stage) -> None:
    stage.show(*[question("c", LONG) if number % 2 else answer(LONG) for number in range(200)])
    bar = stage.view.verticalScrollBar()
    for step in range(20):
        bar.setValue(bar.maximum() * step // 20)
        stage.wait()
    assert stage.view._page.rows.built_count < 20


def test_a_burst_is_painted_in_slices(stage: Stage) -> None:
    begun = stage.begin()
    stage.view.apply_event(begun.id, TextArrived(0, LONG * 20))
    assert not stage.view.is_painted_up_to_date
    stage.wait()
    assert stage.view._page.rows.item(1).stack.parts[-1].plain(0, 99).endswith("than the screen.")


GROWING = (
    "Some *prose* with `code` and [a link](https://example.com) that is wrapped, and **goes on with many more words** "
    "until `it` fills several lines of the page, ~~struck~~ ones too, 日本語 and 🙂 among them, and then it ends.\n\n"
    "> quoted words that are wrapped as well, with *emphasis that ends late, many words and a line later* or so\n\n"
    "- an item whose text is longer than one line of the page, and which goes on and on until it is wrapped\n\n"
    "مرحبا بالعالم، هذا نص طويل من اليمين إلى اليسار يمتد على أكثر من سطر واحد في الصفحة ثم ينتهي هنا أخيرا جدا\n"
)


def test_a_paragraph_that_grows_is_painted_as_if_it_were_whole(stage: Stage) -> None:
    begun = stage.begin()
    for at in range(0, len(GROWING), 3):
        stage.stream(begun, GROWING[at : at + 3])
        shown = stage.view.screen().grabWindow(stage.view.winId()).toImage()
        assert shown == stage.view.grab().toImage().convertToFormat(shown.format()), f"after {at} characters"


def test_of_a_paragraph_that_grows_only_the_last_lines_are_painted(stage: Stage) -> None:
    begun = stage.begin("Some words that come. " * 60)
    part = stage.part(ProsePart).part
    watch = PaintWatch(stage.view.viewport())
    stage.stream(begun, "And more.")
    assert stage.part(ProsePart).part is part
    assert 0 < max(watch.heights) < part.height / 3
