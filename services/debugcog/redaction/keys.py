"""Any text → the same text with the values of secret keys replaced (``password=…``).

A key counts when a separator and a value follow it. What is spared, so that errors stay readable:
what cannot be a secret (``values.is_plain``), after a name with a second meaning what does not look
like one, and in source lines of a traceback what stands in no quotes (``token = await login()``).
"""

from __future__ import annotations

import re

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction import REDACTED
from services.debugcog.redaction.escaped_marks import with_marks
from services.debugcog.redaction.foreign import IN_OUR_LETTERS, in_our_letters
from services.debugcog.redaction.key_names import (
    IN_OTHER_WORDS,
    is_public,
    is_read,
    shortest_secret,
)
from services.debugcog.redaction.key_rule import ALONE, SURE, WRITTEN
from services.debugcog.redaction.key_rules import KEY_RULES
from services.debugcog.redaction.key_values import Key, hides_of, span_of_value
from services.debugcog.redaction.notations import BLANK, BLANKS, BREAK, SOME_BLANKS
from services.debugcog.redaction.sections import secrets_below, secrets_in_tables
from services.debugcog.redaction.trigrams import TrigramFilter
from services.debugcog.redaction.values import is_opaque

NEEDLES = tuple(dict.fromkeys(rule.needle for rule in KEY_RULES if rule.needle != ALONE))
_ALONE = "|".join(word for rule in KEY_RULES if rule.needle == ALONE for word in rule.words)
WORDS_ALONE = late_pattern(
    rf"_(?:{_ALONE}|{_ALONE.upper()})(?=\\{{0,8}}[\"'`]?[\])]?[ \t]{{0,8}}[=:])"
)
"""In one case: a pattern of both takes three times as long over the underscores of a text."""
WITH_DIGITS = ("pass", "pw", "otp", "pin", "code", *IN_OUR_LETTERS)
"""Needles of names whose values may be digits."""
FILTER = TrigramFilter(NEEDLES)
SIGNS = ("=", ":", ">", "'", '"', "`", "%", "--")
"""In a text without all of them, only what may be in a sentence is a key."""
IN_SENTENCES = frozenset(rule.needle for rule in KEY_RULES if rule.shortest == SURE)
FIRST_WORDS = late_pattern(
    r"(?:api|access|private|secret|connection|client|auth|recovery|backup|verification"
    r"|security|login|seed|wallet|pin) \Z",
    re.IGNORECASE,
)
"""First words of names that are written in two."""
LAST_WORDS = ("key", "string", "code", "codes", "phrase", "words")
WORD_BEFORE = late_pattern(r"(?<![\w-])([A-Za-z]{2,20}) \Z")

