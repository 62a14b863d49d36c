"""HTTP response → Answer: what was said, and whether only Discord can have said it.

A proxy, a portal or a firewall between the bot and Discord answers in Discord's place: with a page,
with a status that Discord does not use, with JSON of its own. discord.py takes such an answer for
Discord's, so the answers are looked at here, as they come from the wire.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp

from services.debugcog.frozen import frozen
from services.debugcog.outbox.outcomes import CODE_MIN, Outcome
from services.debugcog.patterns import late_pattern
from services.debugcog.wording import clip

K = TypeVar("K")

TEXT_MAX = 80
PAGE_MAX = 4096
WAIT_MAX = 86_400.0
"""Seconds that Discord asks for at most; a longer wait is not its own."""
EDIT_SLEEP_MAX = 2.0
"""Seconds that a limit of edits is slept through; for longer, what comes next is sent meanwhile."""
BODY_MAX = 8 * 1024 * 1024
"""Bytes of an answer that are read; 50 messages of Discord's have about two millions at most."""
ID_MAX = 2**63
"""What an id of Discord's is below."""
MADE = (200, 201)
"""Statuses of success; the second is that of a post."""
TITLE = late_pattern(r"<title[^>]*>([^<]*)<", re.IGNORECASE)
TAG = late_pattern(r"<[^>]*>")


@frozen
class Answer:
    """One response.

    Attributes:
        method: of the request that it answers; a redirect may have changed it.
        status: of HTTP.
        data: its JSON; None when it is none.
        text: the beginning of what it says, for people.
        by_proxy: ``Via`` is there, as in all that has passed Cloudflare.
        retry_after: seconds that its JSON or a header asks for; 0.0 when none does.
    """

    method: str
    status: int
    data: Any = None
    text: str = ""
    by_proxy: bool = False
    retry_after: float = 0.0

    @property
    def told(self) -> str:
        """Write it in a line."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = ""
        return " ".join(filter(None, (str(self.status), phrase, self.text)))

    @property
    def code(self) -> int | None:
        """Return the code of Discord's error; None when it is no error of Discord's."""
        if not isinstance(self.data, dict) or not isinstance(self.data.get("message"), str):
            return None
        code = self.data.get("code")
        if type(code) is not int:  # a bool is none
            return None
        general = code == 0 and self.data["message"].startswith(f"{self.status}: ")
        return code if code >= CODE_MIN or general else None

    @property
    def asks_to_wait(self) -> bool:
        """Tell whether it is a rate limit of Discord's, which discord.py knows how to wait for."""
        return self.status == 429 and self.by_proxy and _wait(self.data) > 0

    @property
    def is_global(self) -> bool:
        """Tell whether it is a limit of all requests."""
        return isinstance(self.data, dict) and self.data.get("global") is True

    @property
    def holds_edits(self) -> bool:
        """Tell whether discord.py would sleep for edits alone, while posts have to wait for it."""
        is_edit = self.method == "PATCH" and self.asks_to_wait and not self.is_global
        return is_edit and self.retry_after > EDIT_SLEEP_MAX

    @property
    def discords(self) -> bool:
        """Tell whether discord.py may take it for an answer of Discord's."""
        if self.status == 429:
            return self.asks_to_wait
        if self.status in MADE:
            return isinstance(self.data, dict | list)
        return self.code is not None and self.status < 500

    def is_message(self, channel_id: int, message_id: int | None = None) -> bool:
        """Tell whether it is a message of a channel, and the one with that id."""
        found = self.status == 200 and _is_message(self.data, channel_id)
        return found and (message_id is None or int(self.data["id"]) == message_id)

    def is_post(self, forum_id: int) -> bool:
        """Tell whether it is a post that was opened in a forum."""
        found = self.status in MADE and isinstance(self.data, dict)
        return found and str(self.data.get("parent_id")) == str(forum_id) and _has_id(self.data)

    def are_messages(self, channel_id: int) -> bool:
        """Tell whether it is a list of messages of a channel."""
        listed = self.status == 200 and isinstance(self.data, list)
        return listed and all(_is_message(one, channel_id) for one in self.data)


