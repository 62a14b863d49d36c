"""SeenUser: what the cog has seen of one user; when, in one number.

Bit 0 stands for the five minutes of the last event, bit 1 for those before, and so on for eight
days.
"""

from __future__ import annotations

from services.debugcog.frozen import frozen

SPAN = 8 * 86_400
"""Seconds for which is known when somebody was active, and how many events there were."""
SLOT = 300
"""Seconds of one bit of a user's activity."""
MINUTE = 60
SLOTS = SPAN // SLOT
MINUTES = SPAN // MINUTE
ALL_SLOTS = (1 << SLOTS) - 1
NAME_MAX = 100


@frozen
class SeenUser:
    """What was seen of one user.

    Attributes:
        id: Discord's.
        name: at the last event.
        messages: written where the bot is.
        interactions: commands, buttons, menus and forms that were used.
        last_seen: unix seconds.
        slot: number of the five minutes, since 1970, that bit 0 of ``slots`` stands for.
        slots: in which of the five minutes up to then the user was active.
    """

    id: int
    name: str
    messages: int
    interactions: int
    last_seen: float
    slot: int
    slots: int

    def hours(self, limit: int) -> tuple[float, ...]:
        """List the beginnings of the last hours with an event, in unix seconds, latest first."""
        found: list[float] = []
        rest, slot = self.slots, self.slot
        while rest and len(found) < limit:
            gap = (rest & -rest).bit_length() - 1
            rest, slot = rest >> gap, slot - gap
            hour = slot * SLOT // 3600 * 3600
            if not found or found[-1] != hour:
                found.append(float(hour))
            rest, slot = rest >> 1, slot - 1
        return tuple(found)


def is_active(slot: int, slots: int, first: int, last: int) -> bool:
    """Return whether there was an event in the slots from ``first`` to ``last``.

    Args:
        slot: that bit 0 of ``slots`` stands for.
        slots: in which there was one.
        first: number of a slot.
        last: likewise.
    """
    low, high = max(slot - last, 0), slot - first
    return high >= low and bool(slots >> low & (1 << min(high - low + 1, SLOTS)) - 1)


def joined(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Join two activities of a user, each the slot of bit 0 and the bits."""
    (earlier, old), (later, new) = sorted((one, other))
    if later - earlier >= SLOTS:
        return later, new
    return later, (new | old << (later - earlier)) & ALL_SLOTS


def slots_between(start: float, end: float, width: int) -> tuple[int, int]:
    """Return the first and the last slot that begin from ``start`` to before ``end``."""
    return -(-int(start) // width), -(-int(end) // width) - 1
