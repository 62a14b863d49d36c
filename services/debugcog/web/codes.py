"""One-time codes for the login: made on the bot's thread, used up on the server's; only hashes."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

from services.debugcog.web.sessions import digest

CODE_SECONDS = 120.0
CODES_MAX = 100


class Codes:
    """The codes that nobody has used yet; from any thread.

    Args:
        clock: seconds that go on evenly.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._valid: dict[bytes, tuple[str, float]] = {}

    def make(self, viewer: str) -> str:
        """Make a code of 128 random bits for a viewer; hex digits, which no link garbles."""
        code, now = secrets.token_hex(16), self._clock()
        with self._lock:
            self._valid = {key: one for key, one in self._valid.items() if one[1] > now}
            while len(self._valid) >= CODES_MAX:
                del self._valid[next(iter(self._valid))]
            self._valid[digest(code)] = (viewer, now + CODE_SECONDS)
        return code

    def use(self, code: str) -> str | None:
        """Use a code up and return whose it is; None where it is not valid, or not any more."""
        with self._lock:
            viewer, until = self._valid.pop(digest(code), ("", 0.0))
        return viewer if until > self._clock() else None
