from __future__ import annotations

import json
import sys
from pathlib import Path

import discord
import pytest

from services.debugcog.host_files import HostCode, HostFiles
from services.debugcog.stalls import watch

HOST = HostFiles(Path("/srv/bot"), ("/usr/lib/python3.12",))


@pytest.mark.parametrize(
    ("file", "is_hosts"),
    [
        ("/srv/bot/cogs/chat.py", True),
        ("/srv/shared/tools.py", True),
        ("C:\\bot\\chat.py", True),
        ("/usr/lib/python3.12-bot/chat.py", True),
        ("/srv/bot/my-site-packages/chat.py", True),
        ("/usr/lib/python3.12/json/decoder.py", False),
        ("/srv/bot/.venv/lib/python3.12/site-packages/aiohttp/client.py", False),
        ("C:\\bot\\venv\\Lib\\site-packages\\aiohttp\\client.py", False),
        ("/usr/lib/python3/dist-packages/yaml/loader.py", False),
        ("<frozen importlib._bootstrap>", False),
    ],
)
def test_whole_parts_of_a_path_tell_the_hosts_code(file: str, is_hosts: bool) -> None:
    assert HOST.is_file_in_app(file) is is_hosts


def test_python_its_libraries_and_this_cog_are_not_the_hosts() -> None:
    host = HostFiles(Path.cwd())
    assert not any(host.is_file_in_app(str(module.__file__)) for module in (json, discord, watch))
    assert host.is_file_in_app(__file__)


def test_a_file_is_named_from_the_hosts_folder_or_by_its_last_two_parts() -> None:
    assert HOST.shown("/srv/bot/cogs/chat.py") == "cogs/chat.py"
    assert HOST.shown("/srv/bot2/cogs/chat.py") == "cogs/chat.py"
    assert HOST.shown("/srv/bot2/chat.py") == "bot2/chat.py"
    assert HOST.shown("chat.py") == "chat.py"


def test_a_file_elsewhere_is_identified_by_more_parts_than_are_shown() -> None:
    assert HOST.identified("/srv/bot/cogs/chat.py") == "cogs/chat.py"
    assert HOST.identified("/opt/plugins/music/cogs/main.py") == "plugins/music/cogs/main.py"
    assert HOST.identified("/home/mia/plugins/music/cogs/main.py") == "plugins/music/cogs/main.py"
    assert HOST.shown("/opt/plugins/music/cogs/main.py") == "cogs/main.py"


@pytest.mark.parametrize(
    ("file", "module", "name"),
    [
        ("/srv/bot/cogs/chat.py", "cogs.chat", "cogs.chat"),
        ("/srv/bot/cogs/__init__.py", "cogs", "cogs"),
        ("/srv/bot/bot.py", "__main__", "__main__"),
        ("/srv/bot/src/app/cogs/chat.py", "app.cogs.chat", "app.cogs.chat"),
        ("/srv/bot/plugins/chat.py", "plugin_chat", "plugin_chat"),
        ("/srv/shared/chat.py", "plugin", "plugin"),
        ("<string>", "plugin", "plugin"),
        ("/srv/bot/plugins/chat/main.py", "plugin", "plugins/chat/main.py"),
        ("/srv/bot/plugins/chat/plugin.py", "plugin", "plugins/chat/plugin.py"),
        ("/srv/bot/plugins/chat.py", "chat_1732787000123456789", "plugins/chat.py"),
        ("/srv/bot/plugins/chat.py", "<run_path>", "plugins/chat.py"),
        ("/srv/bot/plugins/chat.py", None, "plugins/chat.py"),
    ],
)
def test_code_goes_by_its_module_and_a_file_that_is_no_such_module_by_its_path(
    monkeypatch: pytest.MonkeyPatch, file: str, module: str | None, name: str
) -> None:
    monkeypatch.syspath_prepend("/srv/bot/src")
    assert HostFiles(Path("/")).module("/srv/bot/src/app/chat.py", "app.chat") == "app.chat"
    assert HOST.module(file, module) == name


def test_a_folder_into_which_libraries_were_installed_is_none_of_the_hosts_whatever_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for folder in ("srv/lib", "srv/src", "srv"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        monkeypatch.syspath_prepend(str(tmp_path / folder))
    (tmp_path / "srv/lib/requests-2.32.0.dist-info").mkdir()
    (tmp_path / "srv/src/mybot.egg-info").mkdir()
    (tmp_path / "srv/mybot-1.0.dist-info").mkdir()
    host = HostFiles(tmp_path / "srv")
    assert not host.is_file_in_app(f"{tmp_path}/srv/lib/requests/api.py")
    assert host.is_file_in_app(f"{tmp_path}/srv/src/mybot/chat.py")
    assert host.is_file_in_app(f"{tmp_path}/srv/bot.py")


def test_the_folder_of_the_script_that_runs_is_the_hosts_wherever_the_process_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mybot-1.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not HostFiles(Path("/nowhere")).is_file_in_app(f"{tmp_path}/chat.py")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", f"{tmp_path}/bot.py", raising=False)
    assert HostFiles(Path("/nowhere")).is_file_in_app(f"{tmp_path}/chat.py")


def test_a_package_of_the_hosts_may_have_ours_in_it() -> None:
    project = Path(__file__).parents[2]
    code = HostCode(places=frozenset({f"{project}/cogs"}))
    host = HostFiles(Path("/srv"), libraries=(str(project),), code=lambda: code)
    assert host.is_file_in_app(f"{project}/cogs/chat.py")
    assert not host.is_file_in_app(f"{project}/cogs/debug/app/build.py")


def test_once_a_cog_has_told_where_the_bot_lies_its_files_are_named_and_identified_anew() -> None:
    package = "/venv/lib/python3.11/site-packages/mybot"
    codes = [HostCode()]
    host = HostFiles(Path("/srv"), libraries=("/usr/lib/python3.11",), code=lambda: codes[-1])
    file = f"{package}/cogs/main.py"
    assert host.shown(file) == "cogs/main.py"
    assert host.identified(file) == "site-packages/mybot/cogs/main.py"
    codes.append(HostCode(places=frozenset({package})))
    assert host.is_file_in_app(f"{package}/bot.py")
    assert host.is_file_in_app(file)
    assert host.shown(file) == host.identified(file) == "mybot/cogs/main.py"
