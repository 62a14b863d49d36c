"""Any text → the same text without secrets of a known format (tokens, URLs).

A pattern is tried only where its hint occurs, starts at a
literal, and each part of it is bounded or ends at a border: the cost is linear in the length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

REDACTED = "[redacted]"
RARE = "JKWxz"
"""Letters that few texts have; a single one is found twenty times faster than a word."""


ESCAPES = (
    *(r"\\[abfnrtv]", r"\\x[\da-fA-F]{2}", r"\\u[\da-fA-F]{4}", r"%[\da-fA-F]{2}"),
    *(r"[\[;]\dm", r"[\[;]\d\dm"),
)
"""What ends like a word and is none: ``\\n`` as repr() and JSON write it, ``%20``, a colour."""


def _border(literal: str = "") -> str:
    """Ask that ``literal``, which has just been read, does not go on a longer word."""
    escapes = "|".join(f"(?<={escape}{literal})" for escape in ESCAPES)
    return rf"(?:(?<![\w-]{literal})|{escapes})"


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of secret; group 1 of ``pattern`` is kept, the rest not.

    Attributes:
        rare: a letter of the hint, a rare one if it has any.
        hint: occurs in each secret of this kind.
    """

    rare: str
    hint: str
    pattern: re.Pattern[str]


def _shape(hint: str, pattern: str) -> Shape:
    rare = next((letter for letter in hint if letter in RARE), hint[0])
    return Shape(rare, hint, re.compile(pattern, re.ASCII))


def _prefixed(prefix: str, rest: str) -> Shape:
    """Make a shape of ``prefix`` and ``rest`` that does not begin inside a longer word.

    The look back follows the prefix, so that the search can start from a literal.
    """
    literal = re.escape(prefix)
    return _shape(prefix, rf"{literal}{_border(literal)}{rest}()")


def _path(folder: str) -> Shape:
    """Make the shape of a token behind an id in a URL's path; the id stays."""
    return _shape(folder, rf"({folder}\d{{1,25}}/)[^\s/?#\"'<>)]+")


SHAPES = (
    _shape(
        "PRIVATE KEY-----",
        r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"
        r"(?s:.*?)(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)()",
    ),
    _shape("@", r"(://[^\s/@:]{0,256}:)[^\s/]{1,1024}(?=@)"),
    _shape("?", r"(\?(?:key|sig)=)[^&\s#\"'<>]+"),
    _shape("&", r"(&(?:key|sig)=)[^&\s#\"'<>]+"),
    _path("webhooks/"),
    _path("interactions/"),
    _prefixed("aW50ZXJhY3Rpb24", r"[\w-]{8,}"),
    _shape("B", r"(B(?:earer|asic|ot) +)(?=\S*[A-Z\d])[\w.~+/=-]{16,}"),
    _prefixed("eyJ", r"[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"),
    _prefixed("mfa.", r"[\w-]{20,}"),
    _prefixed("sk-", r"[\w-]{16,}"),
    _prefixed("gh", r"[pousr]_[A-Za-z\d]{16,}"),
    _prefixed("github_pat_", r"\w{16,}"),
    _prefixed("xox", r"[a-z]-[\w-]{10,}"),
    _prefixed("AIza", r"[\w-]{30,}"),
    _prefixed("AKIA", r"[A-Z\d]{16}"),
    _prefixed("ASIA", r"[A-Z\d]{16}"),
    _prefixed("hf_", r"[A-Za-z\d]{20,}"),
    _shape("_live_", rf"{_border()}[srp]k_live_\w{{10,}}()"),
)

# A bot's token has no literal, so its dots are looked for first, with 22 characters in front.
TOKEN_DOTS = re.compile(r"\.(?<=[\w-]{22}\.)[\w-]{6}\.[\w-]{27}", re.ASCII)
TOKEN = re.compile(
    rf"{_border()}[MNO][\w-]{{22,27}}\.[\w-]{{6}}\.[\w-]{{27,45}}(?![\w-])", re.ASCII
)


def redact_shapes(text: str) -> str:
    """Replace what has the shape of a secret."""
    for shape in SHAPES:
        if shape.rare in text and shape.hint in text:
            text = shape.pattern.sub(rf"\1{REDACTED}", text)
    if TOKEN_DOTS.search(text):
        text = TOKEN.sub(REDACTED, text)
    return text
