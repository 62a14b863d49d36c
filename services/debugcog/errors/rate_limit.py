"""A post that wants out, and the time → its own message, or a place in the one digest; pure.

Posts of error groups burst to five and refill one a minute. What finds no token goes into a digest,
one message that is edited every five minutes for 55 minutes; after that a new one is opened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

BURST = 5
REFILL_SECONDS = 60.0
EDIT_INTERVAL = 300.0
DIGEST_SECONDS = 55 * 60.0
"""Discord limits edits of messages older than an hour."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What is left of the burst, and the digest.

    Attributes:
        tokens: posts that may go out at once.
        refilled: unix seconds up to which tokens were added.
        digest: number of the latest digest, from 1.
        opened: unix seconds of the latest digest.
        edited: unix seconds at which it was last brought up to date; 0.0 before its post.
        reported_count: (groups, events) that it says.
    """

    tokens: float = BURST
    refilled: float = 0.0
    digest: int = 0
    opened: float = 0.0
    edited: float = 0.0
    reported_count: tuple[int, int] = (0, 0)

    def is_open(self, now: float) -> bool:
        """Tell whether the digest takes groups."""
        return self.digest > 0 and 0 <= now - self.opened < DIGEST_SECONDS

    def edit_due(self, now: float) -> float | None:
        """Tell when the open digest may be edited (unix seconds)."""
        return self.edited + EDIT_INTERVAL if self.is_open(now) else None


def admit(storm: RateLimit, now: float) -> tuple[RateLimit, bool]:
    """Take a token, if there is one; a clock that was set back adds none."""
    added = max(0.0, now - storm.refilled) / REFILL_SECONDS
    tokens = min(BURST, storm.tokens + added)
    admitted = tokens >= 1
    return replace(storm, tokens=tokens - admitted, refilled=now), admitted


def opened(storm: RateLimit, now: float) -> RateLimit:
    """Open the next digest."""
    return replace(storm, digest=storm.digest + 1, opened=now, edited=0.0, reported_count=(0, 0))
