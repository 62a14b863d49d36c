"""Any text → the same text without tokens that are known by their own shape (``TOKEN_RULES``).

A token has a run of 20 letters, digits, ``_`` and ``-`` at least that is no word, no number and no
hash. Such runs are found by two operations on bytes, which cost less than the search for one word;
only what is around them is looked at. All of it is linear in the length of the text.
"""

from __future__ import annotations

import re
import string
from functools import cache

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction import REDACTED, token_rules
from services.debugcog.redaction.notations import SOME_BLANKS
from services.debugcog.redaction.words import is_words, share_of_words

SHORTEST = 20
_RUN = (string.ascii_letters + string.digits + "_-").encode()
_CHUNK = _RUN + b".:/+=~%$"


def _table(characters: bytes) -> bytes:
    return bytes(ord("x") if code in characters else ord(" ") for code in range(256))


RUNS, CHUNKS = _table(_RUN), _table(_CHUNK)
"""Turn the characters of a run, or of what a token may be in, to "x", all others to " "."""
RUN = b"x" * SHORTEST
HARMLESS = late_pattern(
    # Words of one style with small numbers; a number; a hash; a UUID; but for what DeepL, Deezer,
    # fal, PayPal and Zhipu make of those
    r"(?:[_-]*(?:[a-z]+\d{0,3}|\d+)(?:[_-]+(?:[a-z]+\d{0,3}|\d+))*[_-]*"
    r"|[A-Z]{1,15}(?:_+(?:[A-Z]{1,15}|\d{1,3}))+|(?:[A-Z][a-z]{2,})+\d{0,3})(?![\w-])"
    r"|(?<![.$])[\da-f]{1,191}(?![\w-]|\.[A-Za-z\d]{16}(?!\w))"
    r"|[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}(?![\w-]|:fx|:[\da-f]{32})",
    re.ASCII,
)

ESCAPES = (
    *(r"\\[abfnrtv]", r"\\x[\da-fA-F]{2}", r"\\u[\da-fA-F]{4}", r"%[\da-fA-F]{2}"),
    *(r"[\[;]\dm", r"[\[;]\d\dm"),
)
"""What ends like a word and is none: ``\\n`` as repr() and JSON write it, ``%20``, a colour."""
BORDER = rf"(?:(?<![\w-])|{'|'.join(f'(?<={escape})' for escape in ESCAPES)})"
SCHEME = late_pattern(rf"(B(?:earer|asic|ot){SOME_BLANKS})([\w.~+/=-]{{16,}})", re.ASCII)
TAG = late_pattern(r"#\d{4}(?!\w)")
"""A discriminator, which is behind names only."""
SAID = late_pattern(r"(?:#0)? (?:[a-z]{2,20}(?![\w-])|[|(])")
"""What follows the name of a bot in a sentence or a status: a verb, its servers, its id."""
CALLED = " as "
"""What is before ``Bot`` and its name: "Logged in as"."""
LONGEST_NAME = 32
"""Characters of a name at Discord."""
PARTS_OF_NAME = late_pattern(
    r"(?:(?:[A-Z]?[a-z]{2,}(?:[A-Z][a-z]+)*|\d+|[A-Za-z\d]{1,4})(?:[_-]+|\Z)){2,}"
)
"""Words, numbers and a few letters of any kind: ``MEE6-Clone-2026``."""
OF_NAMES = 0.38
"""Share of words in the name of a bot: of one random text in 400 as well."""
PRIVATE_KEY = late_pattern(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?s:.*?)(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)"
)


def redact_tokens(text: str) -> str:
    """Replace tokens, private keys, and what follows ``Bearer``, ``Basic`` and ``Bot``."""
    if "PRIVATE KEY" in text:
        text = PRIVATE_KEY.sub(REDACTED, text)
    if "B" in text:
        text = SCHEME.sub(_without_credentials, text)
    runs = text.encode("latin-1", "replace").translate(RUNS)  # one byte for each character
    at = runs.find(RUN)
    return text if at < 0 else _without_tokens(text, runs, at)


def _without_credentials(match: re.Match[str]) -> str:
    if is_words(match[2]) or (match[0].startswith("Bot") and _is_name(match)):
        return match[0]
    return match[1] + REDACTED


def _is_name(match: re.Match[str]) -> bool:
    """Tell whether a bot's name follows ``Bot``, not its token, which is longer."""
    text, name, start = match.string, match[2].rstrip("."), match.start()
    if len(name) > LONGEST_NAME:
        return False
    if TAG.match(text, match.end()):
        return True
    if not (SAID.match(text, match.end()) or text.endswith(CALLED, 0, start)):
        return False
    return PARTS_OF_NAME.fullmatch(name) is not None or share_of_words(name) >= OF_NAMES


def _without_tokens(text: str, runs: bytes, at: int) -> str:
    """Replace the tokens around each long run, of which the first is at ``at``."""
    kept, done, chunks = [], 0, b""
    while at >= 0:
        end = runs.find(b" ", at) % (len(runs) + 1)
        if not HARMLESS.match(text, at):
            chunks = chunks or text.encode("latin-1", "replace").translate(CHUNKS)
            start, end = chunks.rfind(b" ", done, at) + 1, chunks.find(b" ", at) % (len(runs) + 1)
            for match in _pattern().finditer(text, max(done, start), end):
                kept += [text[done : match.start()], REDACTED]
                done = match.end()
        at = runs.find(RUN, end)
    return "".join([*kept, text[done:]]) if kept else text


@cache
def _pattern() -> re.Pattern[str]:
    """Make one pattern of all rules, when the first text needs it."""
    every = "|".join(rule.pattern for rule in token_rules.TOKEN_RULES)
    return re.compile(f"{BORDER}(?:{every})", re.ASCII)
