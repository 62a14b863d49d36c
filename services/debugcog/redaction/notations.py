r"""A text as a program prints it → the text that it stands for, each character with its place.

Escapes of repr(), ascii() and JSON (also inside one another), of addresses (``%2F``) and of HTML
(``&quot;``) are read; ``squeezed`` leaves out blanks and what programs put where they wrap lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from services.debugcog.frozen import frozen
from services.debugcog.patterns import late_pattern

ESCAPE = late_pattern(
    r"(?P<pair>\\+u[dD][89abAB][\da-fA-F]{2}\\+u[dD][c-fC-F][\da-fA-F]{2})"
    r"|(?P<code>\\+(?:u[\da-fA-F]{4}|U000[\da-fA-F]{5}))"
    r"|(?P<bytes>(?:\\+x[\da-fA-F]{2})+)"
    r"|(?P<percent>(?:%[\da-fA-F]{2})+)"
    r"|(?P<html>&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]{2,8});)"
    r"|(?P<sign>\\+(?P<letter>[abfnrtv0/\"'`]))"
    r"|(?P<backslash>\\+)"
)
SIGNS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}
BLANK = (
    r"(?:[\v\f\xa0\u3000]"
    r"|\\{1,8}(?:[tvf]|x(?:0[9bBcC]|[aA]0)|u(?:00(?:0[9bBcC]|[aA]0)|3000)))"
)
"""A blank that is neither a space nor a tab, and one as repr() and JSON write it (``\\t``)."""
BLANKS = rf"[ \t]{{0,40}}(?:{BLANK}[ \t]{{0,40}}){{0,8}}"
SOME_BLANKS = rf"(?:[ \t]{{1,40}}(?:{BLANK}[ \t]{{0,40}}){{0,8}}|(?:{BLANK}[ \t]{{0,40}}){{1,8}})"
BREAK = r"(?:\r?\n|(?:\\{1,8}r)?\\{1,8}n| ?⏎)"
"""The end of a line: as it is, as repr() and JSON write it, and as tracebacks of ours do."""
MOST_LEVELS = 4
"""How often what an escape stands for is read again: ``%2525``, ``&amp;quot;``."""
WRAPPING = late_pattern(r"[\"']\s*\n\s*[bu]?[\"']|[\s+\-=|│┃⏎\\]+")
"""What may stand where a line was wrapped; ``+`` stands for a blank in addresses as well, and how
many backslashes are meant cannot be told."""


@frozen
class Reading:
    """What a text stands for.

    Attributes:
        text: the characters.
        starts: where each of them starts in the text that was read.
        ends: where each of them ends there.
    """

    text: str
    starts: tuple[int, ...] | range
    ends: tuple[int, ...] | range


def reading(text: str) -> Reading:
    """Read the escapes of a text, as often as it has some."""
    found = Reading(text, range(len(text)), range(1, len(text) + 1))
    for _ in range(MOST_LEVELS):
        if "\\" not in found.text and "%" not in found.text and "&" not in found.text:
            break
        before, found = found, _mapped(found, ESCAPE, _meaning)
        if found.text == before.text:
            break
    return found


def squeezed(found: Reading) -> Reading:
    """Leave out blanks and marks of wrapping, and write base64 of addresses as the other kind."""
    less = _mapped(found, WRAPPING, lambda _: "")
    return Reading(less.text.replace("_", "/"), less.starts, less.ends)


def _mapped(
    found: Reading, pattern: re.Pattern[str], meaning: Callable[[re.Match[str]], str]
) -> Reading:
    text, starts, ends = [], [], []
    done = 0
    for match in pattern.finditer(found.text):
        start, end = match.span()
        new = meaning(match)
        text += [found.text[done:start], new]
        starts += [*found.starts[done:start], *[found.starts[start]] * len(new)]
        ends += [*found.ends[done:start], *[found.ends[end - 1]] * len(new)]
        done = end
    return Reading(
        "".join([*text, found.text[done:]]),
        (*starts, *found.starts[done:]),
        (*ends, *found.ends[done:]),
    )


def _meaning(match: re.Match[str]) -> str:
    kind, text = match.lastgroup, match[0]
    if kind == "sign":
        return SIGNS.get(match["letter"], match["letter"])
    if kind == "backslash":
        return "\\"
    if kind == "html":
        from html import unescape  # few texts need it, and it takes a millisecond to import

        return unescape(text)
    if kind == "code":
        return chr(int(text.lstrip("\\")[1:], 16))
    if kind == "pair":
        units = [int(unit, 16) for unit in re.findall(r"u([\da-fA-F]{4})", text)]
        return chr(0x10000 + (units[0] - 0xD800 << 10) + (units[1] - 0xDC00))
    codes = bytes.fromhex("".join(re.findall(r"[x%]([\da-fA-F]{2})", text)))
    try:
        return codes.decode()
    except UnicodeDecodeError:
        return codes.decode("latin-1")
