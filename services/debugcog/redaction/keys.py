"""Any text → the same text with the values of secret keys replaced (``password=…``).

A key counts when a separator and a value follow it. Three
things are spared, so that errors stay readable: numbers of tokens (``Tokens: 1847``), a plain word
after a key that error messages use as a word (``session: closed``), and source lines of a
traceback, where only quoted literals are values (``token = await login()`` gives nothing away).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.debugcog.redaction.shapes import REDACTED

# Looked for in the folded text; "key" and "string" stand for the two-word names that end in them.
WORDS = (
    *("passw", "pwd", "secret", "token", "credential", "auth", "bearer", "cookie", "session"),
    *("csrf", "jwt", "dsn", "webhook", "signature", "otp", "key", "string"),
)
NAME = re.compile(
    r"passw(?:or)?d|pwd|secret|token|credential|bearer|cookie|session|csrf|jwt|dsn|webhook"
    r"|signature|auth(?!or(?!i[sz]))|otp(?![a-rt-z])"  # not author, not footprint
    r"|(?:(?<=api)|(?<=access)|(?<=private)|(?<=api_)|(?<=access_)|(?<=private_))key"
    r"|(?:(?<=connection)|(?<=connection_))string"
)
SOFT_NAME = re.compile(r"token|credential|auth(?!ori)|session|webhook|signature")
FAILURES = ("error", "exception", "warning", "expired", "failure", "failed", "timeout", "invalid")
"""Ends of names that tell what went wrong, and not a value: ``InvalidTokenError: bad padding``."""
COUNTED = re.compile(r"tokens|token_count")
HEADER = re.compile(r"authoriz|authoris|cookie")

TYPE = r"(?:(?:str|bytes)(?: \| None)? ?|[A-Z]\w{0,30}(?:\[[\w. |]{1,30}\])?(?: \| None)? )"
ESCAPE = r"(?:\x1b|\\{1,4}(?:x1b|u001b|033))"  # as it is, or as repr() and JSON write it
BREAK = (
    r"(?:\n|\\{1,4}n| ?⏎)"  # as it is, as repr() and JSON write it, and as tracebacks of ours do
)
REST = re.compile(
    r"([\w-]{0,60})(?:\[\w{0,20}\])?(?:\\{0,8}[\"'`]|%22)?[\])]?"
    rf"(?:{ESCAPE}\[[\d;]{{0,8}}m)?[ \t]{{0,40}}"
    rf"((?:: ?{TYPE}=|=>|={{1,2}}|:=?|%3[aAdD](?:%22)?)[ \t]{{0,8}}"
    # A pair in a tuple, an element of XML, an option of a command line:
    r"|(?<=[\"']),[ \t]?(?=[bBuU]?\\{0,8}[\"'])|>(?=[^<\s])|(?<=[\w-]) (?=[^\s-]))",
    re.ASCII,
)
BEFORE = {">": re.compile(r"<[\w:. -]{0,60}\Z"), " ": re.compile(r"(?<![\w-])--[\w-]{0,60}\Z")}
"""What stands before the key, where so little separates it from its value."""
BLOCK = re.compile(rf"([|>][+\-\d]{{0,2}})?[ \t]{{0,8}}{BREAK}(?=[ \t]{{1,40}}\S)")
"""YAML: the value is in the lines below."""
LINES = re.compile(r"(?:[ \t]+[^\n⏎]*(?:\n|⏎|\Z))+")
ALONE = re.compile(rf"[ \t]+\S{{4,}}(?=[ \t]*(?:{BREAK}|\Z))")
BRACKETS = re.compile(r"\[(?!redacted\])[^\]\n]*\]?|\([^)\n]*\)?|\{[^}\n]*\}?")
OPENING = re.compile(r"[bBfFrRuU]{0,2}(\\{0,8})(\"\"\"|'''|\"|'|`)")
INSIDE = {
    quote: re.compile(rf"(?:\\.|(?!{quote})[^\\\n])*") for quote in ('"""', "'''", '"', "'", "`")
}
NOTHING = re.compile(
    r"(?:None|True|False|null|true|false|undefined)(?![\w.-])|[,;)\]}]|\s|\Z"
    r"|<[\w.]{1,100} (?:object )?at 0x"
)
AMOUNT = re.compile(r"\d{1,9}(?:\.\d{1,9})?(?=[,;)\]}]|\.?(?:\s|\Z))")
PLAIN_WORD = re.compile(r"[A-Za-z][a-z]{0,11}(?=[,;:!?.]?(?:\s|\Z))")
WORD = re.compile(r"(?:(?:Bearer|Basic|Bot|Token|Digest) +)?\S+", re.IGNORECASE)
URL_WORD = re.compile(r"[^&\s#\"'<>]*")
LINE = re.compile(r"[^\n]*")
CLOSERS = ",;)}>\"'"
NAME_START = re.compile(r"\w*\Z", re.ASCII)

LONGEST_NAME = 60
LONGEST_LINE = 400
MOST_LINES = 8
"""Lines of one statement that a traceback of Python 3.13 shows, at the most."""


@dataclass(frozen=True, slots=True)
class Key:
    """A secret key in a text: its folded name, what separates it, where it and its value start."""

    name: str
    separator: str
    start: int
    value: int


def redact_keys(text: str) -> str:
    """Replace the values of secret keys."""
    folded = _fold(text)
    kept, done = [], 0
    for at in sorted(_found(folded)):
        key = _key(text, folded, at) if at >= done else None
        span = _value(text, key) if key else None
        if span is not None:
            kept += [text[done : span[0]], REDACTED]
            done = span[1]
    return "".join([*kept, text[done:]])


def is_secret_key(key: str) -> bool:
    """Tell whether a key's name says that its value is a secret."""
    folded = _fold(key)
    return NAME.search(folded) is not None and COUNTED.search(folded) is None


def _fold(text: str) -> str:
    """Lower the case, and read "-" and blank as "_"; every character keeps its place."""
    # "İ" is the one character whose lower case is longer than itself.
    return text.replace("İ", "i").lower().replace("-", "_").replace(" ", "_")


def _found(folded: str) -> Iterator[int]:
    for word in WORDS:
        at = folded.find(word) if word in folded else -1  # "in" is the faster way to say no
        while at >= 0:
            yield at
            at = folded.find(word, at + 1)


def _key(text: str, folded: str, at: int) -> Key | None:
    """Read the key of which a word of its name was found at ``at``."""
    word = NAME.match(folded, at)
    rest = REST.match(text, word.end()) if word else None
    if rest is None or folded.endswith(FAILURES, at, rest.end(1)):
        return None
    before = BEFORE.get(rest[2])
    if before is not None and before.search(text, max(0, at - LONGEST_NAME), at) is None:
        return None
    name = NAME_START.search(folded, max(0, at - LONGEST_NAME), at)
    start = name.start() if name else at
    return Key(folded[start : rest.end(1)], rest[2], start, rest.end())


def _value(text: str, key: Key) -> tuple[int, int] | None:
    """Find where the key's value starts and ends; None when that is no secret."""
    opening = OPENING.match(text, key.value)
    if opening is not None:
        return opening.end(), _end_of_quoted(text, opening)
    block = BLOCK.match(text, key.value) if key.separator.startswith(":") else None
    if block is not None:
        end = _end(LINES if block[1] else ALONE, text, block.end())
        return (block.end(), end) if end > block.end() else None
    if _is_no_secret(text, key) or _is_code(text, key.start):
        return None
    return key.value, _end_of_bare(text, key)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _end_of_quoted(text: str, opening: re.Match[str]) -> int:
    backslashes, quote = opening.groups()
    if not backslashes:
        return _end(INSIDE[quote], text, opening.end())
    line_end = _end(LINE, text, opening.end())  # JSON inside a string: its quotes are escaped
    mark, start = backslashes + quote, opening.end()
    if text.startswith(mark * 2, start):
        mark, start = mark * 3, start + 2 * len(mark)
    end = text.find(mark, start, line_end)
    return end if end >= 0 else line_end


def _end_of_bare(text: str, key: Key) -> int:
    if ":" in key.separator and HEADER.search(key.name):
        return _end(LINE, text, key.value)
    bracket = BRACKETS.match(text, key.value)
    if bracket is not None:
        return bracket.end()
    in_url = text[max(0, key.start - 1) : key.start] in ("?", "&") or key.separator[0] in "%>"
    end = _end(URL_WORD if in_url else WORD, text, key.value)
    return key.value + len(text[key.value : end].rstrip(CLOSERS))


def _is_no_secret(text: str, key: Key) -> bool:
    """Tell whether what follows is no secret: nothing, a number of tokens, a plain word."""
    if NOTHING.match(text, key.value):
        return True
    if COUNTED.search(key.name) and AMOUNT.match(text, key.value):
        return True
    is_prose = key.separator == ": " and SOFT_NAME.search(key.name) is not None
    return is_prose and PLAIN_WORD.match(text, key.value) is not None


def _is_code(text: str, at: int) -> bool:
    """Tell whether a traceback's source line has the key as a name, not inside a string."""
    line = text[text.rfind("\n", max(0, at - LONGEST_LINE), at) + 1 : at]
    outside = line.count('"') % 2 == 0 and line.count("'") % 2 == 0
    return outside and _is_source(text, at)


def _is_source(text: str, at: int) -> bool:
    """Tell whether a traceback shows the line as source: somewhere below a ``File "`` line."""
    for _ in range(MOST_LINES):
        start = text.rfind("\n", max(0, at - LONGEST_LINE), at) + 1
        if text[start:at].lstrip(" |").startswith('File "'):
            return True
        if not start or not text.startswith(("    ", "  |"), start):
            return False
        at = start - 1
    return False
