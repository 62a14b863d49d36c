"""Any text → the same text without values whose name is another field beside them.

``{'value': '…', 'type': 3, 'name': 'password'}``, as Discord, AWS and pydantic write a secret. A
value that follows its name at once is found by ``keys``.
"""

from __future__ import annotations

import re
from itertools import islice

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction import REDACTED
from services.debugcog.redaction.key_names import shortest_secret
from services.debugcog.redaction.key_values import Key, hides, span_of_value
from services.debugcog.redaction.notations import BLANKS, BREAK
from services.debugcog.redaction.values import is_opaque

MARK = r"\\{0,8}[\"']"
BESIDE = 600
"""Characters before and behind a value where its name can be."""
MOST_NAMES = 6
STARTS = rf"(?=[bBuU]?{MARK}|[\[{{(]|\d{{4}})"
VALUES = {
    "alue": late_pattern(rf"alue(?<=[vV]alue)(?:{MARK}:[ \t]{{0,4}}|=){STARTS}"),
    "nput": late_pattern(rf"nput(?<=[\"']input){MARK}:[ \t]{{0,4}}{STARTS}"),
}
"""Letters → where the value of a pair starts that has them: quoted, in brackets, or digits."""
NAME = late_pattern(
    r"(?<![A-Za-z_])(?:(?:[pP]arameter|[sS]etting|[hH]eader|[oO]ption|[vV]ariable)_?)?"
    rf"(?:[nN]ame|[kK]ey|custom_?[iI]d|[fF]ield)(?:{MARK}:[ \t]{{0,4}}|=)[bBuU]?{MARK}"
    r"([^\"'\\\n]{2,100})"
    rf"|loc{MARK}:[ \t]{{0,4}}[\[(]([^\])\n]{{2,200}})"
)
"""The name of a pair, or where pydantic found the value."""
MISSING = late_pattern(rf"type{MARK}:[ \t]{{0,4}}{MARK}missing")
"""Then pydantic's value is all that the field was not found in."""
QUOTE, VALUE = r"(?:\\{0,8}[\"'])?", r"(?P<value>[^\s\"'<>,;\\⏎]{1,1024})"
NAMED = rf"{QUOTE}(?P<name>[\w.-]{{2,100}}){QUOTE}"
BARE = rf"(?<![\w.])(?:[nN]ame|[kK]ey)(?:: {{0,4}}|=){NAMED}"
VALUE_OF = rf"(?<![\w.])[vV]alue(?:: {{0,4}}|=){QUOTE}{VALUE}"
BETWEEN = rf"(?:,?[ \t]*{BREAK}[ \t]*|,?[ \t]{{1,8}})"
IN_LINES = {
    "alue: ": (
        late_pattern(BARE + BETWEEN + VALUE_OF),
        late_pattern(VALUE_OF + QUOTE + BETWEEN + BARE),
    ),
    "alue=": (late_pattern(BARE + BETWEEN + VALUE_OF),),
}
"""Letters → pairs without quotes, or on two lines, in YAML and protobuf: beside each other."""
CUT = late_pattern(
    rf"(nput_value=(?:[\[{{(]|[A-Z]\w{{0,60}}\()[^\n]{{0,40}}?\.\.\.(?:\w{{0,24}}{MARK}: {MARK})?)"
    rf"([^\s\"'\\]{{8,26}})(?={MARK})"
)
"""What pydantic shows of a whole mapping or model, without its middle: what is behind that has no
name any more, or half of one."""
MARKUP = late_pattern(r"<(?:/|meta |Cookie )")
IN_MARKUP = (
    late_pattern(
        rf"<(?:key|name)>{NAMED}</(?:key|name)>(?:{BREAK})?{BLANKS}<(?:string|value)>{VALUE}"
    ),
    late_pattern(rf"<meta name={NAMED} content={QUOTE}{VALUE}"),
    late_pattern(rf"<meta content={QUOTE}{VALUE}{QUOTE} name={NAMED}"),
)
"""The same in XML and in the head of a page."""
COOKIE = late_pattern(r"(<Cookie [^\s=]{1,100}=)(\S{8,4096})(?= for )")
"""As Python prints it: whatever its name is, it may be a login."""
SHORTEST_COOKIE = 8
MAPPING, CALL = "{}", "()<>{}\n"
"""What parts a pair from others, when it is in a mapping and when it is written as arguments."""


def redact_pairs(text: str) -> str:
    """Replace the values of pairs that have the name of a secret."""
    for letters, pattern in VALUES.items():
        if letters in text:
            text = _without(text, pattern)
            text = _without_lines(text) if letters == "alue" else CUT.sub(_without_cut, text)
    if "<" in text and MARKUP.search(text):
        for pattern in IN_MARKUP:
            text = pattern.sub(_without_value, text)
        text = COOKIE.sub(_without_cookie, text)
    return text


def _without_lines(text: str) -> str:
    for letters, patterns in IN_LINES.items():
        if letters in text:
            for pattern in patterns:
                text = pattern.sub(_without_value, text)
    return text


def _without_cut(match: re.Match[str]) -> str:
    return f"{match[1]}{REDACTED}" if is_opaque(match[2]) else match[0]


def _without_cookie(match: re.Match[str]) -> str:
    return f"{match[1]}{REDACTED}" if is_opaque(match[2], SHORTEST_COOKIE) else match[0]


def _without_value(match: re.Match[str]) -> str:
    name, value = match["name"], match["value"]
    shortest = shortest_secret(name)
    if shortest is None or not hides(name, value, shortest, quoted=False):
        return match[0]
    start, end = (place - match.start() for place in match.span("value"))
    return match[0][:start] + REDACTED + match[0][end:]


def _without(text: str, pattern: re.Pattern[str]) -> str:
    kept, done = [], 0
    for match in pattern.finditer(text):
        if match.start() < done:
            continue
        start, end = _secret_of(text, match)
        if end > start:
            kept += [text[done:start], REDACTED]
            done = end
    return "".join([*kept, text[done:]]) if kept else text


def _secret_of(text: str, match: re.Match[str]) -> tuple[int, int]:
    """Find the value of a pair; at the same place where it is no secret."""
    at = match.end()
    borders = CALL if match[0].endswith("=") else MAPPING
    before = text[max(0, match.start() - BESIDE) : match.start()]
    first = max(map(before.rfind, borders))
    if first < 0:
        return at, at
    start, end = span_of_value(text, Key("value", ",", match.start(), at, 0, in_url=False))
    behind = text[end : end + BESIDE]
    last = min((place for place in map(behind.find, borders) if place >= 0), default=BESIDE)
    beside = before[first + 1 :] + behind[:last]
    if not MISSING.search(beside):
        for name in islice(NAME.finditer(beside), MOST_NAMES):
            shown = (name[1] or name[2]).strip("\\\"', ")
            shortest = shortest_secret(shown)
            if shortest is not None and hides(shown, text[start:end], shortest):
                return start, end
    return at, at
