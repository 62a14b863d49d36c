"""Source lines that a traceback shows → the same lines without secrets that are written in them.

A beginner's token stands in ``client.run("…")``. A text in quotes goes if it is handed to something
that logs in or signs and does not read like words, or if it is as long and random as a key.
"""

from __future__ import annotations

import re
from functools import lru_cache

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction import REDACTED
from services.debugcog.redaction.key_names import PARTS, names_secret
from services.debugcog.redaction.key_values import PLACEHOLDER
from services.debugcog.redaction.values import is_opaque, is_place
from services.debugcog.redaction.words import is_words

INDENT, INDENT_IN_GROUP = "\n    ", "\n  |   "
"""What is before a source line, and before one in the traceback of an exception group."""
MOST_LINES = 8
"""Lines of one statement that a traceback of Python 3.13 shows, at the most."""
QUOTE, BREAK = r"\\{0,4}\"", r"(?:\\{1,4}n| ⏎)"
PRINTED = late_pattern(
    rf"File {QUOTE}[^\"\n]{{1,500}}{QUOTE}, line \d{{1,9}}(?:, in [^\n\\]{{1,200}})?"
    rf"((?:{BREAK}[ |]{{3,40}}(?! *File {QUOTE})(?:(?!{BREAK})[^\n])*){{1,8}})"
)
"""Source lines as repr() and JSON write them, and as they stand in the text of an exception."""
STRING = late_pattern(
    "|".join(
        (
            *(rf"{quote * 3}((?:\\.|(?!{quote * 3})[^\\\n])*){quote * 3}" for quote in "\"'"),
            *(rf"{quote}([^{quote}\\\n]*(?:\\.[^{quote}\\\n]*)*){quote}" for quote in "\"'"),
        )
    )
)
PRINTED_STRING = late_pattern(r"(\\{0,4}[\"'])((?:(?!\1)(?:\\.|[^\\\n]))*)\1")
CALL = late_pattern(r"([\w.]{1,80})\((?:[^()]|\([^()]*\))*\Z")
_TAKERS = """
auth authenticate client connect decode decrypt encode encrypt fernet login open rcon run session
sign signin start verify
"""
TAKERS = frozenset(_TAKERS.split())
"""Words of functions that are given a secret."""
SIGNERS = late_pattern(r"(?:\A|\.)(?:compare_digest|hmac\.(?:new|digest))\Z")
"""Functions that are given one whose words are too common."""
BEHIND_HOST = late_pattern(
    r"(?:\A|\.)(?:FTP(?:_TLS)?|(?:Strict)?Redis|dbl_webhook)\Z"
    r"|(?i:lavalink|pool)\w{0,20}\.(?:add|create)_node\Z"
)
"""Those that are given one behind a host or a path."""
NAMES = late_pattern(r"[A-Za-z]?[a-z]{0,12}(?:[./_ -][A-Za-z]?[a-z]{0,12})+")
"""What most texts in source are, and a quick look tells: paths, names, sentences."""
RUN = late_pattern(r"[A-Za-z\d]{8,}")
"""What a key has somewhere, and it is no word."""
ADDRESS = late_pattern(r"[a-z][a-z+.-]{1,20}://[^\s@]*")
"""Its secret parts are found by their own rules, which come first."""
WITH_BLANKS = late_pattern(
    r"[a-z]{4}(?: [a-z]{4}){3}|(?=[^\d]{0,60}\d)\w{1,30}(?: [\w!?.#-]{1,30}){1,5}"
)
"""A password of several words: one that Google gives an app, or one with a number."""
LOGIN = late_pattern(r"(?i:login|authenticate|smtp)\([^()]{1,200}, ?\Z")
"""Where it is looked for: behind the name of who logs in."""
DEFAULT = late_pattern(
    r"(?: or | else |\b(?:default|fallback) ?= ?|\bget(?:env)?\((?:[^()]{1,100},) ?)[rbu]?\Z"
)
IDENTIFIER = late_pattern(r"[A-Za-z_]\w{2,60}")
LOOKED_BACK = 200
LONGEST_KNOWN = 200
"""Characters of the longest source line that is remembered."""
EXAMPLE = "client.run('{b62:32}')"

SHORTEST, SHORTEST_ANYWHERE = 8, 16


def redact_literals(text: str) -> str:
    """Replace secrets in quotes in the source lines of tracebacks."""
    if '"' not in text or "File " not in text:
        return text
    if ("\\" in text and "\\n" in text) or "⏎" in text:
        text = PRINTED.sub(_without_printed, text)
    text = _without_shown(text, INDENT)
    return _without_shown(text, INDENT_IN_GROUP) if "|" in text else text


def _without_shown(text: str, indent: str) -> str:
    """Replace the secrets in the source lines with an indent."""
    parts = text.split(indent)
    for number in range(1, len(parts)):
        line, end, rest = parts[number].partition("\n")
        if '"' in line or "'" in line:
            known = len(line) <= LONGEST_KNOWN
            clean = _known(line) if known else _without_secrets(line, STRING)
            if clean != line and _is_source(parts, number):
                parts[number] = clean + end + rest
    return indent.join(parts)


def _is_source(parts: list[str], number: int) -> bool:
    """Tell whether a part is below a line that names a file, with no other lines between."""
    for before in range(number - 1, max(-1, number - 1 - MOST_LINES), -1):
        last = parts[before].rpartition("\n")
        if last[2].lstrip(" |").startswith('File "'):
            return True
        if last[1]:  # something else than source
            return False
    return False


def _without_printed(match: re.Match[str]) -> str:
    clean = _without_secrets(match[1], PRINTED_STRING)
    return match[0][: match.start(1) - match.start()] + clean


def _without_secrets(line: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(lambda string: _without_secret(string, line), line)


@lru_cache(maxsize=256)
def _known(line: str) -> str:
    """Remember what is left of a line: an error that comes again shows the same ones."""
    return _without_secrets(line, STRING)


def _without_secret(string: re.Match[str], lines: str) -> str:
    number = string.lastindex or 0
    value = string[number]
    value = PLACEHOLDER.sub("", value) if "{" in value else value
    if not _is_secret(value, lines[: string.start()]):
        return string[0]
    start, end = string.start(number) - string.start(), string.end(number) - string.start()
    return string[0][:start] + REDACTED + string[0][end:]


def _is_secret(value: str, before: str) -> bool:
    """Tell whether a text in quotes is a secret, by itself and by what stands before it."""
    if len(value) < SHORTEST:
        return False
    if " " in value:
        return WITH_BLANKS.fullmatch(value) is not None and LOGIN.search(before) is not None
    if NAMES.fullmatch(value) or is_place(value) or ADDRESS.fullmatch(value):
        return False
    if not is_opaque(value, SHORTEST):
        return False
    is_like_key = len(value) >= SHORTEST_ANYWHERE and not all(map(is_words, RUN.findall(value)))
    return is_like_key or _is_taken(before) or _is_default(before)


def _is_taken(before: str) -> bool:
    """Tell whether what follows is handed to a function that takes secrets."""
    call = CALL.search(before[-LOOKED_BACK:])
    if call is None:
        return False
    if not TAKERS.isdisjoint(part.lower() for part in PARTS.findall(call[1])):
        return True
    is_behind = before.rstrip(" bru").endswith(",")
    return bool(SIGNERS.search(call[1]) or (is_behind and BEHIND_HOST.search(call[1])))


def _is_default(before: str) -> bool:
    """Tell whether what follows is instead of a setting that names a secret."""
    before = before[-LOOKED_BACK:]
    return DEFAULT.search(before) is not None and any(map(names_secret, IDENTIFIER.findall(before)))