TYPE = r"(?:(?:str|bytes)(?: \| None)? ?|[A-Z]\w{0,30}(?:\[[\w. |]{1,30}\])?(?: \| None)? )"
ESCAPE = r"(?:\x1b|\\{1,4}(?:x1b|u001b|033))"  # as it is, or as repr() and JSON write it
SET_TO = (
    r"(?:is |was |has been )?(?:now )?(?:set|changed|reset|updated) (?:to|from(?= \S{1,80} to ))"
    r"|is now"
)
OWNER = rf"(?:for|of)(?: [^\s:=]{{1,40}}){{1,3}}?(?::| (?:{SET_TO}|is|was|to):?)"
GIVEN = (
    rf"(?:provided|given|supplied|passed|received|entered|format|value|{SET_TO}"
    r"|#\d{1,3}|no\. ?\d{1,3}(?: is)?)"
)
SETTING = late_pattern(
    r"\b(?:set|sett|reset|resett|chang|updat)(?:e|ed|es|ing|s)? (?:the |\w{1,32}\\{0,8}'s )?\Z",
    re.IGNORECASE,
)
"""What is before a key whose value comes behind "to": "changed password of mia to"."""
TO = late_pattern(r"(?:\A|(?<!set)(?<!changed)(?<!updated) )to:?\Z")
_REST = (
    # The whole rest of the name, or all but the beginning of an arrow: less need not be tried.
    r"([\w.-]{0,60})(?![\w.]|-(?!>)|(?<=-)>)(?:\[\w{0,20}\])?(?:\\{0,8}[\"'`]|%22)?[\])]?(?:\*\*)?"
    rf"(?:{ESCAPE}\[[\d;]{{0,8}}m)?{BLANKS}"
    # The other half of a pair of a name and a value:
    r"((?<=[\"']),?[ \t]?\\{0,8}[\"']?value\\{0,8}[\"']?[ \t]?[:=][ \t]?"
    rf"|(?:: ?{TYPE}=|=>|!?={{1,2}}|:(?!:)(?:=|\*\*(?=[ \t]))?|%3[aAdD](?:%22)?){BLANKS}"
    # The lines of a field in an error of pydantic:
    rf"|{BREAK}  (?:(?! \[type=)[^\n⏎]){{1,300}} \[type=(?!missing)\w{{1,60}}, input_value="
    # A pair in a tuple, an element of XML, a call:
    r"|(?<=[\"']),[ \t]?(?=[bBuU]?\\{0,8}[\"'])|>(?=[^<\s])(?!@[\w-]{1,63}\.\w)"
    r"|(?<=\w)\((?=[bBrRuUfF]{0,2}\\{0,8}[\"'])"
    # An option of a command line, a sentence, a cell of a table:
    rf"|(?:(?:->|→|[|│┃]| {GIVEN}:?| {OWNER}| (?:is|was|to):?){SOME_BLANKS}"
    rf"|->(?=[\w.-]{{16,400}}(?![\w(\[]))|{SOME_BLANKS})"
    r"(?![\s-]|[\w.-]{1,60}=[^=\s]))"
)
REST = late_pattern(_REST, re.ASCII)
_FIGURE = (
    r"[\w.-]{0,60}[\"'`]?[ \t]{0,8}[=:|]?[ \t]{0,8}(?<![\w.-])\d{1,20}(?:\.\d{1,9})?"
    r"(?:[,;)\]}]|\.?(?:\s|\Z))"
)
"""The rest of a name, and a number: the most frequent values, that most names may have."""
PLACES = {
    needle: late_pattern(needle + ("" if needle in WITH_DIGITS else f"(?!{_FIGURE})"), re.ASCII)
    for needle in NEEDLES
}
"""Where a needle is in a text in lower case, and may be followed by a secret."""
PARAMETER = late_pattern(r"[?&]([\w.-]{1,20})=(?=[^&\s#\"'<>]{12})")
BEFORE = {
    ">": late_pattern(r"<[\w:. =\\\"'-]{0,60}\Z"),
    " ": late_pattern(r"(?<![\w-])--[\w-]{0,60}\Z"),
}
"""What stands before the key, where so little separates it from its value."""
LEAST = {">": 0, " ": 0, "(": 8, ",": 4, "==": 8, "!=": 8}
"""Characters of the shortest secret after such a separator."""
SPOKEN = ("", "->", "→", "|", "│", "┃", "is", "is:", "was", "was:")
"""Separators of sentences and tables, where only what looks like a secret is one."""
IS_GIVEN = late_pattern(f"{GIVEN}:?")
ESCAPED_BLANK = late_pattern(BLANK)
ARN = late_pattern(r"arn:aws[\w-]{0,10}:[\w:/+=,.@-]{0,200}\Z", re.ASCII)
"""What names a thing of AWS, of which ``secret:`` is the kind."""
LONGEST_ARN = 220
PASS_OF_A_LIST = late_pattern(r"pass: (?![\"'\\])", re.IGNORECASE)
OF_SOME_PASS = 6
"""Characters of a secret there: a pass of a game, of mypy or over a mountain is a word."""
IN_A_SENTENCE = {"pass": 10, "": 16}
"""How long a secret is there, by what its name has: ``token … rejected``."""
ESCAPED = late_pattern(
    r"(?<=\\)(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|[abfnrtv0])|(?<=%)[\da-fA-F]{2}|(?<=[\[;])\d{1,3}m"
)
"""The end of an escape or a colour, of which the name in front of a key's word is not a part."""
HEADER = late_pattern(r"(?:Proxy-)?Authori[sz]ation", re.IGNORECASE)
"""What is a header as the key of a mapping, and beside others; sentences have the word, too."""
OTHER_HEADERS = ("Host: ", "User-", "Accept", "Client-Name: ", "Connection: ")
HEADER_BESIDE = late_pattern(
    rf"(?:\A|{BREAK})[<>|]? ?"
    r"(?:Host|User-(?:Id|Agent)|Accept(?:-Encoding)?|Client-Name|Connection): "
)
"""A line of a request with another header, and what it is looked for by."""
BESIDE = 300
"""Characters before and behind a header where another can be."""
NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

