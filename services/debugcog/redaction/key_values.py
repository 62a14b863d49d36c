"""A key in a text → where its value is, and whether that is a secret."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.debugcog.redaction.key_names import digits_allowed, shortest_secret
from services.debugcog.redaction.key_rules import SURE
from services.debugcog.redaction.values import PLAIN, is_opaque, is_plain, is_saying
from services.debugcog.redaction.words import is_words

BREAK = (
    r"(?:\n|\\{1,4}n| ?⏎)"  # as it is, as repr() and JSON write it, and as tracebacks of ours do
)
BLOCK = re.compile(rf"([|>][+\-\d]{{0,2}})?[ \t]{{0,8}}{BREAK}(?=[ \t]{{1,40}}\S)")
"""YAML: the value is in the lines below."""
LINES = re.compile(r"(?:[ \t]+[^\n⏎]*(?:\n|⏎|\Z))+")
ALONE = re.compile(rf"[ \t]+\S{{4,}}(?=[ \t]*(?:{BREAK}|\Z))")
BRACKETS = re.compile(r"\[(?!redacted\])[^\]\n]{0,2000}\]?|\([^)\n]{0,2000}\)?|\{[^}\n]{0,2000}\}?")
IN_BRACKETS = re.compile(r"[^\s,;:=(){}\[\]\"']+")
OPENING = re.compile(r"[bBfFrRuU]{0,2}(\\{0,8})(\"\"\"|'''|\"|'|`)")
INSIDE = {
    quote: re.compile(rf"(?:\\.|(?!{quote})[^\\\n])*") for quote in ('"""', "'''", '"', "'", "`")
}
QUOTED = re.compile(r"(\\{0,8}[\"'])((?:(?!\1)[^\n])*)\1")
NOTHING = re.compile(r"[,;)\]}]|\s|\Z|\[redacted\](?![\w.-])|<[\w.]{1,100} (?:object )?at 0x")
CALL = re.compile(
    r"(?:await )?((?:self|os|settings|config)\.[\w.]{1,80}|[A-Za-z_][\w.]{0,80}(?=[(\[]))"
)
CALL_SHORTEST = 6
"""Characters of a text between the brackets of a call that can be a secret."""
OWN = re.compile(r"(?:self|os|settings|config)\.")
IDENTIFIER = re.compile(r"[A-Za-z_.-]{1,60}")
PLACEHOLDER = re.compile(r"\{[A-Za-z_][\w.]{0,60}(?:\(\)|\[['\"]?\w{1,40}['\"]?\])?(?:![rsa])?\}")
SNAKE = re.compile(r"_*[a-z]+(?:[._]+[a-z]+)*")
SCHEME = r"(?:Bearer|Basic|Bot|Token|Digest|OAuth|Negotiate|[A-Z]\w{1,20}(?:-[\w-]{1,30})?)"
WORD = re.compile(r"(?:(?i:Bearer|Basic|Bot|Token|Digest) +)?(?:(?![;,&|] ?[\w.-]{1,60}=)\S)+")
URL_WORD = re.compile(r"[^&\s#\"'<>]*")
WHOLE_WORD = re.compile(r"\S+")
LINE = re.compile(r"[^\n]*")
CREDENTIALS = re.compile(rf"{SCHEME} +(?=\S)([^\n\"']*)")
PARAMETERS = re.compile(rf"{SCHEME} +(?:[\w-]{{1,40}}=(?:\\?\"[^\"\n]*\"|[^\s,\"']*),? ?)+")
PAIRS = re.compile(r"[\w!#$%&'*+.^`|~-]{1,80}=[^\s;,\"']+[^\n\"']*")
CLOSERS = ",;)}>\"'"
LONGEST_LINE = 400
MOST_LINES = 8
"""Lines of one statement that a traceback of Python 3.13 shows, at the most."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key in a text.

    Attributes:
        name: as it stands there.
        separator: what is between it and its value.
        start: where it starts.
        value: where its value starts.
        shortest: characters of the shortest value that is a secret.
        in_url: it is a parameter of an address.
    """

    name: str
    separator: str
    start: int
    value: int
    shortest: int
    in_url: bool


def span_of_value(text: str, key: Key) -> tuple[int, int]:
    """Find where the key's value starts and ends; at the same place when it has none."""
    opening = OPENING.match(text, key.value)
    if opening is not None:
        return opening.end(), _end_of_quoted(text, opening)
    block = BLOCK.match(text, key.value) if key.separator.startswith(":") else None
    if block is not None:
        return block.end(), _end(LINES if block[1] else ALONE, text, block.end())
    if NOTHING.match(text, key.value):
        return key.value, key.value
    if _is_code(text, key.start):
        return key.value, _end_of_literals(text, key.value)
    if key.separator[0] in ":=" and _is_prose(text, key):
        return key.value, key.value
    return key.value, _end_of_bare(text, key)


