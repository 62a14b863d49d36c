"""Outcome of a request → Action on its row, its card and the channel: a decision table. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from enum import Enum

from services.debugcog.frozen import frozen

BACKOFF_MAX = 60.0
UNSURE_WAIT = 30.0  # no answer within 20 s may hide a 429 that discord.py was sleeping on: up to 30
CIRCUIT_SECONDS = 900.0
PROBE_FIRST = 600.0
PROBE_MAX = 3600.0
PATIENCE = 5  # attempts after which a row may itself be the cause
TEXT_LEVEL = 2  # needs no right but to write
LAST_FALLBACK_LEVEL = 3  # full, without files and fields, short text, id and severity
CODE_MIN = 10_000
"""Discord's codes are 0 and those from here on; below are those of others, such as ``404``."""


class Outcome(Enum):
    """How a request ended."""

    SENT = "sent"
    DELETED = "taken, then deleted by someone"  # the same on a POST with a nonce
    UNREACHABLE = "not reached"  # surely not taken: no connection
    UNSURE = "no good answer"  # network, timeout, any 5xx: perhaps taken
    LIMITED = "rate limited"
    EDIT_LIMITED = "card too old to edit"  # code 30046
    BANNED = "all requests refused"  # 401, 40333, and 429 without Via (Cloudflare)
    FORBIDDEN = "access or a permission is missing"  # 403
    NO_CHANNEL = "channel does not exist, or the bot cannot see it"  # 10003
    WRONG_CHANNEL = "channel takes no messages"  # 50008, 50024, 50083, 160005
    NO_TAG = "forum wants a tag that the bot cannot give"  # 40066, 40067
    GONE = "card deleted, or of another bot"  # 10008, 50005 on a PATCH; a post that is not there
    ARCHIVED = "card in an archived thread"  # 50083, 160005 on a PATCH; a new message opens it
    NO_ROOM = "forum takes no post of that kind now"  # 160006, 200001: whatever its text
    REFUSED = "payload refused"  # 400, 413 with a code of Discord's
    FOREIGN = "something between us and Discord answers"  # perhaps taken
    TOO_LARGE = "something between us and Discord takes no message of that size"
    UNBUILT = "an error of ours"  # surely not taken: no request was made


REFUSING = frozenset({Outcome.FORBIDDEN, Outcome.NO_CHANNEL, Outcome.WRONG_CHANNEL, Outcome.NO_TAG})
"""Outcomes that lie in the channel: no other payload would help, another channel may."""


@frozen
class Result:
    """How one request ended.

    Attributes:
        outcome: what happened.
        message_id: of the message that was posted.
        retry_after: seconds that Discord asks for.
        detail: for the local log.
        in_form: a refusal that a form without files and embeds may not meet.
        is_global: a limit of all requests, not of one kind.
    """

    outcome: Outcome
    message_id: int | None = None
    retry_after: float = 0.0
    detail: str = ""
    in_form: bool = False
    is_global: bool = False


@frozen
class Action:
    """What to do after a request.

    Attributes:
        state: of the row.
        taken: Discord may have taken it, so that its nonce is bound to its content.
        lower: offer a shorter form next time.
        restart: offer the full form next time.
        elsewhere: this place has refused it in every form; another one is offered it.
        defer: seconds without an attempt of this row, so that others get their turn.
        card: ``keep`` | ``forget`` (it is gone) | ``freeze`` (no more edits).
        pause: seconds without any request; forgotten at a restart.
        rate_limit_pause: the same, kept over a restart, because Discord asked for it.
        edit_pause: the same, for edits alone.
        forum_pause: the same, for the forum alone.
        divert: seconds without a request to this channel; another one may be used.
    """

    state: str
    taken: bool = False
    lower: bool = False
    restart: bool = False
    elsewhere: bool = False
    defer: float = 0.0
    card: str = "keep"
    pause: float = 0.0
    rate_limit_pause: float = 0.0
    edit_pause: float = 0.0
    forum_pause: float = 0.0
    divert: float = 0.0