LONGEST_NAME = 60
REPEATED, MOST_REPEATED = 16, 16
"""Characters of a secret that is looked for in the rest of its text, and how many of them are."""


def redact_keys(text: str) -> str:
    """Replace the values of secret keys."""
    kept, secrets, done, checked, section = [], [], 0, 0, 0
    whole, text = text, in_our_letters(with_marks(text))
    low, needles = _needles(text)
    below = secrets_in_tables(whole) if needles and "[" in whole else []
    for at, rest in _found(text, low, needles):
        # A word that is hidden may end with the next line's key, where line breaks are escaped.
        key = _key(text, at, rest) if at >= done or rest.end() > done else None
        if key is None or (key.shortest > WRITTEN and key.value < checked):
            continue  # what is inside a value that looks like no secret was looked at with that
        if key.separator[0] in ":=" and key.value >= section:
            more, section = secrets_below(text, key.name, key.start, key.value)
            below += more
        start, end = span_of_value(text, key)
        if key.separator == " " and REDACTED in text[start:end]:
            continue  # what is left was looked at before
        quoted = start > key.value
        if end > start and hides_of(key, text[start:end], quoted=quoted):
            kept += [whole[done:start], REDACTED]
            secrets.append(whole[start:end])
            done = end
        else:
            checked = max(checked, end)
    if kept:
        whole = _without_repeated("".join([*kept, whole[done:]]), secrets)
    for secret in sorted(dict.fromkeys(below), key=len, reverse=True):
        whole = whole.replace(secret, REDACTED)
    return whole


def _without_repeated(text: str, secrets: list[str]) -> str:
    """Replace what was a secret in one place wherever else the text has it: before its name."""
    for secret in dict.fromkeys(secrets[:MOST_REPEATED]):
        bare = secret.strip(" \t\"'\\")
        if bare in text and is_opaque(bare, REPEATED) and bare != REDACTED:
            text = text.replace(bare, REDACTED)
    return text


def _needles(text: str) -> tuple[str, set[str]]:
    """Give a text in lower case, and the needles that it has."""
    # "İ" is the one character whose lower case is longer than itself.
    plain = text.replace("İ", "i")
    maybe = FILTER.words_in(plain)
    low = plain.lower() if maybe else ""
    return low, {needle for needle in maybe if needle in low}


def _found(text: str, low: str, needles: set[str]) -> list[tuple[int, re.Match[str]]]:
    """List where a needle is that is followed by a separator, and what matches that."""
    found = _parameters(text) if "?" in text or "&" in text else []
    if "_" in text:
        found += _alone(text)
    if needles and not any(map(text.__contains__, SIGNS)):
        needles = needles & IN_SENTENCES
    for needle in needles:
        for match in PLACES[needle].finditer(low):
            rest = REST.match(text, match.end())
            if rest:
                found.append((match.start(), rest))
    return sorted(found, key=lambda one: one[0]) if len(found) > 1 else found


