"""Sessions of viewers, kept in memory by the hash of what their cookie holds."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

from services.debugcog.frozen import frozen

SESSION_SECONDS = 12 * 3600.0
SESSIONS_MAX = 200


@frozen
class Session:
    """One login.

    Attributes:
        viewer: who it is, as the audit log names them.
        until: when it ends, on the clock of ``Sessions``.
    """

    viewer: str
    until: float


def digest(secret: str) -> bytes:
    """Hash a secret of full randomness, or one that is only compared."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


class Sessions:
    """The logins that are open; for one thread.

    Args:
        clock: seconds that go on evenly.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: dict[bytes, Session] = {}

    def begin(self, viewer: str) -> str:
        """Open a session and return the secret of its cookie; beyond the bound the oldest ends."""
        now = self._clock()
        self._open = {key: one for key, one in self._open.items() if one.until > now}
        while len(self._open) >= SESSIONS_MAX:
            del self._open[next(iter(self._open))]
        secret = secrets.token_urlsafe(32)
        self._open[digest(secret)] = Session(viewer, now + SESSION_SECONDS)
        return secret

    def find(self, secret: str) -> Session | None:
        """Return the session of a cookie; None where it has ended or never was."""
        session = self._open.get(digest(secret))
        return session if session is not None and session.until > self._clock() else None

    def end(self, secret: str) -> Session | None:
        """End a session and return what it was."""
        return self._open.pop(digest(secret), None)
