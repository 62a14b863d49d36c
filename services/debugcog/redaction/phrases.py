"""Secrets that are words → where they end, and whether they are one.

Passphrases, passwords of several words, those that Google gives an app, and the words of a wallet.
"""

from __future__ import annotations

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction.key_names import is_phrase
from services.debugcog.redaction.notations import BREAK
from services.debugcog.redaction.values import SAYINGS
from services.debugcog.redaction.words import is_words

WALLET = late_pattern(r"[a-z]{3,8}(?:[ ,]{1,3}[a-z]{3,8}){11,23}(?![\w-])")
"""Twelve words or more, as wallets number their keys."""
GROUPS = late_pattern(r"[a-z]{4}(?:[ \xa0][a-z]{4}){3}(?![\w-])")
"""A password for one app, as Google shows it."""
LINE = late_pattern(
    r"\w[\w!?#$%&*.@-]{0,39}(?: [A-Za-z\d][\w!?#$%&*.@-]{0,39}){1,11}"
    rf"(?=[ \t]*(?:{BREAK}|\Z))"
)
WORD = late_pattern(r"[\w'!?.-]+")
AT_BREAK = late_pattern(BREAK)
ALONE = ("", "export", "set")
"""What is on a line before the name of a setting."""
LOOKED_BACK = 80
FEWEST = 3
ASKED = frozenset(("enter", "login", "name", "passphrase", "password", "secret", "token"))
"""What is said of a password, besides ``SAYINGS``."""


def end_of_phrase(text: str, name: str, start: int, value: int) -> int | None:
    """Return where a value of several words ends; None for any other.

    Args:
        text: all of it.
        name: of the key.
        start: where the name starts.
        value: where the value starts.
    """
    wallet = WALLET.match(text, value) if is_phrase(name) else None
    if wallet is not None:
        return wallet.end()
    if "pass" not in name.lower():
        return None
    groups = GROUPS.match(text, value)
    if groups is not None:
        return groups.end()
    line = LINE.match(text, value)
    before = AT_BREAK.split(text[max(0, start - LOOKED_BACK) : start])[-1].strip(" \t-|│┃")
    if line is None or before not in ALONE or _said(line[0]):
        return None
    is_all_words = all(map(is_words, line[0].split()))
    return None if is_all_words and not name.lower().endswith("passphrase") else line.end()


def is_passphrase(value: str) -> bool:
    """Return whether words in quotes are a password, and not what is said of one."""
    words = value.split()
    return (
        len(words) >= FEWEST and all(map(WORD.fullmatch, words)) and 2 * _said(value) < len(words)
    )


def is_app_password(name: str, value: str) -> bool:
    """Return whether four words of four letters are a password of Google."""
    if "pass" not in name.lower() or not GROUPS.fullmatch(value) or _said(value):
        return False
    return not all(map(is_words, value.split()))


def _said(text: str) -> int:
    """Count the words with which messages tell of a password."""
    words = (word.strip("!?.'").lower() for word in text.split())
    return sum(word in SAYINGS or word in ASKED for word in words)