def heard(response: aiohttp.ClientResponse, body: bytes) -> Answer:
    """Read a response."""
    data = _json(body)
    return Answer(
        method=response.method,
        status=response.status,
        data=data,
        text=_text(response.headers, body),
        by_proxy="Via" in response.headers,
        retry_after=_wait(data) or _seconds(response.headers.get("Retry-After")),
    )


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _text(headers: Any, body: bytes) -> str:
    """Shorten a page to its title, or to its first words."""
    page = body[:PAGE_MAX].decode(errors="replace")
    title = TITLE.search(page)
    words = clip(" ".join((title[1] if title else TAG.sub(" ", page)).split()), TEXT_MAX)
    kind = str(headers.get("Content-Type", "")).partition(";")[0]
    said = ": ".join(filter(None, (clip(kind, TEXT_MAX), words)))
    return f"({said})" if said else "(empty)"


def _wait(data: Any) -> float:
    return _seconds(data.get("retry_after")) if isinstance(data, dict) else 0.0


def _seconds(given: Any) -> float:
    """Read a wait; what is none, a date, or longer than Discord's are counts as none."""
    try:
        seconds = float(given)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return seconds if 0.0 < seconds <= WAIT_MAX else 0.0


def _is_message(data: Any, channel_id: int) -> bool:
    if not isinstance(data, dict):
        return False
    return _has_id(data) and str(data.get("channel_id")) == str(channel_id)


def _has_id(data: Any) -> bool:
    number = data.get("id")
    if not (isinstance(number, str) and number.isascii() and number.isdigit()):
        return False
    return len(number) <= len(str(ID_MAX)) and int(number) < ID_MAX


class Listener:
    """Keeps the last answer that a REST client got; what is not Discord's ends the request.

    Without that, discord.py would follow, swallow, or try again for 25 s what it takes for
    Discord's.

    Attributes:
        trace: for the client to be made with.
        asked: a request has left since ``reset``, or was about to.
        answer: to the last request since ``reset``; None before it.
    """

    def __init__(self) -> None:
        self.asked = False
        self.answer: Answer | None = None
        self.trace = aiohttp.TraceConfig()
        self.trace.on_request_start.append(self._start)
        self.trace.on_request_redirect.append(self._redirected)
        self.trace.on_request_end.append(self._answered)
        self.trace.on_response_chunk_received.append(self._read)
        self._response: aiohttp.ClientResponse | None = None

    def reset(self) -> None:
        """Forget what was heard."""
        self.asked, self.answer, self._response = False, None, None

    async def _start(self, *_: Any) -> None:
        self.asked, self.answer = True, None

    async def _redirected(self, *given: Any) -> None:
        self.answer = heard(given[2].response, b"")

    async def _answered(self, *given: Any) -> None:
        self._response = response = given[2].response
        response.content = BoundedBody(response.content)

    async def _read(self, *given: Any) -> None:
        response, self._response = self._response, None
        if response is None:
            return
        self.answer = heard(response, given[2].chunk)
        if not self.answer.discords or self.answer.holds_edits:
            raise OddAnswerError(self.answer.told)


class BoundedBody:
    """A body of which no more is read than an answer of Discord's may have: it may never end.

    What is cut off there is no JSON any more, and so no answer of Discord's.
    """

    def __init__(self, body: aiohttp.StreamReader) -> None:
        self._body = body

    async def read(self) -> bytes:
        """Read all of it, or its beginning."""
        chunks, size = [], 0
        while size <= BODY_MAX and (chunk := await self._body.readany()):
            chunks.append(chunk)
            size += len(chunk)
        return b"".join(chunks)[:BODY_MAX]

    def __getattr__(self, name: str) -> Any:
        """Return what else aiohttp asks of a body."""
        return getattr(self._body, name)


class OddAnswerError(aiohttp.ClientError):
    """An answer that discord.py must not act on: above all one that is not Discord's."""


def expected(given: Any, kind: type[K]) -> K:
    """Return an object of Discord's, or a list of such, each of which has its id.

    Raises:
        OddAnswerError: it is something else.
    """
    objects = given if isinstance(given, list) else [given]
    known = all(isinstance(one, dict) and _has_id(one) for one in objects)
    if not isinstance(given, kind) or not known:
        raise OddAnswerError(Outcome.FOREIGN.value)
    return given
