"""The installed package loads into hosts whose cogs and services are of any shape."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from services.debugcog.version import __version__
from tests.hosts.installed import ROOT, output_of, written

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.timeout(120),  # the first of them builds and installs the wheel
]

BOT = """
import asyncio, importlib, json, sys
import discord
from discord.ext import commands

OWN, EXTENSIONS, NAME, BEFORE = json.loads(sys.argv[1])

def own():
    return [getattr(importlib.import_module(name), "WHOSE", "DebugCog") for name in OWN]

def unbound():
    # what is not found below its package, where who patches a module looks for it
    return [
        name
        for name, module in sys.modules.items()
        if name.startswith("cogs.debug.") and name.split(".")[2] in ("app", "ui", "features")
        and getattr(sys.modules[name.rpartition(".")[0]], name.rpartition(".")[2]) is not module
    ]

async def main():
    seen = {}
    async with commands.Bot("!", intents=discord.Intents.none()) as bot:
        for extension in EXTENSIONS if BEFORE else ():
            await bot.load_extension(extension)
        if BEFORE:
            own()
        await bot.load_extension(NAME)
        for extension in () if BEFORE else EXTENSIONS:
            await bot.load_extension(extension)
        seen["own"] = sorted(set(own()))
        from services.debugcog.metrics import MetricsService
        if NAME == "debugcog":
            import debugcog
            assert debugcog.MetricsService is MetricsService
        seen["loaded"] = sorted(bot.cogs)
        listening = sorted(event for event, found in bot.extra_events.items() if found)
        for cog in bot.cogs.values():
            if hasattr(cog, "runtime"):
                await cog.runtime.whole()
        # From now on no thread finds modules of ours deleted, as discord.py does below a host's
        # own cogs.debug: to put them back while it walks through sys.modules fails its reload.
        for extension in EXTENSIONS:
            await bot.reload_extension(extension)
        await bot.reload_extension(NAME)
        seen["reloaded"], seen["unbound"] = sorted(bot.cogs), unbound()
        assert listening == sorted(event for event, found in bot.extra_events.items() if found)
        await bot.unload_extension(NAME)
        assert not any(bot.extra_events.values())
        seen["unloaded"] = sorted(bot.cogs)
        await bot.load_extension(NAME)
        seen["again"] = sorted(bot.cogs)
        seen["unbound"] += unbound()
    print(json.dumps(seen))

asyncio.run(main())
"""
EXTENSION = """
from discord.ext import commands

WHOSE = "the host"

class {name}(commands.Cog):
    pass

async def setup(bot):
    await bot.add_cog({name}())
"""
MODULE = 'WHOSE = "the host"\n'
NAMES = (
    *("metrics", "settings", "store", "logs", "levels", "errors", "performance", "samplers"),
    *("ticker", "redaction", "tracing", "units", "guard"),
)
"""Modules of ours; a host's own have the same names."""

PLAIN = {"cogs/greetings.py": EXTENSION.format(name="Greetings"), "services/llm.py": MODULE}
PACKAGES = {"cogs/__init__.py": "", "services/__init__.py": "WHOSE = 'the host'\n"}
SAME_NAMES = {f"services/{name}.py": MODULE for name in NAMES}
SAME_NAMES |= {f"cogs/{name}.py": EXTENSION.format(name=name.title()) for name in NAMES}
OWN_DEBUG = {"cogs/debug.py": EXTENSION.format(name="Debug")}
OWN_FOLDER = {"cogs/debug/tools.py": EXTENSION.format(name="Tools")}

SHAPES: Mapping[str, Mapping[str, str]] = {
    "nothing of its own": {},
    "folders": PLAIN,
    "packages": {**PLAIN, **PACKAGES},
    "a package and a folder": {**PLAIN, "services/__init__.py": ""},
    "modules": {"cogs.py": EXTENSION.format(name="Cogs"), "services.py": MODULE},
    "same names in folders": {**PLAIN, **SAME_NAMES},
    "same names in packages": {**PLAIN, **PACKAGES, **SAME_NAMES},
    "own debug.py in a package": {**PLAIN, **PACKAGES, **OWN_DEBUG},
    "own debug.py in a folder": {**PLAIN, **OWN_DEBUG},
    "own folder debug": {**PLAIN, **OWN_FOLDER},
    "own folder debug in a package": {**PLAIN, **PACKAGES, **OWN_FOLDER},
    "own package debug": {**PLAIN, **PACKAGES, **OWN_FOLDER, "cogs/debug/__init__.py": ""},
}


