"""Bot → where its code lies, for a bot that is itself an installed package."""

from __future__ import annotations

import os.path
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from discord.ext import commands

from cogs.debug.ui.own_commands import is_own_function
from services.debugcog.guard import attempt
from services.debugcog.host_files import NOWHERE, HostCode
from services.debugcog.patterns import late_pattern
from services.debugcog.whole_parts import with_slashes

FRAMEWORKS = frozenset({"discord", "redbot", "jishaku"})
"""Packages whose bots and cogs many hosts use; they are the code of none."""
STARTER = late_pattern(r"^from ([\w.]+) import (\w+)$[\s\S]*^\s+sys\.exit\(\2\b", re.MULTILINE)
"""The script that pip writes for a console-script entry point."""
STARTER_MAX = 2_000


class CodeOf:
    """Finds it when it is asked for, and again when a cog or a command has come.

    Args:
        bot: the host.
    """

    def __init__(self, bot: commands.Bot) -> None:
        self._bot = bot
        self._counted = -1, -1
        self._found = NOWHERE

    def __call__(self) -> HostCode:
        """Return it; the same object while the bot has as many cogs and commands."""
        return attempt(self._code, NOWHERE)

    def _code(self) -> HostCode:
        counted = len(self._bot.cogs), len(self._bot.all_commands)
        if counted != self._counted:
            places = _places(_made_for(self._bot)) or _places(_script())
            places |= _places(_added_to(self._bot))
            self._found = HostCode(_place_of(_program()), frozenset(places))
            self._counted = counted
        return self._found


def _made_for(bot: commands.Bot) -> Iterator[str]:
    """Name the modules of a bot's class, events and plain commands: nobody else makes these."""
    yield type(bot).__module__
    yield from map(_module_of, [one for name, one in list(vars(bot).items()) if name[:3] == "on_"])
    all_commands: list[Any] = [*bot.all_commands.values(), *bot.tree.get_commands()]
    for command in all_commands:
        if getattr(command, "cog", None) is None and getattr(command, "binding", None) is None:
            yield _module_of(getattr(command, "callback", command))


def _added_to(bot: commands.Bot) -> Iterator[str]:
    """Name the modules of a bot's cogs, without ours; they may be anybody's."""
    for cog in list(bot.cogs.values()):
        if not is_own_function(type(cog).cog_load):
            yield type(cog).__module__


def _script() -> Iterator[str]:
    """Name the script, if it has code of its own; one that has none starts a package."""
    main = vars(sys.modules.get("__main__", object))
    if any(callable(one) and _module_of(one) == "__main__" for one in list(main.values())):
        yield "__main__"


def _module_of(one: object) -> str:
    return getattr(one, "__module__", None) or type(one).__module__


def _places(modules: Iterable[str]) -> set[str]:
    return set(filter(None, map(_place_of, set(modules))))


def _program() -> str:
    """Name the module that was run by ``python -m``, or by the script of an entry point."""
    main: Any = sys.modules.get("__main__")
    spec, loader = getattr(main, "__spec__", None), getattr(main, "__loader__", None)
    if spec is not None and spec.name != "__main__":
        return str(spec.name)
    if loader is None or not (hasattr(main, "__file__") and hasattr(loader, "get_source")):
        return ""
    starter = STARTER.search((loader.get_source("__main__") or "")[:STARTER_MAX])
    return starter[1] if starter else ""


def _place_of(module: str) -> str:
    """Return the folder of the package that a module is in, or its file; empty where it has none.

    A namespace package, which other libraries may share, is none.
    """
    module = (_program() or module) if module == "__main__" else module
    parts = module.split(".")
    if parts[0] in FRAMEWORKS or parts[0] in sys.stdlib_module_names:
        return ""
    for count in range(1, len(parts) + 1):
        found = vars(sys.modules.get(".".join(parts[:count]), object))
        file = found.get("__file__")
        if type(file) is str:
            return with_slashes(os.path.dirname(file) if "__path__" in found else file)  # noqa: PTH120 - plain
    return ""
