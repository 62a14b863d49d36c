"""The thread of the dashboard: it starts at once, ends soon, and harms nobody when it cannot."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from aiohttp import web

from services.debugcog.web.binding import Binding, binding
from services.debugcog.web.connections import Connections
from services.debugcog.web.server import DashboardServer, _Beside
from tests.services.web.served import Served, served, server_of


def nothing(connections: Connections) -> web.Application:
    return web.Application()


def threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("debugcog-web")]


def sockets() -> list[int]:
    """List the ports of this machine that the process listens on."""
    process = psutil.Process(os.getpid())
    connections = getattr(process, "net_connections", None) or process.connections  # before 6.0
    found = connections("tcp")
    return [one.laddr.port for one in found if one.status == psutil.CONN_LISTEN]


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield int(other.getsockname()[1])


def problems(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]


def failed(server: DashboardServer) -> str:
    """Start a server that cannot listen; return why."""
    began = time.monotonic()
    server.start()
    assert time.monotonic() - began < 1
    assert server.port(10) is None
    server.close()
    assert threads() == []
    return server.trouble


def test_a_port_that_is_in_use_is_told_once_with_the_fix(
    taken: int, caplog: pytest.LogCaptureFixture
) -> None:
    text = (
        f"port {taken} is in use. Set DASHBOARD_PORT to another one, or end the program that has "
        "it: it is tried again every 30 seconds."
    )
    assert failed(server_of(nothing, binding("127.0.0.1", taken, ""))) == text
    assert problems(caplog) == [f"Dashboard not served: {text}"]


def test_a_port_that_becomes_free_is_taken(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("services.debugcog.web.server.RETRY_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as old:
        port = int(old.getsockname()[1])
        server = server_of(nothing, binding("127.0.0.1", port, ""))
        server.start()
        assert server.port(10) is None
        assert server.trouble
    end = time.monotonic() + 10
    while server.port() is None and time.monotonic() < end:
        time.sleep(0.01)
    assert (server.port(), server.trouble) == (port, "")
    server.close()
    assert threads() == []
    assert len(problems(caplog)) == 1


@pytest.mark.parametrize(
    "host", ["203.0.113.7", "no such host", "2001:db8::7", "h\u202e", "h" * 64]
)
def test_a_host_that_is_none_of_this_machine_is_told_once_with_the_fix(
    host: str, caplog: pytest.LogCaptureFixture
) -> None:
    text = failed(server_of(nothing, binding(host, 0, "x" * 24)))
    assert text.startswith(f"DASHBOARD_HOST={host} is no address of this machine (")
    assert text.endswith("). Set it to one, such as 127.0.0.1 or 0.0.0.0.")
    assert problems(caplog) == [f"Dashboard not served: {text}"]


def test_a_file_of_ours_that_cannot_be_read_is_told_once_with_the_fix(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    missing = tmp_path / "index.html"

    def make(connections: Connections) -> web.Application:
        missing.read_bytes()
        return web.Application()

    text = f"{missing} cannot be read (No such file or directory). Install DebugCog again."
    assert failed(server_of(make)) == text
    assert problems(caplog) == [f"Dashboard not served: {text}"]


def test_any_other_fault_is_told_once_too(caplog: pytest.LogCaptureFixture) -> None:
    def make(connections: Connections) -> web.Application:
        raise ValueError("what nobody thought of")

    assert failed(server_of(make)) == "ValueError; the bot's log has more."
    assert problems(caplog) == ["Dashboard not served"]


def test_what_is_not_as_the_settings_ask_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    bound = Binding("127.0.0.1", 0, "", "DASHBOARD_PORT", ("a sentence", "another"))
    server = server_of(nothing, bound)
    with caplog.at_level(logging.INFO, "debugcog.web"):
        server.start()
        port = server.port()
    server.close()
    told = [one.getMessage() for one in caplog.records if one.name == "debugcog.web"]
    assert told == ["a sentence", "another", f"Dashboard at http://127.0.0.1:{port}"]


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("0.0.0.0", "127.0.0.1"),
        pytest.param("::", "[::1]", marks=pytest.mark.skipif(not has_ipv6(), reason="no IPv6")),
        ("*", "127.0.0.1"),
        ("127.0.0.2", "127.0.0.2"),
    ],
)
def test_it_says_an_address_at_which_it_answers(
    host: str, here: str, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):  # at all addresses, IPv4 and IPv6 have ports of their own, in any order
        server = server_of(nothing, binding(host, 0, "x" * 24))
        caplog.clear()
        with caplog.at_level(logging.INFO, "debugcog.web"):
            server.start()
            port = server.port()
        assert port is not None
        socket.create_connection((here.strip("[]"), port), 10).close()
        server.close()
        assert caplog.messages == [f"Dashboard at http://{here}:{port}"]


async def held(site: Served, count: int) -> list[asyncio.StreamWriter]:
    """Open connections of all kinds that do not end by themselves."""
    writers = []
    for number in range(count):
        _, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write((b"", b"GET / HTTP/1.1\r\nHo")[number % 2])
        writers.append(writer)
    return writers


async def test_it_ends_within_two_seconds_with_streams_and_half_open_connections() -> None:
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        loop.call_soon_threadsafe(begun.set)
        while True:
            await response.write(b": still here\n\n")
            await asyncio.sleep(0.05)

    async with served(streams={"logs/stream": stream}) as site:
        await site.log_in()
        port = site.port
        assert port in sockets()
        following = asyncio.create_task(site.get("/api/v1/logs/stream"))
        await begun.wait()
        writers = await held(site, 20)
        began = time.monotonic()
        await asyncio.to_thread(site.server.close)
        assert threads() == [], "its end is awaited for two seconds"
        assert time.monotonic() - began < 3
        assert port not in sockets()
        await asyncio.wait({following})
        assert following.exception() is not None, "the stream has ended"
        for writer in writers:
            writer.transport.abort()
    with socket.create_server(("127.0.0.1", port)):
        pass  # the port is free again


async def test_a_close_at_once_after_the_start_ends_it_too() -> None:
    for _ in range(20):
        server = server_of(nothing)
        server.start()
        await asyncio.to_thread(server.close)
        assert threads() == []
        server.close()  # twice is harmless


async def test_it_can_be_closed_without_having_been_started() -> None:
    server_of(nothing).close()


async def test_loads_and_unloads_leave_no_thread_socket_or_file_behind() -> None:
    process = psutil.Process(os.getpid())
    async with served() as site:
        await site.log_in()
        await site.get("/api/v1/overview")
    before = process.num_fds()
    for _ in range(5):
        async with served() as site:
            await site.log_in()
            assert (await site.get("/api/v1/overview")).status == 200
    assert threads() == []
    assert process.num_fds() <= before


async def test_connections_that_come_while_it_closes_are_closed_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(10):
        async with served() as site:
            opened = [await asyncio.open_connection("127.0.0.1", site.port) for _ in range(20)]
            await asyncio.to_thread(site.server.close)
            for reader, writer in opened:
                with contextlib.suppress(ConnectionError):
                    assert await asyncio.wait_for(reader.read(), 10) == b""
                writer.transport.abort()
    assert problems(caplog) == []


def test_what_goes_wrong_beside_any_request_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    beside, loop = _Beside(), asyncio.new_event_loop()
    for _ in range(3):  # as asyncio does each second while no more files can be opened
        beside(loop, {"message": "socket.accept() out of system resource", "exception": OSError()})
    loop.close()
    assert problems(caplog) == ["Dashboard: socket.accept() out of system resource: OSError"]
