"""What a host is made with: discord.py, or one sentence that says what was found and is needed."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import discord
import pytest
from discord.ext import commands

from cogs.debug.app import host

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys, threading
sys.path[:0] = {path!r}
class Bot:
    pass
try:
    import cogs.debug
    cogs.debug.setup(Bot())
except (ImportError, TypeError) as error:
    print(error)
print(sorted(name for name in sys.modules if name.partition(".")[0] in ("discord", "services")))
print(threading.active_count())
"""


def told(path: list[Path]) -> list[str]:
    """What a bot of no known library hears where only these folders and Python's own are found."""
    program = PROGRAM.format(path=[str(each) for each in (*path, ROOT)])
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def package(folder: Path, text: str, name: str = "discord") -> None:
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "__init__.py").write_text(text)


def distribution(folder: Path, name: str, version: str) -> None:
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def test_without_discord_py_it_says_so_and_names_the_library_that_is_there(tmp_path: Path) -> None:
    missing = "DebugCog needs discord.py 2.7.1 or newer: the package is not installed"
    assert told([]) == [f"{missing}.", "[]", "1"]
    distribution(tmp_path, "disnake", "2.12.2")
    assert told([tmp_path]) == [f"{missing}, only disnake 2.12.2.", "[]", "1"]
    (tmp_path / "discord").mkdir()  # as an uninstallation may leave it
    assert told([tmp_path]) == [f"{missing}, only disnake 2.12.2.", "[]", "1"]


@pytest.mark.parametrize(
    ("title", "name"), [("pycord", "py-cord"), ("nextcord", "nextcord"), ("selfcord", "selfcord")]
)
def test_another_library_in_the_place_of_discord_py_is_named(
    tmp_path: Path, title: str, name: str
) -> None:
    package(tmp_path, f'__title__ = "{title}"\nraise RuntimeError("was imported")\n')
    sentence = (
        "DebugCog needs discord.py 2.7.1 or newer: the package `discord` that is installed here "
        f"is of {name}"
    )
    assert told([tmp_path]) == [f"{sentence}.", "[]", "1"]
    distribution(tmp_path, name, "1.2.3")
    assert told([tmp_path]) == [f"{sentence} 1.2.3.", "[]", "1"]


@pytest.mark.parametrize("version", ["2.7.0", "2.6.4", "1.7.3"])
def test_a_discord_py_that_is_too_old_is_named(tmp_path: Path, version: str) -> None:
    package(tmp_path, f"__title__ = 'discord'\n__version__ = '{version}'\n")
    sentence = f"DebugCog needs discord.py 2.7.1 or newer: this is {version}."
    assert told([tmp_path]) == [sentence, "[]", "1"]


@pytest.mark.parametrize("version", ["2.7.1", "2.8.0a5300+g9be91cb0", "3.0.0"])
def test_a_discord_py_that_is_new_enough_is_imported(tmp_path: Path, version: str) -> None:
    package(tmp_path, f"__title__ = 'discord'\n__version__ = '{version}'\n")
    assert told([tmp_path])[0].startswith("No module named 'discord.")


async def test_bots_of_discord_py_pass_and_a_client_does_not() -> None:
    nothing = discord.Intents.none()
    bots: list[Any] = [
        commands.Bot("!", intents=nothing),
        commands.AutoShardedBot("!", intents=nothing),
    ]
    for bot in bots:
        host.require_bot(bot)
        assert host.red_cog(bot) is None
    with pytest.raises(TypeError, match=r"this bot is a discord\.client\.Client\.$"):
        host.require_bot(discord.Client(intents=nothing))


async def test_a_class_of_another_library_is_named_with_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distribution(tmp_path, "disnake", "2.12.2")
    monkeypatch.syspath_prepend(tmp_path)
    base = type("Bot", (), {"__module__": "disnake.ext.commands.bot"})
    mine = type("MyBot", (base,), {"__module__": "__main__"})
    with pytest.raises(TypeError, match=r"this bot is a __main__\.MyBot of disnake 2\.12\.2\.$"):
        host.require_bot(mine())


def test_a_discord_without_a_source_is_left_to_its_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a host that was frozen into one file, or that put the module there by hand."""
    monkeypatch.setattr(discord, "__spec__", None)
    host.require_discord_py()


def test_the_floor_is_that_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"discord.py>={'.'.join(map(str, host.FLOOR))}" in project["dependencies"]
