"""Where a bot's code lies: in a folder, or in a package that is installed as libraries are."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord
import pytest
from discord.ext import commands

from cogs.debug.app.cog import DebugCog
from cogs.debug.app.host_code import CodeOf
from services.debugcog.host_files import HostFiles
from tests.hosts.installed import written

BOT = """
import discord
from discord.ext import commands

class Bot(commands.Bot): pass
class Cog(commands.Cog): pass
async def on_ready(): pass
def main(): pass
"""
STARTER = """#!/srv/venv/bin/python
import re
import sys
from {package}.cli import main
if __name__ == "__main__":
    sys.argv[0] = re.sub(r"(-script\\.pyw|\\.exe)?$", "", sys.argv[0])
    sys.exit(main())
"""
PLAIN = "import mybot\nmybot.main()\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Where libraries are, in the way of a virtual environment in the host's folder."""
    return tmp_path / "srv/.venv/lib/python3.12/site-packages"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, str], Any]:
    def module(folder: Path, name: str) -> Any:
        file = Path(*name.split(".")).with_suffix(".py")
        written(folder, {f"{file.parts[0]}/__init__.py": "", str(file): BOT})
        monkeypatch.syspath_prepend(str(folder))
        monkeypatch.setattr(sys, "modules", dict(sys.modules))
        importlib.invalidate_caches()
        return importlib.import_module(name)

    return module


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], None]:
    def runs(name: str, text: str) -> None:
        """Let the program be a script, or one that ``python -m`` has run."""
        file = written(tmp_path / "srv", {"bot": text}) / "bot"
        loader = importlib.machinery.SourceFileLoader("__main__", str(file))
        spec = importlib.util.spec_from_loader(name, loader)
        assert spec is not None
        made = importlib.util.module_from_spec(spec)
        vars(made).update(__file__=str(file), __spec__=spec if name != "__main__" else None)
        monkeypatch.setitem(sys.modules, "__main__", made)

    return runs


def bot_of(kind: Any = commands.Bot) -> Any:
    return kind("!", intents=discord.Intents.none())


def host_of(bot: commands.Bot, tmp_path: Path) -> HostFiles:
    return HostFiles(tmp_path / "srv", libraries=("/usr/lib/python3.12",), code=CodeOf(bot))


def test_a_bot_that_is_installed_as_a_package_is_its_own_code_and_no_library_beside_it(
    site: Path, tmp_path: Path, module: Any, runs: Any
) -> None:
    runs("__main__", PLAIN)
    host = host_of(bot_of(module(site, "mybot.core").Bot), tmp_path)
    file = f"{site}/mybot/features/chat.py"
    assert host.is_file_in_app(file)
    assert host.shown(file) == "mybot/features/chat.py"
    assert not host.is_file_in_app(f"{site}/mybot_tools/chat.py")
    assert not host.is_file_in_app(f"{site}/requests/adapters.py")
    assert not host.is_file_in_app(discord.__file__)


@pytest.mark.parametrize(
    ("name", "text"),
    [("mybot.__main__", ""), ("mybot.cli", ""), ("__main__", STARTER.format(package="mybot"))],
)
def test_the_package_that_runs_as_the_program_is_the_hosts(
    site: Path, tmp_path: Path, module: Any, runs: Any, name: str, text: str
) -> None:
    module(site, "mybot.cli")
    runs(name, text)
    host = host_of(bot_of(), tmp_path)
    assert host.is_file_in_app(f"{site}/mybot/chat.py")
    assert not host.is_file_in_app(f"{site}/requests/adapters.py")


def test_plain_commands_and_events_say_whose_a_bot_is_that_has_no_class_of_its_own(
    site: Path, tmp_path: Path, module: Any, runs: Any
) -> None:
    runs("__main__", PLAIN)
    bot = bot_of()
    bot.event(module(site, "mybot.core").on_ready)
    assert host_of(bot, tmp_path).is_file_in_app(f"{site}/mybot/chat.py")


async def test_cogs_that_are_loaded_later_are_the_hosts_in_a_bot_of_a_framework(
    site: Path, tmp_path: Path, module: Any, runs: Any
) -> None:
    framework = module(site, "redbot.core")
    runs("redbot.__main__", "")
    bot = bot_of(framework.Bot)
    host = host_of(bot, tmp_path)
    assert not host.is_file_in_app(f"{site}/ourcogs/first.py")
    await bot.add_cog(module(site, "ourcogs.cog").Cog())
    assert host.is_file_in_app(f"{site}/ourcogs/chat.py")
    assert not host.is_file_in_app(f"{site}/redbot/core/chat.py")


async def test_a_bot_that_runs_from_a_folder_has_no_code_in_its_libraries(
    site: Path, tmp_path: Path, module: Any, runs: Any
) -> None:
    runs("__main__", "import base\n")
    bot = bot_of(module(tmp_path / "srv", "mine.core").Bot)
    await bot.add_cog(module(site, "boughtcogs.cog").Cog())
    host = host_of(bot, tmp_path)
    assert not host.is_file_in_app(f"{site}/boughtcogs/cog.py")
    assert host.is_file_in_app(f"{tmp_path}/srv/mine/core.py")
    plain = bot_of()
    vars(sys.modules["__main__"]).update(start=type("Start", (), {"__module__": "__main__"}))
    await plain.add_cog(module(site, "boughtcogs.cog").Cog())
    assert not host_of(plain, tmp_path).is_file_in_app(f"{site}/boughtcogs/cog.py")


async def test_an_installed_program_that_loads_plugins_from_a_folder_is_the_hosts_too(
    site: Path, tmp_path: Path, module: Any, runs: Any
) -> None:
    bot = bot_of(module(site, "mybot.core").Bot)
    runs("mybot.__main__", "")
    await bot.add_cog(module(tmp_path / "srv", "plugins.cog").Cog())
    host = host_of(bot, tmp_path)
    assert host.is_file_in_app(f"{site}/mybot/chat.py")
    assert host.is_file_in_app(f"{tmp_path}/srv/plugins/cog.py")


@pytest.mark.parametrize("text", ["import mybot\nmybot.main()\n", ""])
async def test_a_script_without_code_of_its_own_starts_the_package_that_the_cogs_are_of(
    site: Path, tmp_path: Path, module: Any, runs: Any, text: str
) -> None:
    runs("__main__", text)
    bot = bot_of()
    host = host_of(bot, tmp_path)
    assert not host.is_file_in_app(f"{site}/mybot/early.py")
    await bot.add_cog(module(site, "mybot.cogs").Cog())
    assert host.is_file_in_app(f"{site}/mybot/chat.py")
    assert host.is_file_in_app(f"{site}/mybot/early.py")


async def test_our_own_cog_says_nothing_of_where_a_bot_is(runs: Any) -> None:
    runs("__main__", "")
    vars(sys.modules["__main__"]).update(start=type("Start", (), {"__module__": "__main__"}))
    bot = bot_of()
    cog: Any = type(DebugCog.__name__, (DebugCog,), {"__module__": "debugcog"})
    bot._BotBase__cogs["DebugCog"] = cog.__new__(cog)
    (place,) = CodeOf(bot)().places
    assert place.endswith("/srv/bot")
