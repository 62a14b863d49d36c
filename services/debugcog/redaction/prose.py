"""A place behind a key → whether a sentence follows, and no value."""

from __future__ import annotations

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction.foreign import is_foreign
from services.debugcog.redaction.values import is_saying
from services.debugcog.redaction.words import is_words

LENGTH = late_pattern(
    r"\(?(?:\d{1,4}[-\u2013])?\d{1,5} (?:characters|chars|letters|digits|bytes)\b"
)
ESCAPED_WORD = late_pattern(r"(?:\\{0,8}u[\da-fA-F]{4})+")


def is_prose(text: str, name: str, separator: str, at: int) -> bool:
    """Tell whether a sentence follows, and no value: ``password: user mia has none``."""
    if LENGTH.match(text, at):
        return True
    words = text[at : at + 60].split("\n", 1)[0].split()[:4]
    if separator == ":" and words and _is_foreign_word(name, words[0].strip("\\\"'.,!")):
        return True
    return len(words) > 1 and is_words(words[0]) and is_saying(" ".join(words))


def _is_foreign_word(name: str, word: str) -> bool:
    """Tell whether a word of another language follows: ``senha: incorreta``."""
    if not word.isascii() or ESCAPED_WORD.fullmatch(word):
        return word.isalpha() or word.isascii()
    is_plain = word.isalpha() and (word[1:].islower() or word.isupper())  # not "lenybdWipNeg"
    return is_plain and is_foreign(name) and is_words(word)
