"""What a server says of pictures and documents that it will not take, told in plain words.

No status and no code tells these apart: servers of the same API say it with 400, 404, 422 or 500, each in words of its
own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

TOO_MANY_PIXELS: Final = "image_dimensions_too_large"
"""The one code there is (Messages API, Errors)."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """One thing that servers say, and how the reader is told."""

    said: re.Pattern[str]
    title: str
    detail: str


def _said(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_TOO_LARGE: Final = _Refusal(
    _said(r"image dimensions exceed|image exceeds|image(?: \w+){0,2} (?:is )?too (?:large|big)"),
    "A picture is too large for the server.",
    "Make it smaller and attach it anew, or edit the question without it.",
)

_REFUSALS: Final = (
    _TOO_LARGE,
    _Refusal(
        _said(
            r"media[ _]type: Input should be|not match the provided media type|image was specified using"
            r"|unsupported (?:media|image) (?:type|format)|image (?:format|type)(?: \S+)? is not supported"
        ),
        "A file is of a kind that the server does not take.",
        "PNG, JPEG, GIF and WebP are taken by most, PDF by few. Edit the question without it.",
    ),
    _Refusal(
        _said(
            r"could not process image|(?:decode|load|identify|open|read) (?:the )?image|invalid image|image cannot be"
        ),
        "A picture could not be read.",
        "It may be damaged. Edit the question without it, or attach it anew.",
    ),
    _Refusal(
        _said(r"PDF pages|pages in (?:the|a) PDF"),
        "A PDF has too many pages.",
        "Attach fewer of them, or edit the question without it.",
    ),
    _Refusal(
        _said(
            r"PDF (?:specified )?(?:was|is) (?:not valid|invalid|password)"
            r"|could not (?:process|read) (?:the )?(?:PDF|document)"
        ),
        "A PDF could not be read.",
        "It may be damaged, or want a password. Edit the question without it, or attach another one.",
    ),
    _Refusal(
        _said(
            r"(?:not|n[’']t) (?:\w+ )?support\w*(?: \w+){0,2} (?:PDF|document|file)s?\b"
            r"|(?:PDF|document)s?(?: \w+){0,3} (?:is|are) not supported"
            r"|(?:unsupported|unknown|unexpected|invalid)(?: \w+){0,3}:? ?[“‘'\"`]?document\b"
            r"|(?:tag|variant|type) [“‘'\"`]document\b"
        ),
        "This server takes no PDF.",
        "Choose another model or server, or edit the question without it.",
    ),
    _Refusal(
        _said(
            r"(?:not|n[’']t) (?:\w+ )?support\w*(?: \w+){0,2} (?:image|vision|multi-?modal)"
            r"|no endpoints found that support image"
            r"|(?:images?|vision|multi-?modal)(?: \w+){0,3} (?:is|are) not (?:\w+ )?supported"
            r"|not a (?:multi-?modal|vision)|required for image input|mmproj|at most 0 image"
        ),
        "This model cannot read pictures.",
        "Choose another model, or edit the question without them.",
    ),
)
"""The first one that fits is told: the words for a kind of file also say that something is not supported."""


def words_about_files(said: str, code: str) -> tuple[str, str] | None:
    """Title and detail where a server has refused a file; None where it speaks of something else."""
    fitting = (refusal for refusal in _REFUSALS if refusal.said.search(said))
    found = _TOO_LARGE if code == TOO_MANY_PIXELS else next(fitting, None)
    if found is None:
        return None
    return found.title, f"{found.detail} The server says: {said}" if said else found.detail
