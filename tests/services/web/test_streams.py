"""Answers that go on: twenty at most, and none for longer than the session of its viewer."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from services.debugcog.web import streams
from tests.services.web.served import Served, served


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    while True:
        await response.write(b": still here\n\n")
        await asyncio.sleep(0.05)


@pytest.fixture
async def site() -> AsyncIterator[Served]:
    async with served(streams={"logs/stream": endless}) as it:
        await it.log_in()
        yield it


async def follow(site: Served, stack: contextlib.AsyncExitStack) -> aiohttp.ClientResponse:
    """Open the stream and wait for its beginning."""
    asked = site.browser.get(f"{site.base}/api/v1/logs/stream")
    return await stack.enter_async_context(asked)


async def test_twenty_streams_may_be_open_and_no_more(site: Served) -> None:
    async with contextlib.AsyncExitStack() as stack:
        opened = [await follow(site, stack) for _ in range(20)]
        assert {one.status for one in opened} == {200}
        refused = await follow(site, stack)
        assert refused.status == 503
        assert await refused.json() == {
            "error": "20 live logs are open already. Close another one first."
        }
        assert (await site.get("/api/v1/overview")).status == 200, "all else goes on"
        opened[0].close()
        async with asyncio.timeout(10):
            while (await follow(site, stack)).status != 200:
                pass


async def test_a_viewer_who_leaves_a_silent_stream_makes_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(streams, "STREAMS_MAX", 1)

    async def silent(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await asyncio.sleep(600)
        return response

    async with served(streams={"logs/stream": silent}) as site:
        await site.log_in()
        async with contextlib.AsyncExitStack() as stack:
            (await follow(site, stack)).close()
            async with asyncio.timeout(10):
                while (await follow(site, stack)).status != 200:
                    pass


async def test_a_stream_ends_soon_after_the_log_out(
    site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LOOK_SECONDS", 0.05)
    async with contextlib.AsyncExitStack() as stack:
        opened = await follow(site, stack)
        await opened.content.readline()
        await site.post("/logout")
        async with asyncio.timeout(10):
            with pytest.raises(aiohttp.ClientError):
                await opened.read()
        assert (await follow(site, stack)).status == 401


async def test_a_stream_that_fails_is_broken_off_and_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half a line")
        raise LookupError("what nobody thought of")

    async with served(streams={"logs/stream": broken}) as site:
        await site.log_in()
        (cookie,) = site.browser.cookie_jar
        answer = await site.raw(
            f"GET /api/v1/logs/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: {cookie.key}={cookie.value}\r\n\r\n"
        )
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.endswith(b"half a line\r\n"), "and its end is missing, so the browser asks again"
    told = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert told == ["Answer failed: GET /api/v1/logs/stream, LookupError"]


async def test_a_stream_that_ends_by_itself_is_an_answer_like_any_other() -> None:
    threads = []

    async def short(request: web.Request) -> web.StreamResponse:
        threads.append(threading.current_thread().name)
        return web.Response(text="done")

    async with served(streams={"logs/stream": short}) as site:
        await site.log_in()
        assert (await site.get("/api/v1/logs/stream")).text() == "done"
    assert threads == ["debugcog-web"]


async def test_viewers_who_leave_are_no_line_in_the_log(
    site: Served, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(20):
        async with contextlib.AsyncExitStack() as stack:
            opened = await follow(site, stack)
            await opened.content.readline()
            opened.close()
    await asyncio.to_thread(site.server.close)  # when the last of them has ended
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []
