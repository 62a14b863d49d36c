"""Delivery status: Receipt of one post, Backlog of the outbox, Condition of the delivery."""

from __future__ import annotations

from services.debugcog.frozen import frozen
from services.debugcog.outbox.outcomes import Outcome


@frozen
class Receipt:
    """What became of a post.

    Attributes:
        state: of its row: ``queued``, ``sending``, ``sent``, ``superseded`` or ``dead``.
        reason: what Discord said to the last attempt; empty before one.
        channel_id: where its message is, once it was sent.
        message_id: the message, once it was sent.
    """

    state: str
    reason: str = ""
    channel_id: int | None = None
    message_id: int | None = None

    @property
    def completed(self) -> bool:
        """Tell whether nothing more becomes of it."""
        return self.state not in ("queued", "sending")


@frozen
class Backlog:
    """What is not delivered.

    Attributes:
        waiting: posts and changes that wait.
        oldest: unix seconds of the oldest of them; None when nothing waits.
        reason: what Discord said to the last attempt of one that waits; empty when none failed.
        dead: posts that were given up in the last day.
        dead_reason: what Discord said to the last of those.
        held_until: unix seconds before which none of those that wait is tried; 0.0 when none holds.
        capped_until: unix seconds at which the cap of 10 posts in 10 min has room again; 0.0 when
            nothing waits for that.
    """

    waiting: int = 0
    oldest: float | None = None
    reason: str = ""
    dead: int = 0
    dead_reason: str = ""
    held_until: float = 0.0
    capped_until: float = 0.0


@frozen
class Streak:
    """Attempts in a row that had no answer of Discord's.

    Attributes:
        since: unix seconds of the first.
        detail: what the last one had instead.
    """

    since: float
    detail: str


@frozen
class ForumCondition:
    """How the forum for error groups is doing.

    Attributes:
        channel_id: of the forum.
        reopens: unix seconds at which a forum that refuses us is tried again; None when it is open.
        refusal: how it refused us the last time; None when it never did.
        closed_posts: posts in it that refuse us.
    """

    channel_id: int
    reopens: float | None = None
    refusal: Outcome | None = None
    closed_posts: int = 0


@frozen
class Condition:
    """How delivery is doing.

    Attributes:
        channel_id: where alerts belong.
        target: the channel in use; None while nothing can be sent.
        reopens: unix seconds at which a first channel that refuses us is tried again.
        wait: seconds until there is a channel to send to again; 0.0 when there is one.
        last: how the latest request ended; None before one.
        backlog: what waits, and what was given up.
        refusal: how the first channel refused us the last time; None when it never did.
        failing: the attempts since Discord answered last; None when it answered the last one.
        next_try: unix seconds of the next attempt; None when it is now, or nothing waits.
        forum: how the forum for error groups is doing; None without one.
    """

    channel_id: int
    target: int | None
    reopens: float | None
    wait: float
    last: Outcome | None
    backlog: Backlog
    refusal: Outcome | None = None
    failing: Streak | None = None
    next_try: float | None = None
    forum: ForumCondition | None = None
