"""Questions → JSON answers: each in an envelope with the frame that every page shows."""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable
from functools import cache
from types import NoneType
from typing import Any

from aiohttp import web

from services.debugcog.answers.published import Published
from services.debugcog.frozen import frozen
from services.debugcog.invisible import without_controls
from services.debugcog.web.connections import connection_of
from services.debugcog.web.csv_files import CsvFile
from services.debugcog.web.documents import document
from services.debugcog.web.headers import NO_STORE
from services.debugcog.web.questions import Ask, Question, RefusedError
from services.debugcog.web.workers import Workers

POINT = 2
"""Items of a point: time and value."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@frozen(kw_only=True)
class Api:
    """Makes handlers of questions.

    Attributes:
        latest: what the bot's thread published last.
        frame: makes what every page shows around its answer.
        redact: hides secrets; every text of an answer goes through it, without control characters.
        workers: compute answers.
    """

    latest: Callable[[], Published | None]
    frame: Callable[[Published], object]
    redact: Callable[[str], str]
    workers: Workers

    def handler(self, question: Question) -> Handler:
        """Make the handler that answers a question."""

        async def handle(request: web.Request) -> web.StreamResponse:
            published = self._published()
            answer = await self._answer(question, published, ask_of(request))
            text = await self.workers.run(lambda: self._text(published, answer))
            return web.Response(text=text, content_type="application/json", headers=NO_STORE)

        return handle

    def download(self, question: Question) -> Handler:
        """Make the handler of a question whose answer is a ``CsvFile``."""

        async def handle(request: web.Request) -> web.StreamResponse:
            file = await self._answer(question, self._published(), ask_of(request))
            assert isinstance(file, CsvFile)
            text = await self.workers.run(lambda: file.text(self._shown))
            headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{file.name}.csv"'}
            return web.Response(text=text, content_type="text/csv", headers=headers)

        return handle

    def _published(self) -> Published:
        published = self.latest()
        if published is None:
            raise RefusedError(503, "The bot is still starting. Try again in a second.", 1)
        return published

    async def _answer(self, question: Question, published: Published, ask: Ask) -> object:
        answer = await self.workers.run(lambda: question(published, ask))
        return await self.workers.within(answer) if inspect.isawaitable(answer) else answer

    def _text(self, published: Published, answer: object) -> str:
        whole = {"frame": document(self.frame(published)), "answer": document(answer)}
        return json.dumps(cleaned(whole, self._shown))

    def _shown(self, text: str) -> str:
        """Redact a text, and take out what would turn it and its neighbours round on the page."""
        return self.redact(without_controls(text))


def ask_of(request: web.Request) -> Ask:
    """Take the parameters of a request; of one that is given twice the first counts."""
    query = {name: request.query[name] for name in request.query}
    return Ask(query, dict(request.match_info), connection_of(request).viewer() or "")


def cleaned(value: Any, redact: Callable[[str], str]) -> Any:
    """Redact every text of a document, also those that are keys; each text once."""
    return _cleaned(value, cache(redact))


def _cleaned(value: Any, redact: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact(key): _cleaned(one, redact) for key, one in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) == POINT and type(value[0]) is float and type(value[1]) in (float, NoneType):
        return value  # most of an answer are the points of its charts
    return [_cleaned(one, redact) for one in value]
