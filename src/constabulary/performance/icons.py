"""What variation and assurance are called and drawn as: words and shapes first, so that colour is never needed.

Shapes are named for whoever draws them; letters stand in for them where nothing can be drawn.

References
----------
Making Data Count's icons and colours as in NHSRplotthedots 0.2.2 (letters H, L, P, F, ?, a sign for common cause).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Icon:
    """How one finding is told.

    Parameters
    ----------
    words
        The finding in words.
    shape
        wave, arrow_up, arrow_down, tick or cross.
    colour
        Making Data Count's colour, an addition to words and shape.
    """

    words: str
    shape: str
    colour: str


_GREY, _BLUE, _ORANGE, _PURPLE = "#a6a6a6", "#00b0f0", "#e46c0a", "#490092"

VARIATION_ICONS: Mapping[str, Icon] = MappingProxyType(
    {
        "common_cause": Icon("Common cause: no significant change", "wave", _GREY),
        "improvement_high": Icon("Special cause: improving, higher", "arrow_up", _BLUE),
        "improvement_low": Icon("Special cause: improving, lower", "arrow_down", _BLUE),
        "concern_high": Icon("Special cause: of concern, higher", "arrow_up", _ORANGE),
        "concern_low": Icon("Special cause: of concern, lower", "arrow_down", _ORANGE),
        "neutral_high": Icon("Special cause: higher", "arrow_up", _PURPLE),
        "neutral_low": Icon("Special cause: lower", "arrow_down", _PURPLE),
    }
)
"""The icon of each variation."""

ASSURANCE_ICONS: Mapping[str, Icon] = MappingProxyType(
    {
        "pass": Icon("Expected to meet the target", "tick", _BLUE),
        "hit_or_miss": Icon("Will hit or miss the target by chance", "wave", _GREY),
        "fail": Icon("Expected to miss the target", "cross", _ORANGE),
    }
)
"""The icon of each assurance."""

SIGNAL_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "outside_limits": "outside the limits",
        "trend": "part of a trend: every point higher, or every point lower, than the one before",
        "two_of_three": "one of two in three points near the same limit",
        "shift": "part of a run on one side of the mean",
    }
)
"""What each signal says of its point."""
