"""Prometheus, Alertmanager and VictoriaMetrics, each on a loopback port of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import socket
from asyncio.subprocess import STDOUT
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest

from tests.forked import Running

T = TypeVar("T")
SECONDS = 40.0
"""How long a test waits for what has to come."""
LISTENS = re.compile(rb'msg="Listening on" address=(\S+:\d+)')
ANY_PORT = "127.0.0.1:0"


def needs(*programs: str) -> None:
    """Skip a test on a machine without these programs; in CI, fail it."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"{', '.join(missing)} not installed, and CI=true asks for these tests")
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed")


async def until(look: Callable[[], Awaitable[T]], what: str = "") -> T:
    """Look again until there is something, and return it."""
    deadline = asyncio.get_running_loop().time() + SECONDS
    while True:
        found = await look()
        if found:
            return found
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"never came: {what or look}; at last there was {found!r}")
        await asyncio.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Engine:
    """A server that answers PromQL.

    Attributes:
        name: of the program.
        address: host and port.
        session: to ask it with.
    """

    name: str
    address: str
    session: aiohttp.ClientSession

    async def query(self, expression: str) -> list[Any]:
        """Return the series of an expression, each with ``metric`` and ``value``."""
        url = f"http://{self.address}/api/v1/query"
        async with self.session.post(url, data={"query": expression}) as answer:
            body = await answer.json()
        assert body["status"] == "success", (self.name, expression, body)
        return list(body["data"]["result"])

    async def value(self, expression: str) -> float | None:
        """Return the value of the only series; None without one."""
        found = await self.query(expression)
        assert len(found) < 2, found
        return float(found[0]["value"][1]) if found else None


@contextlib.asynccontextmanager
async def running(folder: Path, program: str, *arguments: str) -> AsyncIterator[Path]:
    """Run a program in a folder, and end it; what it prints is in the file that is yielded."""
    printed = folder / f"{program}.log"
    with printed.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            program, *arguments, cwd=folder, stdout=output, stderr=STDOUT
        )
    try:
        yield printed
    finally:
        await ended(process)


async def ended(process: Running) -> None:
    """End a process, in any way that it takes."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 10)
    except TimeoutError:
        process.kill()
        await process.wait()


async def address_of(printed: Path) -> str:
    """Wait until a program says where it listens."""

    async def look() -> str:
        found = LISTENS.search(await asyncio.to_thread(printed.read_bytes))
        return found[1].decode() if found else ""

    return await until(look, f"the address in {printed}")


@contextlib.asynccontextmanager
async def prometheus(
    folder: Path, session: aiohttp.ClientSession, config: str
) -> AsyncIterator[Engine]:
    """Run Prometheus with a configuration."""
    (folder / "prometheus.yml").write_text(config)
    arguments = (
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        f"--web.listen-address={ANY_PORT}",
    )
    async with running(folder, "prometheus", *arguments) as printed:
        address = await address_of(printed)
        await until(partial(_ready, session, f"http://{address}/-/ready"), "Prometheus")
        yield Engine("prometheus", address, session)


@contextlib.asynccontextmanager
async def alertmanager(folder: Path, config: str) -> AsyncIterator[str]:
    """Run Alertmanager with a configuration, and yield its address."""
    (folder / "alertmanager.yml").write_text(config)
    arguments = (
        "--config.file=alertmanager.yml",
        "--storage.path=alerts",
        "--cluster.listen-address=",
        f"--web.listen-address={ANY_PORT}",
    )
    async with running(folder, "prometheus-alertmanager", *arguments) as printed:
        yield await address_of(printed)


@contextlib.asynccontextmanager
async def victoria_metrics(
    folder: Path, session: aiohttp.ClientSession, config: str
) -> AsyncIterator[Engine]:
    """Run VictoriaMetrics, which scrapes by itself, with a configuration of Prometheus."""
    (folder / "scrape.yml").write_text(config)
    address = f"127.0.0.1:{free_port()}"  # it does not tell which port it was given
    arguments = (
        f"-httpListenAddr={address}",
        "-storageDataPath=metrics",
        "-promscrape.config=scrape.yml",
        "-promscrape.config.strictParse=false",  # rules and alerting are not its business
        "-search.latencyOffset=0s",
    )
    async with running(folder, "victoria-metrics", *arguments):
        await until(partial(_ready, session, f"http://{address}/health"), "VictoriaMetrics")
        yield Engine("victoria-metrics", address, session)


async def _ready(session: aiohttp.ClientSession, url: str) -> bool:
    """Tell whether a server answers, and does not say that it is starting."""
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


def free_port() -> int:
    """Find a port that nobody uses at the moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
