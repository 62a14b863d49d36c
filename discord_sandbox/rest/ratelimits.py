"""Request → its rate-limit headers, or 429 when it is over the limit.

How it is told: https://discord.com/developers/docs/topics/rate-limits. The numbers of the routes
are not documented, and change; these are what bots see at the time of writing.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from discord_sandbox.rest.call import Answer, Route

GLOBAL_A_SECOND = 50
INVALID = (401, 403, 429)
INVALID_LIMIT, INVALID_SECONDS = 10_000, 600.0
BUCKETS: Mapping[str, tuple[int, float]] = {
    "message": (5, 5.0),
    "message-edit": (5, 5.0),
    "message-delete": (5, 1.0),
    "message-read": (10, 1.0),
    "reaction": (1, 0.25),
    "webhook": (5, 2.0),
    "webhook-edit": (5, 1.0),
    "webhook-read": (10, 1.0),
    "channel-edit": (5, 5.0),  # Discord lets a name or topic change only twice in 10 min
    "default": (50, 1.0),
}
"""Requests and seconds of each bucket, for each channel, guild or webhook."""
MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")
NO_LIMIT = 1_000_000


@dataclass(slots=True)
class Window:
    """The requests of one bucket since it was last full."""

    limit: int
    seconds: float
    ends_at: float = 0.0
    used: int = 0

    def take(self, now: float) -> bool:
        """Count a request; say whether it is within the limit."""
        if now >= self.ends_at:
            self.ends_at, self.used = now + self.seconds, 0
        self.used += 1
        return self.used <= self.limit


@dataclass(slots=True)
class RateLimits:
    """The rate limits of one sandbox.

    Args:
        enforced: False tells the headers, but never refuses.
        clock: seconds that only grow, for windows that match the sleeping of clients.
    """

    enforced: bool = True
    clock: Callable[[], float] = time.monotonic
    _windows: dict[tuple[str, ...], Window] = field(default_factory=dict)
    _whole: Window = field(default_factory=lambda: Window(GLOBAL_A_SECOND, 1.0))
    _invalid: deque[float] = field(default_factory=deque)

    def take(
        self, route: Route, variables: Mapping[str, object]
    ) -> tuple[dict[str, str], Answer | None]:
        """Count a request; return its headers, and the 429 if it is refused."""
        now = self.clock()
        if self.enforced and self._banned(now):
            return {}, Answer(429, None, text="error code: 1015")
        if self.enforced and route.bot and not self._whole.take(now):
            wait = self._whole.ends_at - now
            return {"X-RateLimit-Global": "true"}, _refused(wait, "global")
        if not route.bucket:
            return {}, None
        window = self._window(route, variables)
        allowed = window.take(now)
        headers = self._headers(route, window, now)
        if allowed or not self.enforced:
            return headers, None
        return headers, _refused(window.ends_at - now, "user")

    def answered(self, status: int, scope: str | None) -> None:
        """Count an answer towards the ban of those who send invalid requests."""
        if status in INVALID and scope != "shared":
            self._invalid.append(self.clock())

    def _banned(self, now: float) -> bool:
        while self._invalid and now - self._invalid[0] > INVALID_SECONDS:
            self._invalid.popleft()
        return len(self._invalid) >= INVALID_LIMIT

    def _window(self, route: Route, variables: Mapping[str, object]) -> Window:
        major = (f"{name}={variables[name]}" for name in MAJOR if name in variables)
        key = (_hash(route), *major)
        window = self._windows.get(key)
        if window is None:
            limit, seconds = BUCKETS[route.bucket]
            window = Window(limit if self.enforced else NO_LIMIT, seconds)
            self._windows[key] = window
        return window

    def _headers(self, route: Route, window: Window, now: float) -> dict[str, str]:
        left = max(0.0, window.ends_at - now)
        return {
            "X-RateLimit-Limit": str(window.limit),
            "X-RateLimit-Remaining": str(max(0, window.limit - window.used)),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": _hash(route),
        }


def _refused(wait: float, scope: str) -> Answer:
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(max(wait, 0.001), 3),
        "global": scope == "global",
    }
    return Answer(429, body, {"X-RateLimit-Scope": scope})


def _hash(route: Route) -> str:
    name = route.method + route.path if route.bucket == "default" else route.bucket
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