@frozen
class Attempt:
    """A request that has ended, as one of several.

    Attributes:
        result: how it ended.
        fallback_level: the form that was offered: 0 is the full one.
        attempts: how often this row was tried.
        failures: how many requests in a row ended without success.
        wait: the backoff drawn for it, in seconds.
        perhaps_taken: by an earlier attempt, so that another form might be a second message.
        in_forum: it opens a post, or writes in one.
        is_edit: it changes a card.
        is_shown: a change of the card that has to be seen.
        has_other: another place has not refused it yet.
    """

    result: Result
    fallback_level: int = 0
    attempts: int = 1
    failures: int = 1
    wait: float = 1.0
    perhaps_taken: bool = False
    in_forum: bool = False
    is_edit: bool = False
    is_shown: bool = False
    has_other: bool = False

    @property
    def may_lower(self) -> bool:
        """Tell whether a shorter form may be offered though Discord has refused none."""
        return self.fallback_level < LAST_FALLBACK_LEVEL and not self.perhaps_taken


UNREACHED = frozenset(
    {Outcome.UNREACHABLE, Outcome.UNSURE, Outcome.FOREIGN, Outcome.TOO_LARGE},
)
"""Outcomes without a word of Discord's: tried again at growing intervals."""


def _unanswered(it: Attempt) -> Action:
    return Action(
        "queued",
        taken=True,
        defer=BACKOFF_MAX if it.attempts >= PATIENCE else 0.0,
        pause=max(it.wait, it.result.retry_after),
    )


def _unbuilt(it: Attempt) -> Action:
    """Offer a shorter form, which may not need what fails; the shortest has to wait for a fix."""
    if it.may_lower:
        return Action("queued", lower=True)
    return Action("queued", defer=BACKOFF_MAX)


def _limited(it: Attempt) -> Action:
    """Wait; the forum, and edits, have limits of their own, for which nothing else has to."""
    if it.in_forum:
        return Action("queued", forum_pause=it.result.retry_after)
    if it.is_edit and not it.result.is_global:
        return Action("queued", edit_pause=it.result.retry_after)
    return Action("queued", rate_limit_pause=it.result.retry_after)


def _refusing(it: Attempt) -> Action:
    """Leave the channel alone for a while, once it has refused what needs the fewest rights."""
    may_lower = it.fallback_level < TEXT_LEVEL and not (it.perhaps_taken or it.in_forum)
    if it.result.in_form and may_lower:
        return Action("queued", lower=True)
    if it.result.in_form and it.is_edit and not it.in_forum:
        return _uneditable(it)  # a post is tried before the channel counts as closed
    restart = it.result.in_form and it.fallback_level > 0 and not it.perhaps_taken
    divert = min(PROBE_FIRST * 2 ** (it.failures - 1), PROBE_MAX)
    return Action("queued", restart=restart, divert=divert)


def _uneditable(it: Attempt) -> Action:
    """Let a card be that cannot be changed now; what has to be seen is posted anew."""
    return Action("queued", card="forget") if it.is_shown else Action("superseded")


def _refused(it: Attempt) -> Action:
    if it.fallback_level < LAST_FALLBACK_LEVEL:
        return Action("queued", lower=True)
    return Action("queued", elsewhere=True, restart=True) if it.has_other else Action("dead")


def _no_room(it: Attempt) -> Action:
    return Action("queued", elsewhere=True, restart=True) if it.has_other else _refusing(it)


TABLE: Mapping[Outcome, Callable[[Attempt], Action]] = {
    Outcome.SENT: lambda _: Action("sent", taken=True),
    Outcome.DELETED: lambda _: Action("sent", taken=True),
    Outcome.UNREACHABLE: lambda it: Action("queued", pause=it.wait),
    Outcome.UNSURE: _unanswered,
    Outcome.FOREIGN: _unanswered,
    Outcome.TOO_LARGE: lambda it: Action("queued", lower=it.may_lower, pause=it.wait),
    Outcome.UNBUILT: _unbuilt,
    Outcome.LIMITED: _limited,
    Outcome.EDIT_LIMITED: lambda it: (
        Action("superseded") if it.in_forum else Action("queued", card="freeze")
    ),
    Outcome.BANNED: lambda _: Action("queued", pause=CIRCUIT_SECONDS),
    **dict.fromkeys(REFUSING, _refusing),
    Outcome.GONE: lambda _: Action("queued", card="forget"),
    Outcome.ARCHIVED: _uneditable,
    Outcome.NO_ROOM: _no_room,
    Outcome.REFUSED: _refused,
}


def decide(attempt: Attempt) -> Action:
    """Return what follows from an attempt."""
    return TABLE[attempt.result.outcome](attempt)


def backoff(failures: int, jitter: random.Random) -> float:
    """Draw a wait of 1 to 60 s, longer on average with each failure in a row (full jitter)."""
    return jitter.uniform(1.0, min(BACKOFF_MAX, 2.0 ** min(failures, 10)))
