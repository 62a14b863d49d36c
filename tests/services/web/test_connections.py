"""Slow, silent, endless and malformed clients take no place from a viewer, and no memory."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from services.debugcog.web import connections
from services.debugcog.web.connections import CONNECTIONS_MAX
from tests.services.web.served import Served

HEAD = "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\n"
Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def half_open(site: Served, count: int, text: bytes) -> AsyncIterator[list[Opened]]:
    """Open connections that begin a request and do not end it."""
    opened = [await asyncio.open_connection("127.0.0.1", site.port) for _ in range(count)]
    try:
        for _, writer in opened:
            writer.write(text)
        yield opened
    finally:
        for _, writer in opened:
            writer.transport.abort()


async def ends(reader: asyncio.StreamReader, seconds: float = 10.0) -> None:
    """Wait until the server has closed a connection."""
    async with asyncio.timeout(seconds):
        with contextlib.suppress(ConnectionError):
            while await reader.read(65_536):
                pass


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        f"{HEAD}Content-Length: 99\r\n\r\n{{".encode(),
    ],
    ids=["nothing", "half a header", "half a body"],
)
async def test_two_hundred_half_open_connections_do_not_lock_a_viewer_out(
    site: Served, text: bytes
) -> None:
    async with half_open(site, 200, text):
        for _ in range(3):
            began = time.monotonic()
            await site.log_in()
            assert (await site.get("/api/v1/overview")).status == 200
            assert time.monotonic() - began < 5


async def test_of_too_many_connections_the_one_that_waited_longest_is_closed(site: Served) -> None:
    async with half_open(site, CONNECTIONS_MAX, b"") as opened:
        assert (await site.get("/healthz")).status == 200
        await ends(opened[0][0])
        assert not opened[-1][0].at_eof()


async def test_a_connection_without_a_request_is_closed_after_a_while(
    site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.2)
    async with half_open(site, 1, b"GET / HT") as ((reader, _),):
        await ends(reader)


async def test_a_body_that_comes_too_slowly_is_given_up(
    site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.debugcog.web.reading.BODY_SECONDS", 0.2)
    answer = await site.raw(f'{HEAD}Content-Length: 99\r\n\r\n{{"code"')
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"Connection: close" in answer


async def test_a_client_that_does_not_take_its_answer_is_closed_in_the_end(
    site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "TAKE_SECONDS", 0.2)
    request = b"GET /static/style.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    async with half_open(site, 1, request) as ((reader, _),):
        await ends(reader)


@pytest.mark.parametrize("path", ["/login", "/logout", "/nothing"])
async def test_a_body_of_ten_megabytes_is_refused_before_it_is_read(
    site: Served, path: str
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10485760\r\n\r\n".encode()
    )
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b'{"error": "A request has 4096 bytes at most."}')


async def test_a_client_that_sends_without_end_is_hung_up_on(site: Served) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode())

    async def send_without_end() -> None:
        while True:
            writer.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
            await writer.drain()

    with pytest.raises(ConnectionError):
        await asyncio.wait_for(send_without_end(), 20)
    assert (await site.get("/healthz")).status == 200


async def test_a_body_that_breaks_the_protocol_is_a_bad_request(site: Served) -> None:
    answer = await site.raw(f"{HEAD}Transfer-Encoding: chunked\r\n\r\nno size\r\n")
    assert answer.split(b" ")[1] == b"400"


async def test_a_small_body_that_unpacks_to_a_large_one_is_not_unpacked(site: Served) -> None:
    import zlib

    body = zlib.compress(b"x" * 3_000_000)
    assert len(body) < 4096
    answer = await site.post("/login", data=body, headers={"Content-Encoding": "deflate"})
    assert answer.status == 400


@pytest.mark.parametrize(
    "request_text",
    [
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: " + "a" * 100_000 + "\r\n\r\n",
        "GET /" + "a" * 100_000 + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: 1\r\n bad\x00header: 2\r\n\r\n",
        "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        f"{HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "\x00" * 100,
    ],
    ids=["long header", "long path", "NUL in a header", "bad length", "two lengths", "zeros"],
)
async def test_what_is_malformed_is_a_bad_request_and_not_a_line_in_the_log(
    site: Served, request_text: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await site.raw(request_text)
    assert answer.split(b" ")[1] == b"400"
    assert b'{"error": ' in answer
    assert [one for one in caplog.records if one.name.startswith(("debugcog", "aiohttp"))] == [
        one for one in caplog.records if "Dashboard at" in one.getMessage()
    ]


async def test_a_client_that_leaves_in_the_middle_is_no_error(
    site: Served, caplog: pytest.LogCaptureFixture
) -> None:
    async with half_open(site, 20, f"{HEAD}Content-Length: 99\r\n\r\n{{".encode()):
        pass
    assert (await site.get("/healthz")).status == 200
    assert [one.levelname for one in caplog.records if one.levelname != "INFO"] == []