def modules_of(files: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Name a host's own modules that say so, and its extensions among them."""
    named = {
        name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): text
        for name, text in files.items()
    }
    own = sorted(name for name, text in named.items() if "WHOSE" in text)
    return own, [name for name in own if "setup" in named[name]]


def cogs_of(files: Mapping[str, str]) -> list[str]:
    return [name.rpartition(".")[2].title() for name in modules_of(files)[1]]


def said_by(
    folder: Path,
    files: Mapping[str, str],
    *path: Path,
    name: str = "debugcog",
    before: bool = True,
    before_all: str = "",
) -> object:
    own, extensions = modules_of(files)
    arguments = json.dumps([own, extensions, name, before])
    return output_of(
        written(folder, {**files, "bot.py": before_all + BOT}), *path, arguments=[arguments]
    )


def well(files: Mapping[str, str]) -> object:
    """What a host says when all is well."""
    cogs = cogs_of(files)
    with_ours = sorted([*cogs, "DebugCog"])
    return {
        "own": ["the host"] if modules_of(files)[0] else [],
        "loaded": with_ours,
        "reloaded": with_ours,
        "unbound": [],
        "unloaded": sorted(cogs),
        "again": with_ours,
    }


@pytest.mark.parametrize(
    ("shape", "before"),
    [(shape, True) for shape in SHAPES]
    + [(shape, False) for shape in SHAPES if shape.startswith(("packages", "modules", "own"))],
)
def test_debugcog_loads_reloads_and_unloads_beside_a_hosts_own_modules(
    tmp_path: Path, site: Path, shape: str, before: bool
) -> None:
    files = SHAPES[shape]
    assert said_by(tmp_path, files, site, before=before) == well(files)


def test_another_distributions_packages_in_the_same_site_packages_stay_as_they_are(
    tmp_path: Path, site: Path
) -> None:
    site = shutil.copytree(site, tmp_path / "site")
    theirs = {"cogs/__init__.py": MODULE, "services/__init__.py": MODULE, "services/llm.py": MODULE}
    written(site, theirs)
    host = tmp_path / "host"
    assert said_by(host, {}, site) == well({})
    assert {name: (site / name).read_text() for name in theirs} == theirs


def test_another_distributions_packages_that_are_found_first_stay_as_they_are(
    tmp_path: Path, site: Path
) -> None:
    theirs = {"cogs/__init__.py": MODULE, "services/__init__.py": MODULE, "services/llm.py": MODULE}
    other = written(tmp_path / "other", theirs)
    assert said_by(tmp_path / "host", {}, other, site) == well({})


PLACED = """
import importlib.machinery, sys

class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "debugcog":
            return importlib.machinery.PathFinder.find_spec(name, [{site!r}])

sys.meta_path.append(Finder)
"""


@pytest.mark.parametrize("shape", ["nothing of its own", "folders", "packages"])
def test_debugcog_may_be_found_by_other_means_than_the_path(
    tmp_path: Path, site: Path, shape: str
) -> None:
    files = SHAPES[shape]
    placed = PLACED.format(site=str(site))
    assert said_by(tmp_path, files, before_all=placed) == well(files)


@pytest.mark.parametrize("shape", ["folders", "packages", "same names in packages"])
def test_two_folders_that_are_copied_in_overwrite_nothing_and_load_as_cogs_debug(
    tmp_path: Path, shape: str
) -> None:
    files = SHAPES[shape]
    written(tmp_path, files)
    for folder in ("cogs/debug", "services/debugcog"):
        shutil.copytree(ROOT / folder, tmp_path / folder)  # which refuses to overwrite
    assert said_by(tmp_path, files, name="cogs.debug") == well(files)
    assert {name: (tmp_path / name).read_text() for name in files} == files


