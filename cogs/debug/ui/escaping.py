"""Untrusted text → text that Discord shows literally and that mentions nobody."""

from __future__ import annotations

import re

from services.debugcog.invisible import without_controls
from services.debugcog.patterns import late_pattern
from services.debugcog.wording import ELLIPSIS, clip

ZERO_WIDTH = "\N{ZERO WIDTH SPACE}"
SURROGATES = late_pattern("[\ud800-\udfff]")
CALLS = late_pattern(r"@|<(?=[@#])")
OTHERS = r"|[\\*~|\[]|:(?=//)|<(?=[:/]|(?:a|id|t):)|^[ \t]*[>#+-]"
MARKUP = late_pattern("_" + OTHERS, re.MULTILINE)
"""Marks of Discord's markdown, those at the start of a line, of links (which show a picture of what
they lead to, or an invitation), and of times, emojis, commands and places."""
NOTIFIED = late_pattern("(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])" + OTHERS, re.MULTILINE)
"""The same but for a single ``_`` inside a word: emphasis ends before no letter or digit."""
BACKTICK = "\N{MODIFIER LETTER GRAVE ACCENT}"
"""Looks like a backtick, and ends no code."""


def visible(text: str) -> str:
    """Remove control and bidi characters, and replace what cannot be encoded."""
    return SURROGATES.sub("\N{REPLACEMENT CHARACTER}", without_controls(text))


def plain(text: str) -> str:
    """Take out what steers a terminal or a reader's eye, and break backticks and mentions."""
    text = visible(text).replace("`", BACKTICK)
    return CALLS.sub(lambda call: call[0] + ZERO_WIDTH, text)


def prose(text: str) -> str:
    """Show a text between words of ours: its marks are read, and mark nothing up."""
    return MARKUP.sub(_escape, plain(text))


def notified(text: str) -> str:
    """Show a text as ``prose`` does, in the content of a post: a phone shows that as it was typed.

    It is not to be cut off any more, but by ``cut``.
    """
    return NOTIFIED.sub(_escape, plain(text))


def cut(text: str, limit: int) -> str:
    """Shorten an escaped text to ``limit`` characters; no mark becomes one that counts."""
    return text if len(text) <= limit else text[: limit - 1].rstrip("\\_") + ELLIPSIS


def inline(text: str, limit: int) -> str:
    """Show a text as code within a line, in ``limit`` characters at most."""
    line = " ".join(plain(text).split())
    return f"`{clip(line, limit - 2) or '?'}`"


def prose_with_code(text: str) -> str:
    """Show a text between words of ours, in which what stands between backticks is code."""
    parts = enumerate(text.split("`"))
    shown = (inline(part, 200) if n % 2 and part.strip() else prose(part) for n, part in parts)
    return "".join(shown)


def short(text: str, limit: int = 80) -> str:
    """Show a name within a line, in ``limit`` characters at most."""
    return clip(" ".join(plain(text).split()), limit) or "?"


def escaped(text: str, limit: int = 80) -> str:
    """Show a name between words of ours: a line that marks nothing up."""
    return prose(short(text, limit))


def block(text: str, limit: int) -> str:
    """Show a text as a block of code, in ``limit`` characters at most, its end cut off."""
    start, end = "```py\n", "\n```"
    return start + clip(plain(text), limit - len(start) - len(end)) + end


def _escape(mark: re.Match[str]) -> str:
    return f"{mark[0][:-1]}\\{mark[0][-1]}"
