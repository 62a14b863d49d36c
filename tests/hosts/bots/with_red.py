"""Red, as its own command line starts it; its commands load the rest."""

from __future__ import annotations

import importlib
import os
import runpy
import sys
from typing import Any

from common import TOKEN


async def newest_version() -> tuple[None, None]:
    """Stand in for Red's question to the package index, which this test does not ask."""
    return None, None


def main() -> None:
    """Start Red on the sandbox."""
    arguments = "--no-instance --no-prompt --prefix !"
    sys.argv = [
        "redbot",
        *arguments.split(),
        f"--token={TOKEN}",  # it may begin with a hyphen
        "--cog-path",
        os.environ["HOST_COGS"],
    ]
    importlib.import_module("redbot")._early_init()  # as Red's own first line
    importlib.import_module("steps").use_the_sandbox()
    importlib.import_module("redbot.core.bot")
    events: Any = importlib.import_module("redbot.core._events")
    events.fetch_latest_red_version_info = newest_version
    runpy.run_module("redbot", run_name="__main__")


main()
