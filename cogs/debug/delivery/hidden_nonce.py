"""Nonce ⇄ characters of no width in a text, where a message has no button that can carry it.

Why characters: of what a bot posts, Discord gives a channel's history only what is shown: texts,
embeds, pictures, controls. The field ``nonce`` is not in it. Ids of controls are the better place,
but a control may be what Discord refused, and some posts have none. U+200B and U+200C are kept
inside of a text, as languages that need them are; before its last space they are at neither end,
where Discord trims. Should they be lost after all, the post is sent once more, as without a mark.
"""

from __future__ import annotations

from collections.abc import Iterator

from services.debugcog.patterns import late_pattern

ZERO, ONE = "\N{ZERO WIDTH SPACE}", "\N{ZERO WIDTH NON-JOINER}"
BITS = 4  # of a digit
_RUN = late_pattern(f"[{ZERO}{ONE}]{{{BITS},}}")


def hide(nonce: str, text: str) -> str:
    """Put a nonce of hexadecimal digits into a text, before its last space."""
    head, space, tail = text.rpartition(" ")
    return f"{head}{''.join(map(_hidden, nonce))}{space}{tail}"


def width(nonce: str) -> int:
    """Count the characters that ``hide`` adds."""
    return BITS * len(nonce)


def found(text: str) -> Iterator[str]:
    """Read what may be nonces; the text may have one such character of its own beside it."""
    for run in _RUN.findall(text):
        yield _shown(run[: len(run) // BITS * BITS])
        yield _shown(run[len(run) % BITS :])


def _hidden(digit: str) -> str:
    return f"{int(digit, 16):0{BITS}b}".replace("0", ZERO).replace("1", ONE)


def _shown(run: str) -> str:
    bits = run.replace(ZERO, "0").replace(ONE, "1")
    return "".join(f"{int(bits[at : at + BITS], 2):x}" for at in range(0, len(bits), BITS))
