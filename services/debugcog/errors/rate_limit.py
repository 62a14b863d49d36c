"""Token bucket for error posts: a message of its own, or an entry in a shared digest. Pure.

Five posts may go out at once, and one more each minute. What is beyond that goes into a digest: one
message that is edited every five minutes for 55 minutes; after that a new one is opened.
"""

from __future__ import annotations

from dataclasses import replace

from services.debugcog.frozen import frozen

BURST = 5
REFILL_SECONDS = 60.0
EDIT_INTERVAL = 300.0
DIGEST_SECONDS = 55 * 60.0
"""Discord limits edits of messages older than an hour."""


@frozen
class RateLimit:
    """State of the rate limit, and of the latest digest.

    Attributes:
        tokens: posts that may go out at once.
        refilled: unix seconds up to which tokens were added.
        digest: number of the latest digest, from 1.
        opened: unix seconds of the latest digest.
        edited: unix seconds of the digest's last edit; 0.0 before its post.
        reported_count: (groups, events) that the digest shows.
    """

    tokens: float = BURST
    refilled: float = 0.0
    digest: int = 0
    opened: float = 0.0
    edited: float = 0.0
    reported_count: tuple[int, int] = (0, 0)

    def is_open(self, now: float) -> bool:
        """Return whether the digest takes groups."""
        return self.digest > 0 and 0 <= now - self.opened < DIGEST_SECONDS

    def edit_due(self, now: float) -> float | None:
        """Return when the open digest may be edited (unix seconds); None when none is open."""
        return self.edited + EDIT_INTERVAL if self.is_open(now) else None


def admit(limit: RateLimit, now: float) -> tuple[RateLimit, bool]:
    """Take a token, if there is one; a clock that was set back adds none."""
    added = max(0.0, now - limit.refilled) / REFILL_SECONDS
    tokens = min(BURST, limit.tokens + added)
    admitted = tokens >= 1
    return replace(limit, tokens=tokens - admitted, refilled=now), admitted


def opened(limit: RateLimit, now: float) -> RateLimit:
    """Open the next digest."""
    return replace(limit, digest=limit.digest + 1, opened=now, edited=0.0, reported_count=(0, 0))
