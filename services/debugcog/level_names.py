"""Name of a log level as a host has it → in plain words, without colours, padding and pictures.

Formatters colour ``record.levelname`` in place, for every handler after theirs, and some hosts give
the level itself a coloured name (``logging.addLevelName``).
"""

from __future__ import annotations

from services.debugcog.invisible import TERMINAL
from services.debugcog.patterns import late_pattern

STANDARD = {10: "DEBUG", 20: "INFO", 30: "WARNING", 40: "ERROR", 50: "CRITICAL"}
NAMES = frozenset(STANDARD.values())
NAME_MAX = 20
WORD = late_pattern(r"[^\W\d_][\w.-]*")
ODD = late_pattern(r"[^\w.-]")


def plain_level(name: str, level: object) -> str:
    """Return the name of a level as one word; that of a host's own level stays.

    Args:
        name: as the record has it.
        level: its number, which gives the name where that is no word.
    """
    if name in NAMES:
        return name
    standard = STANDARD.get(level) if type(level) is int else None
    plain = TERMINAL.sub("", name).strip()
    if standard is not None and (not WORD.fullmatch(plain) or plain.upper() == standard):
        return standard
    return ODD.sub("_", plain).strip("_")[:NAME_MAX] or (
        f"Level_{level}" if type(level) is int else "_"
    )
