"""Discord's HTTP answers → Responses, read where discord.py reads them.

``json_or_text`` is called for each answer: of a retry too, of interactions and webhooks, and of our
own deliveries, since limits are those of the whole process and its IP address. It is private; where
discord.py has no such function, nothing is seen, and that is said.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Any

import discord.http
import discord.webhook.async_

from services.debugcog.errors.patch import Patch
from services.debugcog.gateway.responses import Response, Responses
from services.debugcog.guard import guard

READER = "json_or_text"
Reader = Callable[[Any], Awaitable[Any]]


class ResponseCapture:
    """Makes the function for the patches of discord.py's modules.

    Args:
        responses: gets the answers.
    """

    def __init__(self, responses: Responses) -> None:
        self._responses = responses

    def patches(self) -> tuple[Patch, ...]:
        """List the patches: where answers are read."""
        modules = (discord.http, discord.webhook.async_)
        self._responses.is_seen = all(hasattr(module, READER) for module in modules)
        return tuple(Patch(module, READER, self._reading) for module in modules)

    def _reading(self, before: Reader) -> Reader:
        async def json_or_text(response: Any) -> Any:
            data = await before(response)
            self._note(response, data)
            return data

        return json_or_text

    @guard(None)
    def _note(self, response: Any, data: Any) -> None:
        self._responses.add(response_of(response, data))


def response_of(response: Any, data: Any) -> Response:
    """Read what is worth keeping of an answer and its body."""
    headers = response.headers
    body = data if isinstance(data, dict) else {}
    is_global = body.get("global") is True or "X-RateLimit-Global" in headers
    code = body.get("code", 0)
    return Response(
        status=response.status,
        method=response.method,
        path=response.url.path,
        scope="global" if is_global else headers.get("X-RateLimit-Scope", ""),
        retry_after=_seconds(body.get("retry_after", headers.get("Retry-After"))),
        is_discords="Via" in headers and not isinstance(data, str),
        code=code if isinstance(code, int) else 0,
        date=headers.get("Date", ""),
    )


def _seconds(value: Any) -> float | None:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return seconds if math.isfinite(seconds) else None
