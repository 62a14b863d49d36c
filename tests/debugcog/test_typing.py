"""The public API has types: mypy, as strict as it can be, on a host with the installed package."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hosts.installed import environment, written

pytestmark = pytest.mark.thorough

EXAMPLE = Path(__file__).parent / "example_host.py"
WRONG = """
import debugcog
from discord.ext import commands

def hand_over(bot: commands.Bot) -> None:
    debugcog.configure(bot, metrics=print)
    debugcog.configure(bot, gauges={"queue": "ten"})
    debugcog.configure(bot, users=debugcog.MetricsService())
    debugcog.metrics_of(bot).record("tokens", "many")
"""


def checked(folder: Path, site: Path, *files: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-S", "-m", "mypy", "--strict", "--no-error-summary", *files],
        cwd=folder,
        env=environment(site),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return (done.stdout + done.stderr).splitlines()


@pytest.mark.timeout(300)
def test_a_strictly_typed_host_uses_all_of_it_beside_packages_of_its_own(
    tmp_path: Path, site: Path
) -> None:
    shutil.copy(EXAMPLE, tmp_path)
    written(tmp_path, {"cogs/__init__.py": "", "services/__init__.py": ""})
    written(tmp_path, {"wrong.py": WRONG})
    told = checked(tmp_path, site, "example_host.py", "wrong.py")
    assert [line for line in told if not line.startswith("wrong.py:")] == []
    assert sum("error:" in line for line in told) == 4
