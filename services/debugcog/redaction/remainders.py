"""Any text → the same text without what errors show of a secret that was cut in two."""

from __future__ import annotations

import re
from functools import partial

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction import REDACTED
from services.debugcog.redaction.remainder_rules import REMAINDER_RULES
from services.debugcog.redaction.values import is_opaque
from services.debugcog.redaction.words import is_words

PATTERNS = tuple(
    (rule.sign, late_pattern(f"({rule.before})({rule.rest})"), rule.shortest)
    for rule in REMAINDER_RULES
)
IS_CUT = late_pattern(
    r"'(?<=value as '|id port: '|, found: '|w value: '|eference '| errors: '"
    r"|s\.\nfile: '|e\.\nfile: '|\.\\nfile: '|\\\\nfile: '| ⏎ file: ')"
)
"""Where a rest in quotes may be, unless these are escaped: found by the quote, as that costs least.
All alternatives are as long, as those behind a place have to be."""
WORD = late_pattern(r"[^\s\\]+")
INTERPOLATED = late_pattern(r"%\((\w{1,60})\)[-\d.]{0,6}[a-z]")


def redact_remainders(text: str) -> str:
    """Replace what is left of secrets in the texts of errors."""
    if "'" in text and (IS_CUT.search(text) or ("\\" in text and "\\'" in text)):
        text = _without(text, "'")
    return _without(text, "@") if "@" in text else text


def _without(text: str, sign: str) -> str:
    for needed, pattern, shortest in PATTERNS:
        if needed == sign:
            text = pattern.sub(partial(_without_rest, shortest), text)
    return text


def _without_rest(shortest: int, match: re.Match[str]) -> str:
    """Hide what is no word in the rest."""
    return match[1] + WORD.sub(
        lambda word: REDACTED if _is_secret(word[0], shortest) else word[0], match[2]
    )


def _is_secret(word: str, shortest: int) -> bool:
    if not is_opaque(word, shortest):
        return False
    return not is_words(INTERPOLATED.sub(_name_alone, word).strip("%"))


def _name_alone(match: re.Match[str]) -> str:
    """Keep what names no other setting: a part of a password may stand there."""
    return "" if is_words(match[1]) else match[0]
