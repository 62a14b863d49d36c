"""Answer, or what a request raised → Result; only what Discord itself said counts as its word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import aiohttp
import discord

from cogs.debug.delivery.answers import WAIT_MAX, Answer
from services.debugcog.outbox.outcomes import CIRCUIT_SECONDS, UNSURE_WAIT, Outcome, Result
from services.debugcog.wording import clip

DETAIL_MAX = 200
BY_CODE = {
    10003: Outcome.NO_CHANNEL,
    50008: Outcome.WRONG_CHANNEL,
    50024: Outcome.WRONG_CHANNEL,
    50083: Outcome.WRONG_CHANNEL,
    40058: Outcome.WRONG_CHANNEL,
    160005: Outcome.WRONG_CHANNEL,
    40066: Outcome.NO_TAG,
    40067: Outcome.NO_TAG,
    40333: Outcome.BANNED,
    40004: Outcome.UNSURE,
    40006: Outcome.UNSURE,
    40062: Outcome.UNSURE,
    130000: Outcome.UNSURE,
    160002: Outcome.REFUSED,
    **dict.fromkeys(
        (20009, 40005, 50006, 50035, 50045, 50046, 50068, 50081, 50109, 50110, 50146, 50600),
        Outcome.REFUSED,
    ),
    **dict.fromkeys((200000, 240000), Outcome.REFUSED),
}
"""Unknown, not one for text, not one for this action, a closed thread, a forum: no payload
would help. A forum that wants a tag.
Blocked by Cloudflare. Sending, a feature or a service that Discord has turned off for a while.
A reply without the right to read what it answers, and what is wrong with a message or its files,
blocked by AutoMod or the filter of links: about that message, not the channel, even with a 403."""
OF_EDITS = {
    50005: Outcome.GONE,
    50021: Outcome.GONE,
    50083: Outcome.ARCHIVED,
    160005: Outcome.ARCHIVED,
}
"""A message of another user, or of Discord; an archived thread, a locked one."""
OF_OPENING = dict.fromkeys((20031, 160006, 160007, 200001), Outcome.NO_ROOM)
"""Words in the title that the server does not allow, twice; as many open threads as there can be.
No form has another title."""
NO_ACCESS = (0, 50001, 50007, 50009, 50278)
"""Refused with 403 whatever is sent: no access, no direct messages, a server that asks for more.
With other codes, a form that needs no right but to write may be taken."""
BY_STATUS = {
    400: Outcome.REFUSED,
    401: Outcome.BANNED,
    403: Outcome.FORBIDDEN,
    413: Outcome.REFUSED,
}
UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
EDITS_LIMITED = 30046


class NotLoggedInError(Exception):
    """The host has no token yet."""


class NoDirectMessagesError(Exception):
    """Discord will not open the owner's direct messages."""


@dataclass(slots=True)
class Request:
    """What is asked of Discord.

    Attributes:
        method: POST a message, PATCH one, or GET the last ones.
        message_id: the one to change.
        channel_id: where; 0 until it is known, which it is not before the login.
        opens_post: the channel is a forum, and the message opens a post in it.
        in_post: the channel is a post in a forum.
        has_found: all that was to be read is read; None when one answer has it all.
    """

    method: str
    message_id: int | None = None
    channel_id: int = 0
    opens_post: bool = False
    in_post: bool = False
    has_found: bool | None = None

    def is_fulfilled(self, answer: Answer) -> bool:
        """Tell whether an answer shows that Discord has done it."""
        if self.has_found is not None:
            return self.has_found
        if not self.channel_id or answer.method != self.method:
            return False
        if self.method == "GET":
            return answer.are_messages(self.channel_id)
        if self.opens_post:
            return answer.is_post(self.channel_id)
        return answer.is_message(self.channel_id, self.message_id)