def _alone(text: str) -> list[tuple[int, re.Match[str]]]:
    """List the words that name a key where nothing is behind them, as ``_found`` does."""
    found = ((match.start(), REST.match(text, match.end())) for match in WORDS_ALONE.finditer(text))
    return [(at, rest) for at, rest in found if rest]


def _parameters(text: str) -> list[tuple[int, re.Match[str]]]:
    """List the parameters of addresses whose names mean a secret there only, as ``_found`` does."""
    names = (match for match in PARAMETER.finditer(text) if shortest_secret(match[1], in_url=True))
    found = ((match.end(1), REST.match(text, match.end(1))) for match in names)
    return [(at, rest) for at, rest in found if rest]


def _key(text: str, at: int, rest: re.Match[str]) -> Key | None:
    """Read the key of which a needle was found at ``at``."""
    head, separator = text[max(0, at - LONGEST_NAME) : at], _separator(rest[2].strip())
    start = at - len(head) + len(head.rstrip(NAME))
    if separator == "to":
        if not SETTING.search(text, max(0, start - LONGEST_NAME), start):
            return None
        separator = " "
    escape = ESCAPED.match(text, start)
    start = escape.end() if escape and escape.end() <= at else start
    name = text[start : rest.end(1)]
    if separator == ":" and ARN.search(text, max(0, start - LONGEST_ARN), start):
        return None
    before = WORD_BEFORE.search(text, max(0, start - LONGEST_NAME), start)
    if before and is_public(before[1], name):
        name = f"{before[1]}_{name}"
    if name.lower() in LAST_WORDS:
        first = FIRST_WORDS.search(text, max(0, start - LONGEST_NAME), start)
        start = first.start() if first else start
        name = text[start : rest.end(1)]
    in_url = text[max(0, start - 1) : start] in ("?", "&") or separator[0] == "%"
    shortest = _shortest(text, at, name, separator, in_url=in_url)
    if separator[0] in ":=" and HEADER.fullmatch(name) and _is_header(text, start, rest.end()):
        shortest = SURE
    if shortest is not None and before and is_read(before[1], name):
        shortest = max(shortest, IN_OTHER_WORDS)
    return None if shortest is None else Key(name, separator, start, rest.end(), shortest, in_url)


def _separator(text: str) -> str:
    """Read what separates a key from its value: all that is said between them is a blank."""
    if "\\" in text:
        text = ESCAPED_BLANK.sub("", text)
    if TO.search(text):
        return "to"
    is_said = text in SPOKEN or text.startswith(("for ", "of ")) or IS_GIVEN.fullmatch(text)
    return " " if is_said else text


def _is_header(text: str, start: int, end: int) -> bool:
    """Tell whether ``Authorization`` is the key of a mapping, or stands beside other headers."""
    if text[max(0, start - 1) : start] in ("'", '"'):
        return True
    beside = text[max(0, start - BESIDE) : end + BESIDE]
    return any(map(beside.__contains__, OTHER_HEADERS)) and bool(HEADER_BESIDE.search(beside))


def _shortest(text: str, at: int, name: str, separator: str, *, in_url: bool) -> int | None:
    """Tell how short a secret may be after this name and what separates it from its value."""
    if separator == "(":  # of a call, the function's own name counts
        name = name.rpartition(".")[2]
    shortest = shortest_secret(name, in_url=in_url)
    if name.lower() == "pass" and shortest == SURE and PASS_OF_A_LIST.match(text, at):
        return OF_SOME_PASS
    if shortest is None or separator not in LEAST:
        return shortest
    before = BEFORE.get(separator)
    if before is not None and not before.search(text, max(0, at - LONGEST_NAME), at):
        is_spoken_of = separator == " " and shortest == SURE
        lengths = (least for part, least in IN_A_SENTENCE.items() if part in name.lower())
        return next(lengths) if is_spoken_of else None
    return max(shortest, LEAST[separator])
