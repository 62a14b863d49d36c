"""Compatibility checks of the host's Discord library and bot class, including Red.

Nothing of discord.py is imported here, because this runs first: a fork brings a ``discord`` package
of its own that lacks half of what we import, and an import that fails midway leaves modules behind.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from itertools import takewhile
from typing import Any

FLOOR = (2, 7, 1)
"""The lowest discord.py, as pyproject.toml has it."""
OTHERS = ("py-cord", "nextcord", "disnake", "hikari")
"""Libraries for Discord that a bot may be made with instead, as pip names them."""
BOT = ("discord.ext.commands.bot", "BotBase")
"""What ``commands.Bot`` and ``commands.AutoShardedBot`` have in common."""
RED = ("redbot.core.bot", "Red")


def require_discord_py() -> None:
    """Return when ``import discord`` gives a discord.py that is new enough.

    Raises:
        ImportError: it is missing, too old, or another library stands in its place; one sentence
            says what was found and what is needed.
    """
    refusal = _refusal()
    if refusal:
        needed = ".".join(map(str, FLOOR))
        raise ImportError(f"DebugCog needs discord.py {needed} or newer: {refusal}.")


def require_bot(bot: object) -> None:
    """Return when a bot is one of discord.py; that it is there comes first.

    Raises:
        TypeError: it is another library's; one sentence says whose, and what is needed.
    """
    if not _is_a(bot, BOT):
        raise TypeError(
            "DebugCog needs a commands.Bot or commands.AutoShardedBot of discord.py: "
            f"this bot is a {_described(type(bot))}."
        )


def red_cog(bot: object) -> type | None:
    """Return the class that Red wants each cog to be of; None for a bot that is not Red."""
    found: type | None = _of_red(bot, "redbot.core.commands", "Cog")
    return found


def red_load_error(bot: object) -> type[Exception] | None:
    """Return the error whose text Red shows to who loads a cog; None for a bot that is not Red."""
    found: type[Exception] | None = _of_red(bot, "redbot.core.errors", "CogLoadError")
    return found


def _refusal() -> str:
    """Return what is wrong with the package ``discord``; empty when nothing is."""
    found = _title_and_version("discord")
    if found is None:
        others = [_installed(name) for name in OTHERS if _version(name)]
        beside = f", only {' and '.join(others)}" if others else ""
        return f"the package is not installed{beside}"
    title, version = found
    if title not in ("", "discord"):
        name = next((one for one in OTHERS if one.replace("-", "") == title), title)
        return f"the package `discord` that is installed here is of {_installed(name)}"
    numbers = _numbers(version)
    if len(numbers) == len(FLOOR) and numbers < FLOOR:
        return f"this is {version}"
    return ""


def _title_and_version(package: str) -> tuple[str, str] | None:
    """Return what a package is named; None without it, empty texts where it does not say.

    Mostly the bot has imported it. Where not, its text is read, for an import could fail midway.
    """
    loaded = sys.modules.get(package)
    title, version = (getattr(loaded, name, None) for name in ("__title__", "__version__"))
    if isinstance(title, str) and isinstance(version, str):
        return title, version
    source = _source_of(package)
    if source is None:
        return None
    return _assigned("__title__", source), _assigned("__version__", source)


def _assigned(name: str, source: str) -> str:
    found = re.search(rf"""^{name} = ["']([^"'\n]+)["']""", source, re.MULTILINE)
    return found[1] if found else ""


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of 2.7.1rc2; none for what is no such version."""
    starts = ["".join(takewhile(str.isdigit, part)) for part in version.split(".")[: len(FLOOR)]]
    return tuple(map(int, starts)) if all(starts) else ()


def _source_of(package: str) -> str | None:
    """Return the text of a package's ``__init__``; None without the package, empty if it is hidden.

    A host that was frozen into one file hides it, and then its import is left to tell.
    """
    try:
        spec = importlib.util.find_spec(package)
    except ValueError:  # imported by hand, without a spec
        return ""
    if spec is None:
        return None
    if spec.origin is None:  # a folder without __init__.py, as an uninstallation leaves it
        return None
    get_source = getattr(spec.loader, "get_source", None)
    return (get_source(package) if get_source else None) or ""


def _is_a(bot: object, wanted: tuple[str, str]) -> bool:
    """Tell whether a bot's class comes from one that is named by module and name."""
    return any((kind.__module__, kind.__qualname__) == wanted for kind in type(bot).__mro__)


def _of_red(bot: object, module: str, name: str) -> Any:
    """Find a class of Red, which has imported it itself."""
    return getattr(sys.modules.get(module), name, None) if _is_a(bot, RED) else None


def _described(kind: type) -> str:
    roots = {each.__module__.partition(".")[0] for each in kind.__mro__}
    library = next((f" of {_installed(name)}" for name in OTHERS if name in roots), "")
    return f"{kind.__module__}.{kind.__qualname__}{library}"


def _installed(library: str) -> str:
    return f"{library} {_version(library)}".strip()


def _version(library: str) -> str:
    metadata = importlib.import_module("importlib.metadata")  # 10 ms, for a refusal alone
    try:
        return str(metadata.version(library))
    except metadata.PackageNotFoundError:
        return ""
