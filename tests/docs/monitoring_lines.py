"""Lines of docs/monitoring.md → run, in a folder that stands for the machine's ``/``."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Awaitable, Callable

from services.debugcog.metrics import MetricsService
from services.debugcog.prometheus.source import Source
from tests.docs.documents import ROOT
from tests.docs.place import Place
from tests.monitoring import needs
from tests.scraped import TOKEN, scraped

SECONDS = 60.0
UNITS = {
    "discord-bot": "deploy/discord-bot.service",
    "prometheus": ".ci/run",
    "prometheus-alertmanager": ".ci/run",
}
"""What systemctl is told about, and the file that is it, or names its package."""


async def _scrape(command: str, place: Place) -> None:
    """It gets metrics from a process that asks for the token."""
    needs("curl")
    metrics = MetricsService(fold_interval=None)
    with scraped(Source(metrics=metrics, process="one")) as address:
        printed = await _shell(command.replace("localhost:5000", address), place)
    assert "discord_bot_info" in printed


async def _packages(command: str, place: Place) -> None:
    """The packages are those that the tests run with."""
    wanted = command.split(" install ")[1].split()
    assert {*wanted} <= {*re.findall(r"[\w-]+", (ROOT / ".ci" / "run").read_text())}


async def _generate(command: str, place: Place) -> None:
    module = command.replace("python ", f"{shlex.quote(sys.executable)} ", 1)
    await _shell(module, place)
    written = place.folder / command.rpartition(" ")[2]
    assert "process:discord_bot_response_seconds" in written.read_text(encoding="utf-8")


async def _put(command: str, place: Place) -> None:
    """Files are copied and made below another root."""
    await _shell(command, place)
    assert any(path.is_file() for path in (place.folder / "etc").rglob("*"))


async def _own(command: str, place: Place) -> None:
    made = place.folder / command.split()[-1].removeprefix("/")
    assert made.is_file()


async def _unit(command: str, place: Place) -> None:
    unit = command.split()[-1]
    file = ROOT / UNITS[unit]
    assert unit in f"{file.name} {file.read_text(encoding='utf-8')}"


async def _check(command: str, place: Place) -> None:
    needs(command.split()[0])
    await _shell(command, place)


async def _compose(command: str, place: Place) -> None:
    words = command.split()
    assert (ROOT / words[words.index("--file") + 1]).is_file()


async def _victoria(command: str, place: Place) -> None:
    needs("victoria-metrics")
    await _shell(f"{command} -promscrape.config.dryRun -httpListenAddr=127.0.0.1:0", place)


async def _token(command: str, place: Place) -> None:
    await _shell(command, place)
    assert (place.folder / "debugcog-token").read_text(encoding="utf-8") == TOKEN


async def _shell(command: str, place: Place) -> str:
    """Run a line where ``deploy`` and the files of earlier steps are, and return what it prints."""
    folder = place.folder
    (folder / "etc" / "systemd" / "system").mkdir(parents=True, exist_ok=True)
    (folder / "etc" / "prometheus").mkdir(exist_ok=True)
    for name, target in (
        ("deploy", "deploy"),
        ("rules_test.yml", "deploy/rules_test.yml"),
    ):
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / target)
    if not (folder / "rules.yml").exists():
        (folder / "rules.yml").write_bytes((ROOT / "deploy" / "rules.yml").read_bytes())
    done = await asyncio.to_thread(
        subprocess.run,
        ("sh", "-c", command.replace("sudo ", "").replace(" /etc/", f" {folder}/etc/")),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DASHBOARD_TOKEN": TOKEN},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return str(done.stdout)


MONITORING: dict[str, Callable[[str, Place], Awaitable[None]]] = {
    r"^curl .*/metrics$": _scrape,
    r"^sudo apt-get install ": _packages,
    r"^python -m services\.debugcog\.prometheus \w+ > ": _generate,
    r"^sudo cp \S+ /etc/": _put,
    r"^printf .*\| sudo tee /etc/": _put,
    r"^printf .* > debugcog-token$": _token,
    r"^sudo (chown \w+|chmod \d+) /etc/": _own,
    r"^sudo systemctl (restart|enable --now) ": _unit,
    r"^(promtool|amtool) ": _check,
    r"^docker compose ": _compose,
    r"^victoria-metrics ": _victoria,
}
"""What a line looks like → what checks it."""
