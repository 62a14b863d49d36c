"""Text of a log record and its constant parts → the template that all such texts have.

Parts are what stands in the code of the call; between them is what was filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.debugcog.errors.code_texts import Parts
from services.debugcog.patterns import late_pattern

TEXT_MIN = 8
"""Characters of the constant parts of a text that was made in another line than the call's."""
FILLED_IN = late_pattern(r"%(?:\([^()]*\))?[-+ #0-9.*]*[a-zA-Z]|\{[^{}]*\}|\x1b\[[0-9;]*[a-zA-Z]")
"""What a template has filled in, and colours."""
PARAMETERS = late_pattern(
    r"(?<!\w)[bru]?'[^'\n]*'(?!\w)|\"[^\"\n]*\""  # quoted; no apostrophe of "can't" opens one
    r"|(?<![\w.~-])(?:[A-Za-z]:)?[\\/]?(?:[\w.~-]+[\\/])+[\w.~-]*"  # path
    r"|\b0x[0-9a-fA-F]+\b|(?<![\w-])(?=[a-f-]*\d)[0-9a-f-]{8,}(?![\w-])"  # hex, uuid
    r"|\d+(?:[.,:]\d+)*"  # number, snowflake, time
)
"""What varies in a text of which nothing is known; what stands in the code does not."""
LETTER = late_pattern(r"[^\W\d_]")
WORD_FIRST = late_pattern(r"[^%{\x1b]*?[^\W\d_]")
"""Of most templates: a letter before all that is filled in."""


def says_something(template: str) -> bool:
    """Return whether a template has a letter that is not filled in."""
    if WORD_FIRST.match(template):
        return True
    return LETTER.search(FILLED_IN.sub("", template)) is not None


def without_parameters(text: str) -> str:
    """Put a mark for what varies in a text of which nothing is known."""
    return PARAMETERS.sub("?", text)


def is_made_of(text: str, parts: Parts) -> bool:
    """Return whether a text begins or ends with one of some parts, and has all in their order."""
    if size(parts) < TEXT_MIN or not (text.startswith(parts[0]) or text.endswith(parts[-1])):
        return False
    return _has_in_order(text, parts)


def size(parts: Parts) -> int:
    """Count the characters of parts."""
    return sum(map(len, parts))


def in_order(text: str, parts: list[str]) -> str:
    """Put a mark between parts that stand in a text in their order, also where nothing is between.

    What is filled in may have a part in it, or be empty.
    """
    if not _has_in_order(text, parts):
        return ""
    begins, ends = text.startswith(parts[0]), text.endswith(parts[-1])
    return ("" if begins else "?") + "?".join(parts) + ("" if ends else "?")


def without_the_rest(text: str, parts: set[str]) -> str:
    """Put a mark for all that is between the parts."""
    pattern = "|".join(re.escape(part) for part in sorted(parts, key=len, reverse=True))
    kept, end = "", 0
    for match in re.finditer(pattern, text):
        kept += ("?" if match.start() > end else "") + match[0]
        end = match.end()
    return kept + ("?" if end < len(text) else "")


def _has_in_order(text: str, parts: Iterable[str]) -> bool:
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True