@pytest.mark.parametrize("shape", ["nothing of its own", "folders", "a package and a folder"])
def test_the_installed_cog_loads_as_cogs_debug_where_that_is_found(
    tmp_path: Path, site: Path, shape: str
) -> None:
    files = SHAPES[shape]
    assert said_by(tmp_path, files, site, name="cogs.debug") == well(files)


GUIDE = """
import json
from services.logs import setup_logging
from services.metrics import MetricsService
from services.settings import Settings
from services.tracing import traced
import debugcog

same = [
    MetricsService is debugcog.MetricsService,
    setup_logging is debugcog.setup_logging,
    Settings is debugcog.Settings,
    traced is debugcog.traced,
]
print(json.dumps(same))
"""


def test_the_guides_names_give_the_same_objects_as_debugcog(tmp_path: Path, site: Path) -> None:
    written(tmp_path, {"services/llm.py": MODULE, "bot.py": GUIDE})
    assert output_of(tmp_path, site) == [True, True, True, True]


FAILING = """
import asyncio, importlib, json, sys
import discord
from discord.ext import commands

async def main():
    said = []
    async with commands.Bot("!", intents=discord.Intents.none()) as bot:
        for name in sys.argv[1:]:
            try:
                await bot.load_extension(name)
            except Exception as error:
                said.append(str(error))
        print(json.dumps([said, sorted(bot.cogs), sorted(bot.extensions), sys.path[1]]))

asyncio.run(main())
"""


def fails(folder: Path, files: Mapping[str, str], *path: Path, load: str = "debugcog") -> str:
    """Return what the one failure says; nothing of ours is loaded then."""
    written(folder, {**files, "bot.py": FAILING})
    (said,), cogs, extensions, site = output_of(folder, *path, arguments=load.split())
    assert "DebugCog" not in cogs or "cogs.debug" in extensions
    return str(said).replace(site, "SITE").replace(str(folder), "HOST")


def test_a_second_copy_is_refused_and_both_are_named(tmp_path: Path, site: Path) -> None:
    shutil.copytree(ROOT / "services" / "debugcog", tmp_path / "services" / "debugcog")
    assert fails(tmp_path, {}, site) == (
        "Extension 'debugcog' raised an error: ImportError: there are two copies of DebugCog: "
        "SITE/services/debugcog and HOST/services/debugcog; remove one"
    )


def test_a_hosts_own_part_of_cogs_debug_with_the_name_of_one_of_ours_is_named(
    tmp_path: Path, site: Path
) -> None:
    files = {"cogs/__init__.py": "", "cogs/debug/__init__.py": "", "cogs/debug/ui.py": MODULE}
    assert fails(tmp_path, files, site) == (
        "Extension 'debugcog' raised an error: ImportError: HOST/cogs/debug/ui.py has the name of "
        "a part of DebugCog, cogs.debug.ui: rename it"
    )


def test_a_hosts_own_cog_of_the_same_name_is_named(tmp_path: Path, site: Path) -> None:
    files = {"cogs/debug.py": EXTENSION.format(name="DebugCog")}
    assert fails(tmp_path, files, site, load="cogs.debug debugcog") == (
        "Extension 'debugcog' raised an error: RuntimeError: this bot has a cog of its own named "
        "DebugCog (cogs.debug): rename that one"
    )


def test_folders_that_are_copied_to_another_place_say_where_they_have_to_be(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "cogs" / "debug", tmp_path / "src" / "cogs" / "debug")
    assert fails(tmp_path, {}, load="src.cogs.debug") == (
        "Extension 'src.cogs.debug' raised an error: ImportError: DebugCog was found as "
        "src.cogs.debug, and its folders have to be found as cogs.debug and services.debugcog; or "
        'install it with pip, and load it with load_extension("debugcog")'
    )


def test_the_wheel_holds_debugcog_cogs_debug_and_services_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    ours = [
        str(path.relative_to(ROOT))
        for folder in ("debugcog", "cogs/debug", "services")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    ]
    held = [name for name in names if not name.startswith(f"debugcog-{__version__}.dist-info/")]
    assert sorted(held) == sorted(ours)
    assert {"debugcog/py.typed", "cogs/debug/py.typed", "services/debugcog/py.typed"} <= set(held)