def _end_of_literals(text: str, start: int) -> int:
    """Find the end of brackets in source that have something in quotes: ``auth=("bot", "…")``."""
    bracket = BRACKETS.match(text, start)
    return bracket.end() if bracket and QUOTED.search(bracket[0]) else start


def is_secret(name: str, value: str) -> bool:
    """Return whether a value is a secret by the name that it has."""
    shortest = shortest_secret(name)
    return shortest is not None and hides(name, value, shortest)


def hides(name: str, value: str, shortest: int, *, quoted: bool = True) -> bool:
    """Return whether a value is a secret.

    Args:
        name: of its key.
        value: as it stands in the text.
        shortest: characters of the shortest value that is a secret.
        quoted: it stands in quotes, and is no code.
    """
    value = (PLACEHOLDER.sub("", value) if "{" in value else value).strip()
    if value.isdecimal():
        least, most = digits_allowed(name) or (1, 0)
        return least <= len(value) <= most
    if PLAIN.fullmatch(value) or (not quoted and _is_call(value)):
        return False
    credentials = CREDENTIALS.match(value)
    if credentials is not None and "auth" in name.lower():
        return not is_plain(credentials[1])
    if "cookie" in name.lower() and PAIRS.match(value):
        return True
    if BRACKETS.fullmatch(value):
        parts = IN_BRACKETS.findall(value)
        parts += [match[2] for match in QUOTED.finditer(value)]
        hidden = any(hides(name, part, shortest) for part in parts)
        return hidden and not is_saying(" ".join(parts))
    if _is_name(value):
        return False
    return not is_plain(value) if shortest == SURE else is_opaque(value, shortest)


def _is_name(value: str) -> bool:
    """Tell whether a value is itself the name of a secret: ``token=next_token``."""
    name = value.removesuffix(":")  # with a colon it is the key of another value
    if not IDENTIFIER.fullmatch(name) or shortest_secret(name) is None:
        return False
    return name != value or is_words(name)


def _is_call(value: str) -> bool:
    """Tell whether a value is read from somewhere: ``get_token()``, ``self.token``."""
    call = CALL.match(value)
    if call is None or not (OWN.match(call[1]) or SNAKE.fullmatch(call[1]) or is_words(call[1])):
        return False
    parts = IN_BRACKETS.findall(value[call.end() :])
    return not any(is_opaque(part, 16 if part.isalpha() else CALL_SHORTEST) for part in parts)


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
    name = key.name.lower()
    header = PAIRS if "cookie" in name else PARAMETERS if "auth" in name else None
    match = header.match(text, key.value) if header and key.separator[0] == ":" else None
    if match is not None:
        return match.end()
    bracket = BRACKETS.match(text, key.value)
    if bracket is not None:
        return bracket.end()
    pattern = URL_WORD if key.in_url or key.separator[0] in "%>" else WORD
    pattern = WHOLE_WORD if name.endswith("string") else pattern  # Server=…;Password=…
    end = _end(pattern, text, key.value)
    return key.value + len(text[key.value : end].rstrip(CLOSERS))


def _is_prose(text: str, key: Key) -> bool:
    """Tell whether a sentence follows, and no value: ``password: user mia has none``."""
    words = text[key.value : key.value + 60].split("\n", 1)[0].split()[:4]
    return len(words) > 1 and is_words(words[0]) and is_saying(" ".join(words))


def _is_code(text: str, at: int) -> bool:
    """Tell whether a traceback's source line has the key as a name, not inside a string."""
    line = text[_line_start(text, at) : at]
    outside = line.count('"') % 2 == 0 and line.count("'") % 2 == 0
    return outside and _is_source(text, at)


def _is_source(text: str, at: int) -> bool:
    """Tell whether a traceback shows the line as source: somewhere below a ``File "`` line."""
    for lines in range(MOST_LINES + 1):
        start = _line_start(text, at)
        if text[start:at].lstrip(" |").startswith('File "'):
            return lines > 0
        if not start or not text.startswith(("    ", "  |"), start):
            return False
        at = start - 1
    return False


def _line_start(text: str, at: int) -> int:
    """Return where the line begins, or the longest line that is looked at."""
    furthest = max(0, at - LONGEST_LINE)
    return max(furthest, text.rfind("\n", furthest, at) + 1)
