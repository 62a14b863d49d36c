"""Keys in other languages and in fullwidth letters: ``senha=``, ``пароль:``.

``FOREIGN`` has each language's words for a password, and for a token where that is another word.
Words in other letters are read as a word of ours that is as long, so that every place in what is
read is the same place in the text.
"""

from __future__ import annotations

import re
from functools import cache

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction.key_rule import WRITTEN, KeyRule

FOREIGN = {
    "Portuguese": ("senha",),
    "Spanish": ("contrasena", "contraseña"),
    "German": ("kennwort",),  # and "passwort", which has "pass"
    "Dutch": ("wachtwoord",),
    "Italian, Romanian, Turkish": ("parola",),
    "Polish": ("haslo", "hasło"),
    "Swedish": ("lösenord",),
    "Turkish": ("şifre",),
    "Russian, Ukrainian": ("пароль", "токен"),
    "Chinese": ("密码", "密碼", "令牌"),
    "Japanese": ("パスワード", "トークン"),
    "Korean": ("비밀번호", "토큰"),
}
WORDS = tuple(word for words in FOREIGN.values() for word in words)
IN_OUR_LETTERS = tuple(word for word in WORDS if word.isascii())
IN_OTHERS = tuple(word for word in WORDS if not word.isascii())


def _read_as(word: str) -> str:
    """Give what is read instead of a word in other letters: as long, and with a rule."""
    return ("senha" if len(word) >= 5 else "pw").ljust(len(word), "_")


def _codes(letter: str) -> tuple[str, ...]:
    """Give what follows the backslash when a letter is escaped."""
    code = ord(letter)
    return (f"u{code:04x}", f"x{code:02x}") if code < 256 else (f"u{code:04x}",)


FOREIGN_RULES = tuple(
    KeyRule(
        word if word.isascii() else _read_as(word).strip("_"),
        (word,) if word.isascii() else (),
        WRITTEN,
        (
            *(f"{word}={{b62:12}}", f"db_{word}: {{b62:12}}", f"'{word.title()}': '{{b62:9}}'"),
            f"{word.upper()}={{b62:12}}",
        ),
        (f"{word}=None", f"{word}: 3", f"x{word}: a-word-that-merely-contains-it"),
    )
    for word in WORDS
)
NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
WIDE_LETTER = late_pattern(r"[\uff01-\uff5e]")
WIDE = late_pattern(r"[\uff01-\uff5e]|(?:\\{1,8}u[fF]{2}[0-5][\da-fA-F])+")
CODE = late_pattern(r"\\+u([\da-fA-F]{4})")
MARKS = tuple(
    mark for word in IN_OTHERS for mark in (word, *_codes(max(word)), *_codes(max(word).upper()))
)
"""What one of them has, as it is or as JSON and ascii() write it."""


def in_our_letters(text: str) -> str:
    """Read a text in ASCII as far as keys and what separates them from their values go."""
    if text.isascii() and ("\\" not in text or not ("\\u" in text or "\\x" in text)):
        return text
    low = text.lower()
    if "uff" in low or WIDE_LETTER.search(text):
        text = WIDE.sub(_narrow, text)
    return _others().sub(_ours, text) if any(mark in low for mark in MARKS) else text


def is_foreign(name: str) -> bool:
    """Return whether a key has another language's word for a password."""
    low = name.lower()
    return any(word in low for word in IN_OUR_LETTERS)


def _narrow(match: re.Match[str]) -> str:
    """Write fullwidth letters as ours, and fill up in front where escapes are longer than these."""
    letters = CODE.sub(lambda code: chr(int(code[1], 16)), match[0]).translate(NARROW)
    return letters.rjust(len(match[0]), "_" if letters[0].isalnum() else " ")


def _ours(match: re.Match[str]) -> str:
    return _read_as(match[0])


@cache
def _others() -> re.Pattern[str]:
    """Make a pattern of all words in other letters, and of what is written for them."""
    words = ("".join(map(_letter, word)) for word in IN_OTHERS)
    return re.compile("|".join(words), re.IGNORECASE)


def _letter(letter: str) -> str:
    """Match a letter of either case, as it is or escaped."""
    if letter.isascii():
        return letter
    codes = (code for one in (letter, letter.upper()) for code in _codes(one))
    return rf"(?:{letter}|\\{{1,8}}(?:{'|'.join(codes)}))"
