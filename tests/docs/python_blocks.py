"""A Python block → run as it stands: in a bot on the sandbox, as a program, or by itself.

A block may use what its reader has (``bot``, ``metrics``, ``queue``, ``llm``, ``prompt``,
``sandbox``, and discord.py's ``discord`` and ``commands``), and what an earlier block of its page
imports or defines (``earlier.definitions``).
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import inspect
import io
import linecache
import logging
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from queue import Queue
from types import SimpleNamespace
from typing import Any

import discord
from discord.ext import commands

from discord_sandbox import Sandbox
from services.debugcog.logs import current, setup_logging
from services.debugcog.metrics import MetricsService
from services.debugcog.settings import Settings
from tests.discord_bot import pointed_at, running
from tests.docs.documents import ROOT, Block
from tests.docs.earlier import definitions, names_in
from tests.docs.place import Place
from tests.docs.sandbox_client import Client
from tests.e2e.conftest import Home, Host, registered

FILE = "bot.py"
"""The name of a block's file in its tracebacks."""
SECONDS = 30.0
TIME = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}", re.MULTILINE)


class Reader(Host):
    """A host whose author has put a block into its setup."""

    def __init__(self, block: Block, place: Place) -> None:
        super().__init__()
        self.metrics = MetricsService()
        self._block = block
        self._place = place

    async def setup_hook(self) -> None:
        await run(self._block, {"bot": self, **_names(self._place, self.metrics)})
        if not self.extensions:
            await self.load_extension("debugcog")


async def check(block: Block, place: Place) -> None:
    """Run a block, and see that nothing of ours complains."""
    try:
        await _run_as_meant(block, place)
    finally:
        logs = current()
        if logs is not None:
            logs.close()
    complaints = [
        record.getMessage()
        for record in place.log.records
        if record.name.startswith("debugcog") and record.levelno >= logging.WARNING
        if record.name != "debugcog.stalls"  # the machine may have some
    ]
    assert complaints == []


async def output_of(block: Block, place: Place) -> str:
    """What a block prints, and what it logs, with the same time in each line."""
    file = place.folder / "output.log"
    logs = setup_logging(Settings(log_file_path=file, log_level="DEBUG"), console=False)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            await run(block, _names(place, MetricsService(fold_interval=None)))
        assert logs.flush()
    finally:
        logs.close()
    logged = file.read_text(encoding="utf-8") if file.exists() else ""
    return with_one_time(printed.getvalue() + logged)


async def until(condition: Callable[[], object]) -> None:
    """Wait for what another process does."""
    while not condition():  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0.02)


def with_one_time(text: str) -> str:
    return TIME.sub("<time>", text)


async def run(block: Block, given: dict[str, Any]) -> dict[str, Any]:
    """Execute a block as a module in which ``await`` is allowed; return its names."""
    names: dict[str, Any] = {"__name__": "bot", "__file__": FILE, **given}
    linecache.cache[FILE] = len(block.text), None, block.text.splitlines(keepends=True), FILE
    module = _tree(block)
    module.body[:0] = definitions(module, _earlier(block), {*names, *dir(builtins)})
    code = compile(module, FILE, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if code.co_flags & inspect.CO_COROUTINE:
        await eval(code, names)
    else:
        exec(code, names)
    return names


async def _run_as_meant(block: Block, place: Place) -> None:
    if "bot.run(" in block.text:
        await _check_program(block, place)
    elif "MyBot" in names_in(_tree(block)) and "Sandbox" in names_in(_tree(block)):
        await _check_test(block, place)
    elif "bot" in _assigned(block):
        await _check_definition(block, place)
    elif "bot" in names_in(_tree(block)):
        await _check_setup(block, place)
    else:
        with _redirected(place.home.sandbox, block):
            await run(block, _names(place, MetricsService(fold_interval=None)))


async def _check_setup(block: Block, place: Place) -> None:
    async with running(Reader(block, place), place.home.sandbox) as bot:
        await registered()
        assert "DebugCog" in bot.cogs
    bot.metrics.close()


async def _check_definition(block: Block, place: Place) -> None:
    """A block that makes a bot: it is one whose /debug answers."""
    bot = (await run(block, {}))["bot"]
    assert isinstance(bot, commands.Bot)
    home = place.home
    async with running(bot, home.sandbox):
        await registered()
        asked = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
        await asked.wait(lambda asked: asked.message and asked.message.embeds)


async def _check_program(block: Block, place: Place) -> None:
    """A bot.py: started beside a .env that names the sandbox, it answers and warns of nothing."""
    home, program = place.home, place.folder / FILE
    program.write_text(block.text, encoding="utf-8")
    keys = ("DISCORD_TOKEN", "DISCORD_API_BASE", "DISCORD_GATEWAY_URL")
    lines = [f"{key}={os.environ[key]}\n" for key in keys]
    program.with_name(".env").write_text("".join(lines), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, FILE),
        cwd=place.folder,
        env={key: value for key, value in os.environ.items() if key not in keys}
        | {"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    answer = asyncio.create_task(_answer_of(block, home))
    ended = asyncio.create_task(process.communicate())
    await asyncio.wait({answer, ended}, timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if process.returncode is None:
        process.terminate() if os.name == "nt" else process.send_signal(signal.SIGINT)
    printed = (await ended)[0].decode()
    has_answered = answer.done()
    answer.cancel()
    assert has_answered, printed
    await answer
    assert not re.search("WARNING|ERROR|Traceback", printed), printed


async def _answer_of(block: Block, home: Home) -> None:
    """Wait for what a program answers: to /debug where it loads the cog, else to its !ping."""
    await until(home.sandbox.hub.connected)
    if "load_extension" in block.text:
        await until(lambda: home.sandbox.application.registered(home.guild.id))
        asked = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
        await asked.wait(lambda asked: asked.message and asked.message.embeds)
    else:
        await home.sandbox.say(home.owner, home.channel, "!ping")
        await home.channel.wait_for(lambda message: message.content == "pong")


async def _check_test(block: Block, place: Place) -> None:
    """A test of a bot of somebody's, which has what the test asks of it."""
    with pointed_at(place.home.sandbox):
        await run(block, {"MyBot": Client})


def _names(place: Place, metrics: MetricsService) -> dict[str, Any]:
    async def chat(prompt: str) -> str:
        return f"I heard {prompt!r}."

    return {
        "metrics": metrics,
        "queue": Queue[int](),
        "llm": SimpleNamespace(chat=chat),
        "prompt": "What is a monad?",
        "sandbox": place.home.sandbox,
        "discord": discord,
        "commands": commands,
    }


@contextlib.contextmanager
def _redirected(sandbox: Sandbox, block: Block) -> Iterator[None]:
    """See that a block which is about the addresses of Discord sets them."""
    with pointed_at(sandbox):
        is_about = "use_endpoints" in names_in(_tree(block))
        if is_about:
            discord.http.Route.BASE = "http://127.0.0.1:1/api/v10"
        yield
        assert not is_about or sandbox.api_base == discord.http.Route.BASE


def _earlier(block: Block) -> list[ast.Module]:
    """The Python blocks before a block on its page, first one first."""
    found = []
    while block.before is not None:
        block = block.before
        if block.language == "python":
            found.append(_tree(block))
    return found[::-1]


def _assigned(block: Block) -> set[str]:
    return {
        target.id
        for node in _tree(block).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _tree(block: Block) -> ast.Module:
    tree = compile(block.text, FILE, "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert isinstance(tree, ast.Module)
    return tree
