"""What the inspector paints can be told apart from the ground it stands on, in both themes."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtGui import QColor

from desktop_chat.ui.inspector.kinds import WORDS, Kind, color_of
from desktop_chat.ui.inspector.time_line_painter import GAP_SHADE
from tests.ui.test_theme import CONTROL_RATIO, TEXT_RATIO, THEMES, colors_of, contrast


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", Kind)
def test_ticks_can_be_seen(theme: str, kind: Kind) -> None:
    colors = colors_of(theme)
    assert contrast(color_of(kind, colors), colors.code) >= CONTROL_RATIO
    assert contrast(color_of(kind, colors), colors.page) >= CONTROL_RATIO


@pytest.mark.parametrize("theme", THEMES)
def test_each_kind_has_a_colour_and_a_word_of_its_own(theme: str) -> None:
    colors = colors_of(theme)
    for one, other in combinations(Kind, 2):
        assert color_of(one, colors) != color_of(other, colors)
        assert WORDS[one] != WORDS[other]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", ["dim", "warn", "bad", "accent_strong"])
def test_words_on_the_time_line_can_be_read(theme: str, role: str) -> None:
    colors = colors_of(theme)
    assert contrast(getattr(colors, role), colors.code) >= TEXT_RATIO


@pytest.mark.parametrize("theme", THEMES)
def test_the_length_of_a_silence_can_be_read_on_its_shade(theme: str) -> None:
    colors = colors_of(theme)
    ground, shade = QColor(colors.code), QColor(colors.warn)
    mixed = [
        round(under * (1 - GAP_SHADE) + over * GAP_SHADE)
        for under, over in zip(ground.getRgb()[:3], shade.getRgb()[:3], strict=True)  # type: ignore[index]
    ]
    assert contrast(colors.warn, QColor(*mixed).name()) >= TEXT_RATIO
