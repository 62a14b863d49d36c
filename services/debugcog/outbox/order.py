"""Waiting rows and now → the row to send next, or the rows to merge into one digest. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.debugcog.frozen import frozen
from services.debugcog.outbox.outcomes import PATIENCE

CAP_WINDOW = 600.0
PLAIN_CAP = 10  # posts in any 10 min that are not critical
CAP = 15  # posts in any 10 min: five are kept for critical ones
DIGEST_AGE = 600.0
DIGEST_MIN = 3
DIGEST_MAX = 20  # titles that fit into one message, however short a form Discord takes
GIVE_UP_AGE = 72 * 3600.0
DEFER_MAX = 60.0  # a row that is put off for longer was so before the clock was set
RECONCILE_AGE = 120.0  # Discord knows a nonce "for a few minutes"
SPENT_AGE = 60.0  # by then no attempt is on its way any more

CAPPED = frozenset({"open", "reply", "digest"})
POSTS = CAPPED | {"note"}  # a note is in its subject's own post, and disturbs nobody elsewhere
FORUM_SUBJECTS = ("group:", "digest-errors:")


@frozen
class Waiting:
    """What of a queued row decides when it is sent.

    ``busy`` is a row that is being sent; the rest of its subject waits for it. ``uncapped`` is one
    that waits for no cap, and takes along what waits before it.
    """

    id: int
    subject: str
    kind: str
    urgent: bool
    created: float
    tried: float = 0.0
    not_before: float = 0.0
    busy: bool = False
    uncapped: bool = False
    attempts: int = 0
    level: int = 0

    @property
    def is_spent(self) -> bool:
        """Tell whether Discord has taken its form in none of the attempts that each form has."""
        return self.tried > 0 and self.attempts >= PATIENCE * (self.level + 1)

    @property
    def for_forum(self) -> bool:
        """Tell whether it belongs into the forum for error groups, if there is one."""
        return self.is_for_forum(self.subject)

    @staticmethod
    def is_for_forum(subject: str) -> bool:
        """Tell whether a subject belongs into the forum for error groups, if there is one."""
        return subject.startswith(FORUM_SUBJECTS)


@frozen
class Budget:
    """How many posts the caps still allow."""

    plain: int
    total: int

    def allows(self, *, urgent: bool) -> bool:
        """Tell whether one more post may go out."""
        return self.total > 0 and (urgent or self.plain > 0)


def budget(plain: int, urgent: int) -> Budget:
    """Take the posts of the last 10 min off the caps."""
    return Budget(PLAIN_CAP - plain, CAP - plain - urgent)


def heads(rows: Iterable[Waiting]) -> list[Waiting]:
    """Pick the oldest row of each subject, unless it is being sent."""
    first: dict[str, Waiting] = {}
    for row in rows:
        first.setdefault(row.subject, row)
    return [row for row in first.values() if not row.busy]


def choose(rows: Sequence[Waiting], now: float, budget: Budget) -> Waiting | None:
    """Pick the row to send: critical subjects first, then the oldest."""
    critical = {row.subject for row in rows if row.urgent}
    uncapped = {row.subject for row in rows if row.uncapped}
    ready = (
        row
        for row in heads(rows)
        if not 0 < row.not_before - now <= DEFER_MAX
        and (
            row.kind not in CAPPED
            or row.tried
            or row.subject in uncapped
            or budget.allows(urgent=row.subject in critical)
        )
    )
    return min(
        ready,
        key=lambda row: (row.subject not in critical, row.id),
        default=None,
    )


def overdue(rows: Sequence[Waiting], now: float) -> list[Waiting]:
    """Pick the posts that become one digest: three that waited 10 min, or one that waited 72 h.

    A post that Discord may have taken is sent for itself: its nonce tells.
    """
    busy = {row.subject for row in rows if row.busy}
    posts = [
        row
        for row in rows
        if row.kind in ("open", "reply") and not row.tried and row.subject not in busy
    ]
    late = [row for row in posts if now - row.created >= DIGEST_AGE]
    if len(late) < DIGEST_MIN:
        late = [row for row in late if now - row.created > GIVE_UP_AGE]
    return late[:DIGEST_MAX]


def unconfirmed(rows: Sequence[Waiting], now: float, *, forum: bool = False) -> list[Waiting]:
    """Pick the posts that Discord may have taken so long ago that it no longer knows the nonce.

    With a forum, posts that may have been opened there are among them at once: it takes no nonce.
    So is every row whose form is spent, before it is offered another one.
    """
    return [
        row
        for row in rows
        if row.tried
        and not row.busy
        and (
            (row.is_spent and not 0 <= now - row.tried < SPENT_AGE)
            or (row.kind in POSTS and not 0 <= now - row.tried <= RECONCILE_AGE)
            or (forum and row.kind == "open" and row.for_forum)
        )
    ]
