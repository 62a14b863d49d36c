"""An upgrade on the disk below a running bot: a reload says so, and the loaded code goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from services.debugcog.version import __version__
from tests.hosts.installed import output_of, written

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.timeout(120),  # the first of them builds and installs the wheel
]

BOT = """
import asyncio, json, logging, sys
from pathlib import Path
import discord
from discord.ext import commands

NAME, SITE, FILE, TEXT, BEFORE = sys.argv[1:]

class Lines(logging.Handler):
    def emit(self, record):
        said.append(f"{record.levelname} {record.name}: {record.getMessage()}")

def upgrade():
    path = Path(SITE, FILE)
    path.write_text(path.read_text() + TEXT if TEXT.startswith("#") else TEXT)

async def tried(work):
    try:
        await work(NAME)
    except commands.ExtensionError as error:
        return str(error)
    return "done"

async def main():
    if BEFORE:
        import services.metrics
        upgrade()
    async with commands.Bot("!", intents=discord.Intents.none()) as bot:
        seen = [await tried(bot.load_extension)]
        first = bot.get_cog("DebugCog")
        if not BEFORE:
            from services.debugcog.loaded_code import loaded_code
            loaded_code().hold()  # as the cog does a second after the load
            upgrade()
            said.clear()
            seen += [await tried(bot.reload_extension), await tried(bot.reload_extension)]
        last = bot.get_cog("DebugCog")
        if last:
            last.runtime.metrics.increment("api_calls")
            seen.append(last.runtime.metrics.get_stats()["api_calls"])
            seen.append([type(last).__base__ is type(first).__base__, last is not first])
            await bot.unload_extension(NAME)
            seen.append(sorted(bot.cogs))
        print(json.dumps([seen, said]))

said = []
logging.getLogger("debugcog.code").addHandler(Lines())
asyncio.run(main())
"""
NEW = '"""Of the next version."""\n\nfrom services.debugcog.no_such_module import something\n'
NEXT_VERSION = '"""The engine."""\n\n__version__ = "99.1"\n'
LOADED = f"DebugCog {__version__} is what this process has loaded, and its files have changed since"
CHANGED = f"{LOADED}: restart the bot to use them"
UPGRADED = f"{LOADED} (they are 99.1): restart the bot to use them"


@pytest.fixture
def own_site(site: Path, tmp_path: Path) -> Path:
    return shutil.copytree(site, tmp_path / "site")


def seen(folder: Path, site: Path, *arguments: str) -> object:
    written(folder, {"bot.py": BOT})
    name, file, text, before = arguments
    return output_of(folder, site, arguments=[name, str(site), file, text, before])


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("services/debugcog/version.py", NEXT_VERSION, UPGRADED),
        ("services/debugcog/units.py", NEW, CHANGED),
        ("cogs/debug/app/build.py", NEW, CHANGED),
        ("debugcog/another.py", "# a new file\n", CHANGED),
    ],
)
@pytest.mark.parametrize("name", ["debugcog", "cogs.debug"])
def test_a_reload_after_an_upgrade_says_that_a_restart_is_needed_and_the_old_code_goes_on(
    tmp_path: Path, own_site: Path, name: str, file: str, text: str, message: str
) -> None:
    (own_site / "debugcog" / "another.py").touch()
    refusal = f"Extension '{name}' raised an error: ImportError: {message}"
    goes_on = ["done", refusal, refusal, 1, [True, True], []]
    log = [f"ERROR debugcog.code: Not loaded: {message}"] * 2
    assert seen(tmp_path, own_site, name, file, text, "") == [goes_on, log]


@pytest.mark.parametrize("name", ["debugcog", "cogs.debug"])
def test_files_that_are_written_again_with_the_same_content_need_no_restart(
    tmp_path: Path, own_site: Path, name: str
) -> None:
    file = "services/debugcog/units.py"
    text = (own_site / file).read_text()
    assert seen(tmp_path, own_site, name, file, text, "") == [
        ["done", "done", "done", 1, [True, True], []],
        [],
    ]


LATE = """
import asyncio, json, shutil, sys
from pathlib import Path
import discord
from discord.ext import commands

SITE, HELD = sys.argv[1:]

async def main():
    async with commands.Bot("!", intents=discord.Intents.none()) as bot:
        await bot.load_extension("debugcog")
        await bot.get_cog("DebugCog").runtime.whole()
        from services.debugcog.loaded_code import loaded_code
        if HELD:
            loaded_code().hold()  # as the cog does a second after the load
        path = Path(SITE, "cogs/debug/features/memory/reply.py")
        path.write_text(path.read_text().replace("Memory", "Amnesia") + "# upgraded")
        shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)
        handlers = bot.get_cog("DebugCog")._families["memory"].handlers
        try:
            told = (await handlers.use(lambda made: made.open("1h", "overview"))).embeds[0].title
        except ImportError as error:
            told = str(error)
        print(json.dumps(told))

asyncio.run(main())
"""


@pytest.mark.parametrize(("held", "told"), [("held", "Memory · last 1 hour"), ("", CHANGED)])
def test_a_command_that_is_used_first_after_an_upgrade_runs_the_code_of_the_load_or_none(
    tmp_path: Path, own_site: Path, held: str, told: str
) -> None:
    written(tmp_path, {"bot.py": LATE})
    assert output_of(tmp_path, own_site, arguments=[str(own_site), held]) == told


def test_an_upgrade_between_a_hosts_own_import_of_metrics_and_the_first_load_is_seen(
    tmp_path: Path, own_site: Path
) -> None:
    refusal = f"Extension 'debugcog' raised an error: ImportError: {UPGRADED}"
    file = "services/debugcog/version.py"
    assert seen(tmp_path, own_site, "debugcog", file, NEXT_VERSION, "before") == [
        [refusal],
        [f"ERROR debugcog.code: Not loaded: {UPGRADED}"],
    ]


def test_a_hosts_own_extension_that_is_reloaded_after_an_upgrade_may_import_debugcog(
    tmp_path: Path, own_site: Path
) -> None:
    program = """
import asyncio, importlib, json, sys
from pathlib import Path
import discord
from discord.ext import commands

async def main():
    async with commands.Bot("!", intents=discord.Intents.none()) as bot:
        await bot.load_extension("debugcog")
        await bot.load_extension("own")
        Path(sys.argv[1], "debugcog", "another.py").touch()
        await bot.reload_extension("own")
        print(json.dumps(sorted(bot.extensions)))

asyncio.run(main())
"""
    own = "from debugcog import MetricsService\n\nasync def setup(bot):\n    pass\n"
    written(tmp_path, {"bot.py": program, "own.py": own})
    assert output_of(tmp_path, own_site, arguments=[str(own_site)]) == ["debugcog", "own"]
