"""Count and noun → text with the right form; long text → its beginning or end with an ellipsis."""

from __future__ import annotations

ELLIPSIS = "…"
OF_WORDS = "".join(sign for sign in map(chr, range(33, 127)) if sign not in "\"',;<>(){}[]")
"""What a secret may be made of."""


def counted(count: int, one: str, more: str = "") -> str:
    """Write a count with its noun: ``1 time``, ``1,234 times``.

    Args:
        count: of things.
        one: the noun, with what follows it.
        more: the same for any other count; without it, the noun with an ``s``.
    """
    return f"{count:,} {noun(count, one, more)}"


def noun(count: int, one: str, more: str = "") -> str:
    """Choose the form of a noun that fits a count which stands elsewhere."""
    return one if count == 1 else more or f"{one}s"


def within(text: str) -> str:
    """Write a title as it stands in a sentence; ``TTS`` and ``OpenAI`` keep their capitals."""
    rest = text.partition(" ")[0][1:]
    return text[:1].lower() + text[1:] if rest.isalpha() and rest.islower() else text


def clip(text: str, limit: int) -> str:
    """Shorten to ``limit`` characters, the last of them an ellipsis when something was cut."""
    return text if len(text) <= limit else text[: limit - 1] + ELLIPSIS


def clip_words(text: str, limit: int) -> str:
    """Shorten as ``clip`` does, but not inside a word: half a secret is not found any more.

    For a text that is redacted later than it is cut. A sign that no secret has, such as a quote or
    a letter beyond ASCII, ends a word, too.
    """
    return text if len(text) <= limit else text[: limit - 1].rstrip(OF_WORDS).rstrip() + ELLIPSIS


def clip_start(text: str, limit: int) -> str:
    """Shorten to the last ``limit`` characters, the first of them an ellipsis if any was cut."""
    return text if len(text) <= limit else ELLIPSIS + text[1 - limit :]
