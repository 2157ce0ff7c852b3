"""What is copied, in its three forms: markdown that reads the same again, clean text, safe HTML."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from desktop_chat.ui.transcript.markdown.blocks import Leaves
from desktop_chat.ui.transcript.markdown.parser import parse
from desktop_chat.ui.transcript.taking.clip_html import html_of, html_of_typed
from desktop_chat.ui.transcript.taking.clip_markdown import fenced, markdown_text_of
from desktop_chat.ui.transcript.taking.clip_text import clean_text_of

EVERYTHING = """# Head *em* `x`

Para **bold *both* bold** and ~~gone~~ [li*n*k](https://a.b/c_d(e)) https://x.y/z. 5 * 3 snake_case _it_ \\*no\\* [x]

- one
- two
  - deep `a``b`
  - [x] done
  - [ ] open
    ```py
    def f():

        return "|"
    ```
- three

1. a

   second
2. b

> quote
> - in quote
>
> more

| a | b | c |
|---|--:|:-:|
| 1 | `x\\|y` | **z** |

```
plain
```

text[^1] break  
line

[^1]: The note.

---

<div>
html
</div>

1. x
1. y

1) new
"""  # noqa: W291


def leaves_of(text: str) -> Leaves:
    return tuple(leaf for block in parse(text) for leaf in block.leaves)


class Checker(HTMLParser):
    """Fails on what is not closed, not allowed, or would be fetched."""

    ALLOWED = frozenset(
        "h1 h2 h3 h4 h5 h6 p strong em del code pre ul ol li table thead tbody tr th td blockquote a sup br hr".split()
    )
    ATTRIBUTES = frozenset({("a", "href"), ("code", "class"), ("ol", "start"), ("td", "style"), ("th", "style")})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.ALLOWED
        for name, value in attrs:
            assert (tag, name) in self.ATTRIBUTES
            if name == "href":
                assert value is not None
                assert value.startswith(("http://", "https://", "mailto:"))
                self.hrefs.append(value)
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def checked(html: str) -> Checker:
    checker = Checker()
    checker.feed(html)
    checker.close()
    assert not checker.open
    return checker


def test_markdown_of_everything_reads_as_the_same_again() -> None:
    leaves = leaves_of(EVERYTHING)
    assert leaves_of(markdown_text_of(leaves)) == leaves


WORDS = st.lists(
    st.sampled_from(
        "one two snake_case 5*3 a*b *x* **bold** `code` `` a`b `` [l](https://a.b) ~~s~~ $5 \\* # > | & &amp; <b> "
        "<i@j.k> _e_ ![i](https://p.q/r.png) a[1] [^n] \\ ** __ ~ ` == _ http://x.y/z end.".split(" ")
    ),
    min_size=1,
    max_size=7,
).map(" ".join)
BLOCKS = st.recursive(
    st.one_of(
        WORDS,
        st.builds(lambda level, words: f"{'#' * level} {words}", st.integers(1, 6), WORDS),
        st.builds(lambda words: f"```py\n{words}\n\n  x\n```", WORDS),
        st.builds(lambda words: f"{words}  \n{words}", WORDS),
        st.just("---"),
        st.just("| a | b |\n|:-:|--:|\n| `c` | *d* |"),
    ),
    lambda inner: st.one_of(
        st.builds(lambda block: "\n".join(f"> {line}" for line in block.split("\n")), inner),
        st.builds(
            lambda blocks, sign, gap: gap.join(
                f"{sign} " + block.replace("\n", "\n" + " " * (len(sign) + 1)) for block in blocks
            ),
            st.lists(inner, min_size=1, max_size=3),
            st.sampled_from(["-", "1.", "*"]),
            st.sampled_from(["\n", "\n\n"]),
        ),
    ),
    max_leaves=6,
)
TEXTS = st.lists(BLOCKS, min_size=1, max_size=4).map("\n\n".join)


def words_of(leaves: Leaves) -> list[str]:
    """The words; of items that begin with another list the leaves do not tell how many there are."""
    return [word for word in clean_text_of(leaves).split() if word not in ("•", "◦", "▪")]


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_copied_markdown_says_the_same(text: str) -> None:
    """The words and their order are those of the source, whatever marks they look like."""
    leaves = leaves_of(f"Start.\n\n{text}")
    again = leaves_of(markdown_text_of(leaves))
    assert words_of(again) == words_of(leaves)


@given(TEXTS)
@example('[x](javascript:alert(1)) ![i](https://p.q/r.png) <img src=x onerror=y> `</code>`\n\n```"><script>\nx\n```')
@settings(max_examples=150, deadline=None)
def test_html_is_closed_safe_and_holds_every_word(text: str) -> None:
    leaves = leaves_of(text)
    written = "".join(checked(html_of(leaves)).text)
    for word in clean_text_of(leaves).split():
        assert word in written or word in ("•", "◦", "▪", "☐", "☑") or word[:-1].isdecimal()


def test_html_nests_lists_and_keeps_what_they_are() -> None:
    html = html_of(leaves_of("3. a\n4. b\n   - c\n     - [x] d\n5. e"))
    assert html == '<ol start="3"><li>a</li><li>b<ul><li>c<ul><li>☑ d</li></ul></li></ul></li><li>e</li></ol>'


def test_html_of_a_table_keeps_its_alignment() -> None:
    html = html_of(leaves_of("| a | b |\n|---|--:|\n| 1 | 2 |"))
    assert html == (
        '<table><thead><tr><th>a</th><th style="text-align:right">b</th></tr></thead>'
        '<tbody><tr><td>1</td><td style="text-align:right">2</td></tr></tbody></table>'
    )


@pytest.mark.parametrize("href", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"])
def test_html_links_only_to_the_web_and_mail(href: str) -> None:
    assert checked(html_of(leaves_of(f"[x]({href})"))).hrefs == []


def test_html_shows_what_would_be_obeyed() -> None:
    assert "\u202e" not in html_of(leaves_of("a\u202eb"))
    assert html_of_typed("<b>\n\nx") == "<p>&lt;b&gt;</p><p>x</p>"


def test_a_fence_is_longer_than_any_in_the_code() -> None:
    code = "````\nx\n````\n"
    assert leaves_of(fenced(code, "md")) == leaves_of(f"`````md\n{code}`````")