def result_of(
    error: Exception | None,
    answer: Answer | None,
    request: Request,
    asked: bool,
    redact: Callable[[str], str],
) -> Result:
    """Classify a request that was not fulfilled.

    Args:
        error: what it raised, if anything.
        answer: what it was answered, if it was.
        request: what was asked.
        asked: whether it left at all.
        redact: for what is told of it.
    """
    result = _result(error, answer, request, asked)
    return replace(result, detail=clip(redact(result.detail), DETAIL_MAX))


def _result(
    error: Exception | None, answer: Answer | None, request: Request, asked: bool
) -> Result:
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, NoDirectMessagesError):
        return Result(Outcome.FORBIDDEN, detail=detail)
    if isinstance(error, discord.RateLimited):
        return _too_long(error, answer, request)
    if isinstance(error, TimeoutError):
        return Result(Outcome.UNSURE, retry_after=UNSURE_WAIT, detail="no answer in time")
    if answer is not None:
        return answered(answer, request)
    if isinstance(error, (NotLoggedInError, aiohttp.ClientConnectorError)):
        return Result(Outcome.UNREACHABLE, detail=detail)
    if isinstance(error, aiohttp.ClientResponseError):  # no HTTP, or the refusal of a proxy
        return Result(Outcome.FOREIGN, detail=f"{error.status} {error.message}")
    if asked:  # what a login is not answered has not taken the message
        return Result(Outcome.UNSURE if request.channel_id else Outcome.UNREACHABLE, detail=detail)
    return Result(Outcome.UNBUILT, detail=detail)


def _too_long(error: discord.RateLimited, answer: Answer | None, request: Request) -> Result:
    """Classify a wait for which discord.py does not sleep; the answer tells which limit it was."""
    if answer is not None and answer.asks_to_wait:
        return answered(answer, request)
    wait = error.retry_after if error.retry_after <= WAIT_MAX else CIRCUIT_SECONDS
    detail = f"{type(error).__name__}: {error}"
    return Result(Outcome.LIMITED, retry_after=wait, detail=detail, is_global=True)


def answered(answer: Answer, request: Request) -> Result:
    """Classify an answer that is not what was asked for."""
    if answer.status == 429:
        return _limited(answer, request)
    outcome = Outcome.UNSURE if answer.status >= 500 else _refusal(answer, request)
    in_form = outcome is Outcome.FORBIDDEN and answer.code not in NO_ACCESS
    return Result(outcome, detail=answer.told, in_form=in_form)


def _refusal(answer: Answer, request: Request) -> Outcome:
    if answer.code is None:
        return Outcome.TOO_LARGE if answer.status == 413 else Outcome.FOREIGN
    if answer.code == UNKNOWN_MESSAGE and answer.status == 404:
        return {"POST": Outcome.DELETED, "PATCH": Outcome.GONE}.get(request.method, Outcome.FOREIGN)
    if answer.code == UNKNOWN_CHANNEL and request.in_post:
        return Outcome.GONE
    if request.method == "PATCH" and answer.code in OF_EDITS:
        outcome = OF_EDITS[answer.code]
        if not (request.in_post and outcome is Outcome.ARCHIVED):  # it was opened before
            return outcome
    if request.opens_post and answer.code in OF_OPENING:
        return OF_OPENING[answer.code]
    if request.in_post and answer.code in OF_OPENING:
        return Outcome.WRONG_CHANNEL  # it is archived, and cannot be opened again
    return BY_CODE.get(answer.code) or BY_STATUS.get(answer.status, Outcome.FOREIGN)


def _limited(answer: Answer, request: Request) -> Result:
    wait = answer.retry_after or UNSURE_WAIT
    if not answer.by_proxy:
        return Result(Outcome.BANNED, detail=answer.told)
    if not answer.asks_to_wait:
        return Result(Outcome.FOREIGN, retry_after=min(wait, CIRCUIT_SECONDS), detail=answer.told)
    stale = request.method == "PATCH" and answer.code == EDITS_LIMITED
    outcome = Outcome.EDIT_LIMITED if stale else Outcome.LIMITED
    return Result(outcome, retry_after=wait, detail=answer.told, is_global=answer.is_global)
