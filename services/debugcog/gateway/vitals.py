"""Session starts that are left and invalid requests of late, with their severity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from services.debugcog.alerting import rules
from services.debugcog.frozen import frozen

if TYPE_CHECKING:
    from services.debugcog.alerting.rules import Severity

# https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
INVALID_LIMIT = 10_000
INVALID_SECONDS = 600.0
STARTS_WARNING, STARTS_CRITICAL = 200, 50
INVALID_WARNING, INVALID_CRITICAL = 2_000, 5_000


@frozen
class SessionStarts:
    """How often the bot may still IDENTIFY; beyond that Discord resets its token.

    Attributes:
        total: in 24 hours.
        left: as Discord said at ``asked_at``, less those that were sent since.
        resets_at: unix seconds.
        asked_at: unix seconds.
    """

    total: int
    left: int
    resets_at: float
    asked_at: float


@frozen
class InvalidRequests:
    """Answers of 401, 403 and 429 (except of a shared limit) in the last 10 minutes.

    Attributes:
        count: by this process; others of the same IP address count too, at Discord.
        limit: of an IP address; beyond it, Cloudflare refuses everything for a while.
        is_seen: False where this discord.py shows no HTTP answers: the count says nothing then.
    """

    count: int
    limit: int = INVALID_LIMIT
    is_seen: bool = True


if TYPE_CHECKING:

    class GatewayVitals(Protocol):
        """What a glance at the bot needs of Discord's limits."""

        async def session_starts(self) -> SessionStarts | None:
            """Return what is left, asked at most every few minutes; None where it is not known."""

        def known_session_starts(self) -> SessionStarts | None:
            """Return what is known to be left, and ask nothing."""

        def invalid_requests(self) -> InvalidRequests:
            """Count the invalid requests."""


def severity_of_starts(starts: SessionStarts | None) -> Severity | None:
    """Grade what is left; None where it is not known."""
    if starts is None:
        return None
    if starts.left <= STARTS_CRITICAL:
        return rules.Severity.CRITICAL
    return rules.Severity.WARNING if starts.left <= STARTS_WARNING else rules.Severity.OK


def severity_of_invalid(invalid: InvalidRequests) -> Severity | None:
    """Grade the invalid requests; None where they are not seen."""
    if not invalid.is_seen:
        return None
    if invalid.count >= INVALID_CRITICAL:
        return rules.Severity.CRITICAL
    return rules.Severity.WARNING if invalid.count >= INVALID_WARNING else rules.Severity.OK
