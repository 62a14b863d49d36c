"""A process and its bot → everything that a cog could leave behind in them, as plain values.

It imports nothing of this project, because hosts in an environment of their own import it too.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import gc
import inspect
import logging
import os
import re
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterable
from itertools import filterfalse
from pathlib import Path
from typing import Any

import aiohttp
import psutil

OF_THE_HOST = re.compile(r"asyncio_\d+|keep-alive-handler:.*")
"""Threads of the event loop and of discord.py, which come when the host first needs them."""
OWN_FILES = ("/services/debugcog/", "/cogs/debug/", "/debugcog/")

Leftovers = dict[str, dict[str, str]]


def leftovers(bot: Any = None) -> Leftovers:
    """Take stock of the process, and of a bot in it; to be called on its event loop."""
    gc.collect()
    return {
        "threads": _counts(
            filterfalse(OF_THE_HOST.match, (one.name for one in threading.enumerate()))
        ),
        "tasks": _counts(one.get_name() for one in asyncio.all_tasks() if _is_own(one)),
        "loggers": _loggers(),
        "hooks": _hooks(),
        "classes": _classes(),
        "files": _files(),
        "process": {
            "children": _children(),
            "environment": str(hash(frozenset(os.environ.items()))),
            "folder": str(Path.cwd()),
        },
        "bot": _bot(bot) if bot is not None else {},
    }


def changes(before: Leftovers, after: Leftovers) -> list[str]:
    """Say what is another now; a class that was not imported before is none."""
    return [
        f"{kind}: {name} was {then.get(name)}, is {now.get(name)}"
        for kind, then in before.items()
        for now in (after[kind],)
        for name in sorted(then.keys() | now.keys())
        if then.get(name) != now.get(name) and not (kind == "classes" and name not in then)
    ]


def _name(thread: threading.Thread) -> str:
    return thread.name


def _counts(names: Iterable[str]) -> dict[str, str]:
    return {name: str(count) for name, count in Counter(names).items()}


def _is_own(task: asyncio.Task[Any]) -> bool:
    """Tell whether a task runs code of ours; those of the host come and go."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and any(part in code.co_filename for part in OWN_FILES)


def _loggers() -> dict[str, str]:
    found = {}
    for name, one in {"root": logging.root, **logging.root.manager.loggerDict}.items():
        if isinstance(one, logging.Logger):
            state = (one.level, one.disabled, one.propagate, one.handlers, one.filters)
            if state != (0, False, True, [], []):
                found[name] = str(state)
    return found


def _hooks() -> dict[str, str]:
    hooks = {
        "sys.excepthook": sys.excepthook,
        "sys.unraisablehook": sys.unraisablehook,
        "threading.excepthook": threading.excepthook,
        "event loop": asyncio.get_running_loop().get_exception_handler(),
        "faulthandler": faulthandler.is_enabled(),
        "class of loggers": logging.getLoggerClass(),
        "factory of records": logging.getLogRecordFactory(),
        **{one.name: signal.getsignal(one) for one in signal.Signals},
    }
    return {name: f"{type(hook).__name__} {id(hook)}" for name, hook in hooks.items()}


def _classes() -> dict[str, str]:
    """Name every function of discord.py's classes, by where it is in memory."""
    found = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "discord":
            for kind in list(vars(module).values()):
                if inspect.isclass(kind) and kind.__module__ == name:
                    functions = {k: id(v) for k, v in vars(kind).items() if callable(v)}
                    found[f"{name}.{kind.__qualname__}"] = str(hash(frozenset(functions.items())))
    return found


def _children() -> str:
    """Name the processes that this one has started, and not those that they start.

    A child that was left behind is a direct one: what a child has started is nobody's once that
    child has ended. A Chromium beside, of other tests, starts and ends processes when it likes.
    """
    return str(sorted(one.pid for one in psutil.Process().children()))


def _files() -> dict[str, str]:
    """Count open files; sockets come and go with the host's requests, so of them the owners."""
    kinds = []
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            kinds.append(str(link.readlink()))
    files = (one.partition(":[")[0] for one in kinds if not one.startswith(("/proc/", "socket:")))
    sessions = [one for one in gc.get_objects() if issubclass(type(one), aiohttp.ClientSession)]
    process: Any = psutil.Process()
    # net_connections has its name since psutil 6.0
    connections = getattr(process, "net_connections", None) or process.connections
    ports = [one for one in connections() if one.status == "LISTEN"]
    return {
        "HTTP sessions": str(sum(not one.closed for one in sessions)),
        "ports": str(sorted(one.laddr.port for one in ports)),
        **_counts(files),
    }


def _bot(bot: Any) -> dict[str, str]:
    commands = (
        f"{'everywhere' if guild is None else guild}: {command.qualified_name}"
        for guild, command in _app_commands(bot.tree)
    )
    return {
        "cogs": str(sorted(bot.cogs)),
        "commands": str(sorted(bot.all_commands)),
        "app commands": str(sorted(commands)),
        "listeners": str({name: len(them) for name, them in bot.extra_events.items() if them}),
        "views": str(len(bot.persistent_views)),
        "functions": str(_functions(bot)),
        "functions of the tree": str(_functions(bot.tree)),
    }


def _app_commands(tree: Any) -> list[tuple[int | None, Any]]:
    here = [(None, one) for one in tree.get_commands()]
    guilds = vars(tree)["_guild_commands"].items()
    return [*here, *((guild, one) for guild, held in guilds for one in held.values())]


def _functions(owner: Any) -> dict[str, str]:
    return {name: str(value) for name, value in vars(owner).items() if inspect.isroutine(value)}
