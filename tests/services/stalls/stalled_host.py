"""How it ends → a program whose event loop is watched, and what it prints about its stalls."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

from services.debugcog.host_files import HostFiles
from services.debugcog.stalls.blame import Blame
from services.debugcog.stalls.stall_log import StallLog
from services.debugcog.stalls.watch import HELD, StallWatch
from services.debugcog.ticker import Beat

INTERVAL = 0.25
LATER = "from time import sleep; sleep(0.6); print('later')"
"""The program that the bot makes of itself, alive for longer than the timer waits."""


class SlowEnd:
    """Takes longer to be collected than the timer waits."""

    def __del__(self) -> None:
        end = time.monotonic() + 1.5 * (INTERVAL + HELD)
        while time.monotonic() < end:
            pass
        os.write(1, b"ended\n")


async def _main(end: str) -> None:
    stalls = StallLog()
    watch = StallWatch(stalls, Blame(HostFiles(Path(__file__).parent), str, INTERVAL))
    Beat("lag", INTERVAL, watch.beat).start()
    watch.start()
    if end == "exec":
        os.execv(sys.executable, (sys.executable, "-c", LATER))
    if end == "exit":
        modules: Any = sys.modules
        modules["slow"] = SlowEnd()  # kept until the modules go
        return
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.sleep(2 * INTERVAL)
    print(watch.summary(60).count)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
